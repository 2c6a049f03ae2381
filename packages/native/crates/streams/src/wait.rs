//! The only place where a hop waits, or anything else for a descriptor.

use std::io;
use std::os::fd::RawFd;
use std::time::Instant;

use crate::bell::silence;
use crate::control::Control;

/// What came first.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// The descriptor that was waited for can be used, or would tell of an error.
    Ready,
    /// The reader of the descriptor at this place in `watched` has closed it.
    ReaderLeft(usize),
    /// The observer acknowledged something; what was waited for may have to be asked again.
    Rung,
    Cancelled,
}

#[derive(Clone, Copy)]
pub(crate) enum For {
    Input(RawFd),
    Room(RawFd),
    /// Only for the bell.
    Nothing,
}

/// Waits for `wanted`, for the readers of `watched` to leave, or for the control's bell, without a bound in time.
pub(crate) fn wait(control: &Control, wanted: For, watched: &[RawFd]) -> io::Result<Woken> {
    const MAX: usize = 4;
    let bell = control
        .bell_descriptor()
        .ok_or_else(|| io::Error::from_raw_os_error(libc::EBADF))?;
    let (fd, events) = match wanted {
        For::Input(fd) => (fd, libc::POLLIN),
        For::Room(fd) => (fd, libc::POLLOUT),
        // A negative number is left out by poll.
        For::Nothing => (-1, 0),
    };
    let unused = libc::pollfd {
        fd: -1,
        events: 0,
        revents: 0,
    };
    let mut polled = [unused; MAX];
    polled[0] = libc::pollfd {
        fd: bell,
        events: libc::POLLIN,
        revents: 0,
    };
    polled[1] = libc::pollfd { fd, events, revents: 0 };
    for (slot, &fd) in polled[2..].iter_mut().zip(watched) {
        // Without any event asked for, poll still tells that the other end is gone.
        *slot = libc::pollfd {
            fd,
            events: 0,
            revents: 0,
        };
    }
    debug_assert!(watched.len() <= MAX - 2);
    loop {
        if control.is_cancelled() {
            return Ok(Woken::Cancelled);
        }
        // SAFETY: as many structures as are said. The descriptors belong to the hop whose thread this is.
        if unsafe { libc::poll(polled.as_mut_ptr(), MAX as libc::nfds_t, -1) } < 0 {
            let error = io::Error::last_os_error();
            if error.kind() == io::ErrorKind::Interrupted {
                continue;
            }
            return Err(error);
        }
        if control.is_cancelled() {
            return Ok(Woken::Cancelled);
        }
        if let Some(index) = polled[2..].iter().position(|entry| entry.revents & GONE != 0) {
            return Ok(Woken::ReaderLeft(index));
        }
        if polled[1].revents != 0 {
            return Ok(Woken::Ready);
        }
        if polled[0].revents != 0 {
            silence(bell);
            return Ok(Woken::Rung);
        }
    }
}

/// Whether the descriptor would make nobody wait now, or has something to tell: its end, or what is wrong with it.
pub(crate) fn is_ready(fd: RawFd, events: libc::c_short) -> bool {
    poll_alone(fd, events, 0) != 0
}

/// Waits without a bound in time; now and then for less than that.
pub(crate) fn until_ready(fd: RawFd, events: libc::c_short) {
    poll_alone(fd, events, -1);
}

/// The same until then; whether it was ready before.
pub(crate) fn until_ready_or(fd: RawFd, events: libc::c_short, deadline: Instant) -> bool {
    let rest = deadline.saturating_duration_since(Instant::now()).as_millis();
    poll_alone(fd, events, libc::c_int::try_from(rest).unwrap_or(libc::c_int::MAX)) != 0
}

/// How many descriptors are ready; below 0: not even that can be told.
fn poll_alone(fd: RawFd, events: libc::c_short, timeout_ms: libc::c_int) -> libc::c_int {
    let mut polled = libc::pollfd { fd, events, revents: 0 };
    // SAFETY: one structure, as is said.
    unsafe { libc::poll(&raw mut polled, 1, timeout_ms) }
}

const GONE: libc::c_short = libc::POLLERR | libc::POLLHUP | libc::POLLNVAL;
