//! Pipes, as JavaScript sees them.

use std::os::fd::IntoRawFd;

use cuprum_streams as streams;
use napi::Error;
use napi_derive::napi;

#[napi(object)]
pub struct PipeEnds {
    pub read_fd: i32,
    pub write_fd: i32,
    pub capacity_bytes: u32,
}

#[napi]
pub fn pipe(capacity_bytes: Option<u32>) -> Result<PipeEnds, Refused> {
    let pipe = streams::pipe(capacity_bytes.map(|bytes| bytes as usize)).map_err(refused_by_system)?;
    Ok(PipeEnds {
        read_fd: pipe.read.into_raw_fd(),
        write_fd: pipe.write.into_raw_fd(),
        capacity_bytes: pipe.capacity as u32,
    })
}

#[napi]
pub fn is_fifo(fd: i32) -> Result<bool, Refused> {
    streams::is_fifo(fd).map_err(bad_descriptor)
}

#[napi]
pub fn duplicate(fd: i32) -> Result<i32, Refused> {
    streams::duplicate(fd).map_err(bad_descriptor)
}

#[napi]
pub fn pipe_capacity(fd: i32) -> Result<u32, Refused> {
    streams::pipe_capacity(fd)
        .map(|bytes| bytes as u32)
        .map_err(bad_descriptor)
}

#[napi]
pub fn set_pipe_capacity(fd: i32, bytes: u32) -> Result<u32, Refused> {
    streams::set_pipe_capacity(fd, bytes as usize)
        .map(|bytes| bytes as u32)
        .map_err(bad_descriptor)
}

/// An error whose `code` JavaScript sees.
pub(crate) type Refused = Error<&'static str>;

pub(crate) fn bad_descriptor(error: streams::BadDescriptor) -> Refused {
    Error::new("BAD_DESCRIPTOR", error.to_string())
}

pub(crate) fn refused_by_system(error: impl std::fmt::Display) -> Refused {
    Error::new("SYSTEM", error.to_string())
}
