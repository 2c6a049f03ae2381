//! Kernel pipes.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use crate::descriptor::{Kind, kind_of};
use crate::refused::Refused;

/// Both ends of a new pipe: blocking, and closed in child processes.
pub struct Pipe {
    pub read: OwnedFd,
    pub write: OwnedFd,
    /// What it holds before a writer waits, in bytes.
    pub capacity: usize,
}

/// What a pipe holds where the system does not tell.
#[cfg(not(target_os = "linux"))]
const USUAL_CAPACITY: usize = 65_536;

/// Makes a pipe. The capacity is a wish: the system rounds it up, and refuses more than it allows a user.
pub fn pipe(capacity: Option<usize>) -> Result<Pipe, Refused> {
    let refused = |cause| Refused::system("no pipe can be made", &cause);
    let (read, write) = open_pipe().map_err(refused)?;
    if let Some(bytes) = capacity {
        let _ = resize(write.as_raw_fd(), bytes);
    }
    let capacity = capacity_of(write.as_raw_fd()).map_err(refused)?;
    Ok(Pipe { read, write, capacity })
}

/// Whether the descriptor is a pipe or FIFO.
pub fn is_fifo(fd: RawFd) -> Result<bool, Refused> {
    kind_of(fd)
        .map(|kind| kind == Kind::Pipe)
        .map_err(|cause| Refused::on(fd, &cause))
}

/// What the pipe holds, in bytes.
pub fn pipe_capacity(fd: RawFd) -> Result<usize, Refused> {
    capacity_of(fd).map_err(|cause| Refused::on(fd, &cause))
}

/// Asks for a capacity; returns the one that the pipe has then. An error when the descriptor is no pipe.
pub fn set_pipe_capacity(fd: RawFd, bytes: usize) -> Result<usize, Refused> {
    let before = pipe_capacity(fd)?;
    Ok(resize(fd, bytes).unwrap_or(before))
}

#[cfg(target_os = "linux")]
pub(crate) fn open_pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let mut ends = [-1; 2];
    // SAFETY: there is room for two descriptors.
    if unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) } < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: just made, and owned here only.
    Ok(unsafe { (OwnedFd::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1])) })
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn open_pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    // The standard library marks the ends as closed in children; a spawn on another thread in between may still inherit
    // them where there is no pipe2.
    let (read, write) = std::io::pipe()?;
    Ok((read.into(), write.into()))
}

#[cfg(target_os = "linux")]
fn capacity_of(fd: RawFd) -> io::Result<usize> {
    // SAFETY: only asks about the descriptor.
    let bytes = unsafe { libc::fcntl(fd, libc::F_GETPIPE_SZ) };
    if bytes < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(bytes as usize)
    }
}

#[cfg(not(target_os = "linux"))]
fn capacity_of(fd: RawFd) -> io::Result<usize> {
    match kind_of(fd)? {
        Kind::Pipe => Ok(USUAL_CAPACITY),
        _ => Err(io::Error::from_raw_os_error(libc::EINVAL)),
    }
}

#[cfg(target_os = "linux")]
fn resize(fd: RawFd, bytes: usize) -> io::Result<usize> {
    let wish = libc::c_int::try_from(bytes).unwrap_or(libc::c_int::MAX);
    // SAFETY: refuses what would lose bytes that wait in the pipe.
    let got = unsafe { libc::fcntl(fd, libc::F_SETPIPE_SZ, wish) };
    if got < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(got as usize)
    }
}

#[cfg(not(target_os = "linux"))]
fn resize(_fd: RawFd, _bytes: usize) -> io::Result<usize> {
    Err(io::Error::from_raw_os_error(libc::ENOTSUP))
}
