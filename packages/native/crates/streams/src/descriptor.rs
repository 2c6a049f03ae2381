//! Descriptors as numbers that a caller hands over: what they are, and whether they can be what is asked of them.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::RawFd;

use crate::refused::Refused;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A pipe or FIFO.
    Pipe,
    Socket,
    /// Never makes anybody wait: a file or a block device.
    File,
    Terminal,
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Read,
    Write,
}

/// Another number for the same open file, closed in child processes.
pub fn duplicate(fd: RawFd) -> Result<RawFd, Refused> {
    // SAFETY: a number that is no descriptor is an error, nothing else.
    let copy = unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 3) };
    if copy < 0 {
        Err(Refused::on(fd, &io::Error::last_os_error()))
    } else {
        Ok(copy)
    }
}

/// Refuses what is not open in this direction, and standard streams, which are not ours to close.
pub(crate) fn check_handed_over(fd: RawFd, direction: Direction) -> Result<(), Refused> {
    if (0..=2).contains(&fd) {
        return Err(Refused::Descriptor(format!(
            "descriptor {fd} is a standard stream of this process and would be closed; hand over a duplicate"
        )));
    }
    // SAFETY: a number that is no descriptor is an error, nothing else.
    let flags = unsafe { libc::fcntl(fd, libc::F_GETFL) };
    if flags < 0 {
        return Err(Refused::on(fd, &io::Error::last_os_error()));
    }
    let access = flags & libc::O_ACCMODE;
    match direction {
        Direction::Read if access == libc::O_WRONLY => Err(Refused::Descriptor(format!(
            "descriptor {fd} cannot be read from: it is open for writing only"
        ))),
        Direction::Write if access == libc::O_RDONLY => Err(Refused::Descriptor(format!(
            "descriptor {fd} cannot be written to: it is open for reading only"
        ))),
        _ => Ok(()),
    }
}

pub(crate) fn kind_of(fd: RawFd) -> io::Result<Kind> {
    let mut status = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: fstat fills the whole structure when it succeeds.
    let status = unsafe {
        if libc::fstat(fd, status.as_mut_ptr()) < 0 {
            return Err(io::Error::last_os_error());
        }
        status.assume_init()
    };
    Ok(match status.st_mode & libc::S_IFMT {
        libc::S_IFIFO => Kind::Pipe,
        libc::S_IFSOCK => Kind::Socket,
        libc::S_IFREG | libc::S_IFBLK | libc::S_IFDIR => Kind::File,
        // SAFETY: only asks about the descriptor.
        _ if unsafe { libc::isatty(fd) } == 1 => Kind::Terminal,
        _ => Kind::Other,
    })
}
