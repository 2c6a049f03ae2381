//! Pipes, as JavaScript sees them.

use std::os::fd::IntoRawFd;

use cuprum_streams::{self as streams, Refused};
use napi::Error;
use napi_derive::napi;

#[napi(object)]
pub struct PipeEnds {
    pub read_fd: i32,
    pub write_fd: i32,
    pub capacity_bytes: u32,
}

#[napi]
pub fn pipe(capacity_bytes: Option<u32>) -> Result<PipeEnds, Thrown> {
    let pipe = streams::pipe(capacity_bytes.map(|bytes| bytes as usize)).map_err(thrown)?;
    Ok(PipeEnds {
        read_fd: pipe.read.into_raw_fd(),
        write_fd: pipe.write.into_raw_fd(),
        capacity_bytes: pipe.capacity as u32,
    })
}

#[napi]
pub fn is_fifo(fd: i32) -> Result<bool, Thrown> {
    streams::is_fifo(fd).map_err(thrown)
}

#[napi]
pub fn duplicate(fd: i32) -> Result<i32, Thrown> {
    streams::duplicate(fd).map_err(thrown)
}

#[napi]
pub fn pipe_capacity(fd: i32) -> Result<u32, Thrown> {
    streams::pipe_capacity(fd).map(|bytes| bytes as u32).map_err(thrown)
}

#[napi]
pub fn set_pipe_capacity(fd: i32, bytes: u32) -> Result<u32, Thrown> {
    streams::set_pipe_capacity(fd, bytes as usize)
        .map(|bytes| bytes as u32)
        .map_err(thrown)
}

/// An error whose `code` JavaScript sees.
pub(crate) type Thrown = Error<&'static str>;

pub(crate) fn thrown(refused: Refused) -> Thrown {
    match refused {
        Refused::Descriptor(message) => Error::new("BAD_DESCRIPTOR", message),
        Refused::System(message) => Error::new("SYSTEM", message),
    }
}
