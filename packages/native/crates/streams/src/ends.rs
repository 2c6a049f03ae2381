//! The two ends of a hop, read and written without ever waiting inside the system call.
//!
//! A descriptor may be shared with other processes, so its own blocking mode is neither relied on nor changed: each call
//! says for itself that it must not wait. Where a call cannot say so, the descriptor is polled first, and no more is
//! written than what the system then takes at once.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};

use crate::control::Control;
use crate::descriptor::{Kind, kind_of};
use crate::outcome::{Stop, is_reader_left};
use crate::wait::{For, Woken, wait};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    /// Files never make anybody wait.
    Plain,
    /// `preadv2`, `pwritev2` with `RWF_NOWAIT`: pipes, from Linux 6.4 on.
    #[cfg(target_os = "linux")]
    NoWait,
    /// `recv`, `send` with `MSG_DONTWAIT`.
    Socket,
    /// One plain call each time that poll has said so.
    Polled,
}

fn method_for(kind: Kind) -> Method {
    match kind {
        Kind::File => Method::Plain,
        #[cfg(target_os = "linux")]
        Kind::Pipe => Method::NoWait,
        Kind::Socket => Method::Socket,
        _ => Method::Polled,
    }
}

/// Where a hop reads.
pub(crate) struct Reader {
    fd: OwnedFd,
    pub(crate) kind: Kind,
    method: Method,
    polled: bool,
}

impl Reader {
    /// # Safety
    /// The descriptor must be open, and is owned by the reader from here on.
    pub(crate) unsafe fn take(fd: RawFd) -> io::Result<Self> {
        // SAFETY: as promised by the caller.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        let kind = kind_of(fd.as_raw_fd())?;
        Ok(Self {
            fd,
            kind,
            method: method_for(kind),
            polled: false,
        })
    }

    pub(crate) fn descriptor(&self) -> RawFd {
        self.fd.as_raw_fd()
    }

    /// Reads what is there: 0 at the end of the input. Waits for input, or for the reader of `output` to leave.
    pub(crate) fn read(&mut self, buffer: &mut [u8], output: Option<RawFd>, control: &Control) -> Result<usize, Stop> {
        loop {
            if control.is_cancelled() {
                return Err(Stop::Cancelled);
            }
            match self.try_read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.wait(output, control)?,
                Err(error) => return Err(Stop::Failed(error)),
                Ok(bytes) => {
                    control.count_read(bytes);
                    return Ok(bytes);
                }
            }
        }
    }

    /// Waits until a read would find something.
    pub(crate) fn wait(&mut self, output: Option<RawFd>, control: &Control) -> Result<(), Stop> {
        control.set_idle(true);
        let woken = wait(control, For::Input(self.descriptor()), output.as_slice());
        control.set_idle(false);
        match woken.map_err(Stop::Failed)? {
            Woken::Ready => self.polled = true,
            Woken::ReaderLeft(_) => return Err(Stop::ReaderLeft),
            Woken::Cancelled => return Err(Stop::Cancelled),
            Woken::Rung => {}
        }
        Ok(())
    }

    fn try_read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (fd, start, length) = (self.fd.as_raw_fd(), buffer.as_mut_ptr().cast(), buffer.len());
        match self.method {
            Method::Plain => read(fd, buffer),
            // SAFETY: `length` bytes may be written at `start`; the descriptor is ours.
            Method::Socket => retried(|| unsafe { libc::recv(fd, start, length, libc::MSG_DONTWAIT) }),
            #[cfg(target_os = "linux")]
            Method::NoWait => {
                let vector = libc::iovec {
                    iov_base: start,
                    iov_len: length,
                };
                // SAFETY: the one vector is the buffer.
                match retried(|| unsafe { libc::preadv2(fd, &vector, 1, -1, libc::RWF_NOWAIT) }) {
                    Err(error) if is_unsupported(&error) => {
                        self.method = Method::Polled;
                        Err(io::ErrorKind::WouldBlock.into())
                    }
                    result => result,
                }
            }
            Method::Polled if !std::mem::take(&mut self.polled) => Err(io::ErrorKind::WouldBlock.into()),
            Method::Polled => read(fd, buffer),
        }
    }
}

/// Where a hop writes.
pub(crate) struct Writer {
    fd: OwnedFd,
    pub(crate) kind: Kind,
    method: Method,
    polled: bool,
}

impl Writer {
    /// # Safety
    /// The descriptor must be open, and is owned by the writer from here on.
    pub(crate) unsafe fn take(fd: RawFd) -> io::Result<Self> {
        // SAFETY: as promised by the caller.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        let kind = kind_of(fd.as_raw_fd())?;
        Ok(Self {
            fd,
            kind,
            method: method_for(kind),
            polled: false,
        })
    }

    pub(crate) fn descriptor(&self) -> RawFd {
        self.fd.as_raw_fd()
    }

    /// Writes all of it, calling `count` for each part that went on. Waits for room, or for the reader of `watched` to leave.
    pub(crate) fn write_all(
        &mut self,
        mut bytes: &[u8],
        watched: Option<RawFd>,
        control: &Control,
        mut count: impl FnMut(usize),
    ) -> Result<(), Unwritten> {
        while !bytes.is_empty() {
            if control.is_cancelled() {
                return Err(Unwritten::Cancelled);
            }
            match self.try_write(bytes) {
                Ok(0) => return Err(Unwritten::Failed(io::ErrorKind::WriteZero.into())),
                Ok(written) => {
                    count(written);
                    bytes = &bytes[written..];
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.wait(watched, control)?,
                Err(error) => return Err(Unwritten::Failed(error)),
            }
        }
        Ok(())
    }

    /// Waits until a write would find room.
    pub(crate) fn wait(&mut self, watched: Option<RawFd>, control: &Control) -> Result<(), Unwritten> {
        match wait(control, For::Room(self.descriptor()), watched.as_slice()).map_err(Unwritten::Failed)? {
            Woken::Ready => self.polled = true,
            Woken::ReaderLeft(_) => return Err(Unwritten::WatchedLeft),
            Woken::Cancelled => return Err(Unwritten::Cancelled),
            Woken::Rung => {}
        }
        Ok(())
    }

    /// Closes it, so that the reader sees the end, and says what a file has to say about that.
    pub(crate) fn close(self) -> io::Result<()> {
        // SAFETY: ours, and given up here.
        if unsafe { libc::close(self.fd.into_raw_fd()) } < 0 {
            let error = io::Error::last_os_error();
            // Interrupted or not, the descriptor is closed.
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
        }
        Ok(())
    }

    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (fd, start, length) = (self.fd.as_raw_fd(), bytes.as_ptr().cast(), bytes.len());
        match self.method {
            Method::Plain => write(fd, bytes),
            Method::Socket => {
                // SAFETY: `length` bytes may be read at `start`; the descriptor is ours.
                retried(|| unsafe { libc::send(fd, start, length, libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL) })
            }
            #[cfg(target_os = "linux")]
            Method::NoWait => {
                let vector = libc::iovec {
                    iov_base: start.cast_mut(),
                    iov_len: length,
                };
                // SAFETY: the one vector is the bytes, which are only read.
                match retried(|| unsafe { libc::pwritev2(fd, &vector, 1, -1, libc::RWF_NOWAIT) }) {
                    Err(error) if is_unsupported(&error) => {
                        self.method = Method::Polled;
                        Err(io::ErrorKind::WouldBlock.into())
                    }
                    result => result,
                }
            }
            Method::Polled if !std::mem::take(&mut self.polled) => Err(io::ErrorKind::WouldBlock.into()),
            Method::Polled => write(fd, &bytes[..length.min(at_once(self.kind))]),
        }
    }
}

/// Why something was not written.
#[derive(Debug)]
pub(crate) enum Unwritten {
    /// The write itself failed; its reader may have left.
    Failed(io::Error),
    /// The reader of the watched descriptor has left.
    WatchedLeft,
    Cancelled,
}

impl From<Unwritten> for Stop {
    fn from(unwritten: Unwritten) -> Self {
        match unwritten {
            Unwritten::Failed(error) if is_reader_left(&error) => Self::ReaderLeft,
            Unwritten::Failed(error) => Self::Failed(error),
            Unwritten::WatchedLeft => Self::ReaderLeft,
            Unwritten::Cancelled => Self::Cancelled,
        }
    }
}

/// How much a blocking descriptor takes without waiting when poll has said that there is room.
fn at_once(kind: Kind) -> usize {
    match kind {
        Kind::Pipe => libc::PIPE_BUF,
        Kind::Terminal => 256,
        _ => usize::MAX,
    }
}

fn read(fd: RawFd, buffer: &mut [u8]) -> io::Result<usize> {
    // SAFETY: as many bytes may be written there.
    retried(|| unsafe { libc::read(fd, buffer.as_mut_ptr().cast(), buffer.len()) })
}

fn write(fd: RawFd, bytes: &[u8]) -> io::Result<usize> {
    // SAFETY: as many bytes may be read there.
    retried(|| unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) })
}

/// Repeats a system call that a signal interrupted.
pub(crate) fn retried(mut call: impl FnMut() -> isize) -> io::Result<usize> {
    loop {
        let result = call();
        if result >= 0 {
            return Ok(result as usize);
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

#[cfg(target_os = "linux")]
fn is_unsupported(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::EOPNOTSUPP | libc::ENOSYS | libc::EINVAL)
    )
}
