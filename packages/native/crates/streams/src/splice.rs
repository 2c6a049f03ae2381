//! Moving bytes between pipes without looking at them: `splice` and `tee`, which exist on Linux only.

use std::io;
use std::os::fd::RawFd;

use crate::descriptor::Kind;

/// Whether the system can move bytes from one to the other without a copy, and without waiting inside the call.
///
/// A file as source is left out: its pages would be shared, and a later change of the file would change what is already on
/// its way. So is a socket as target: older kernels wait for it whatever the call says.
pub(crate) fn can_splice(source: Kind, target: Kind) -> bool {
    cfg!(target_os = "linux") && source == Kind::Pipe && matches!(target, Kind::Pipe | Kind::File)
}

/// Moves up to `length` bytes; 0 at the end of the input.
#[cfg(target_os = "linux")]
pub(crate) fn splice(source: RawFd, target: RawFd, length: usize) -> io::Result<usize> {
    use std::ptr::null_mut;
    let flags = libc::SPLICE_F_NONBLOCK | libc::SPLICE_F_MOVE;
    // SAFETY: no memory of ours is involved; the descriptors belong to the hop whose thread this is.
    crate::ends::retried(|| unsafe { libc::splice(source, null_mut(), target, null_mut(), length, flags) })
}

/// Copies up to `length` bytes that stay where they are; 0 at the end of the input.
#[cfg(target_os = "linux")]
pub(crate) fn tee(source: RawFd, target: RawFd, length: usize) -> io::Result<usize> {
    // SAFETY: as above.
    crate::ends::retried(|| unsafe { libc::tee(source, target, length, libc::SPLICE_F_NONBLOCK) })
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn splice(_source: RawFd, _target: RawFd, _length: usize) -> io::Result<usize> {
    Err(io::Error::from_raw_os_error(libc::EINVAL))
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn tee(_source: RawFd, _target: RawFd, _length: usize) -> io::Result<usize> {
    Err(io::Error::from_raw_os_error(libc::EINVAL))
}

/// Whether the system says that these descriptors cannot be spliced (a file opened for appending, for one).
pub(crate) fn is_refused(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EINVAL | libc::ENOSYS | libc::EPERM))
}
