//! Wakes a thread that waits in `poll`.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

/// Rung by any thread, heard by the one that polls [`Bell::descriptor`]. Ringing twice before it is heard is as ringing once.
pub(crate) struct Bell {
    heard: OwnedFd,
    rung: Option<OwnedFd>,
}

impl Bell {
    #[cfg(target_os = "linux")]
    pub(crate) fn new() -> io::Result<Self> {
        // SAFETY: takes no pointers; the new descriptor is owned by nobody else.
        let fd = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: just made, and owned here only.
        let heard = unsafe { OwnedFd::from_raw_fd(fd) };
        Ok(Self { heard, rung: None })
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn new() -> io::Result<Self> {
        let (heard, rung) = crate::pipe::open_pipe()?;
        for end in [&heard, &rung] {
            // SAFETY: both ends are open, and nobody else has them.
            if unsafe { libc::fcntl(end.as_raw_fd(), libc::F_SETFL, libc::O_NONBLOCK) } < 0 {
                return Err(io::Error::last_os_error());
            }
        }
        Ok(Self {
            heard,
            rung: Some(rung),
        })
    }

    pub(crate) fn descriptor(&self) -> RawFd {
        self.heard.as_raw_fd()
    }

    pub(crate) fn ring(&self) {
        let one = 1u64.to_ne_bytes();
        let fd = self.rung.as_ref().unwrap_or(&self.heard).as_raw_fd();
        // SAFETY: eight readable bytes. It fails only when it has been rung often enough already.
        unsafe { libc::write(fd, one.as_ptr().cast(), one.len()) };
    }
}

/// Makes the bell with this descriptor silent again.
pub(crate) fn silence(descriptor: RawFd) {
    let mut count = [0u8; 512];
    // SAFETY: the buffer is as long as is said. The descriptor is non-blocking, so an empty one fails at once.
    while unsafe { libc::read(descriptor, count.as_mut_ptr().cast(), count.len()) } == count.len() as isize {}
}
