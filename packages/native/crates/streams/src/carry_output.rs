//! Where what comes of chunks is written.

use std::io;
use std::os::fd::RawFd;
use std::time::{Duration, Instant};

use crate::wait::until_ready;

/// Less than this waits for more, so that the reader is not woken for every chunk of which little is left: on a virtual machine each time
/// takes both sides 20 microseconds and more.
const BULK_BYTES: usize = 128 * 1024;

/// How long it waits at most while there is more input.
const PROMPT: Duration = Duration::from_millis(10);

/// Writes in order what it is given, in pieces that are worth it.
pub(crate) struct CarryOutput {
    descriptor: RawFd,
    /// What is to be written before anything else.
    held: Vec<u8>,
    /// When something was written last.
    last: Option<Instant>,
    /// Bytes that were written.
    pub(crate) bytes: u64,
    /// How long it was waited for them to be taken.
    pub(crate) waited: Duration,
    /// What could not be written.
    pub(crate) unwritten: Vec<u8>,
}

impl CarryOutput {
    pub(crate) fn of(descriptor: RawFd) -> Self {
        Self {
            descriptor,
            held: Vec::new(),
            last: None,
            bytes: 0,
            waited: Duration::ZERO,
            unwritten: Vec::new(),
        }
    }

    /// Writes the bytes, now or with those that follow.
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        if bytes.len() >= BULK_BYTES {
            self.flush();
            self.write(bytes);
            return;
        }
        self.held.extend_from_slice(bytes);
        if self.held.len() >= BULK_BYTES || self.last.is_none_or(|last| last.elapsed() >= PROMPT) {
            self.flush();
        }
    }

    /// Writes what waits.
    pub(crate) fn flush(&mut self) {
        if self.held.is_empty() {
            return;
        }
        let mut held = std::mem::take(&mut self.held);
        self.write(&held);
        held.clear();
        self.held = held;
    }

    /// Whether nothing more can be written.
    pub(crate) fn is_closed(&self) -> bool {
        !self.unwritten.is_empty()
    }

    fn write(&mut self, mut bytes: &[u8]) {
        let began = Instant::now();
        while !bytes.is_empty() && !self.is_closed() {
            // SAFETY: the bytes are as many as is said.
            let count = unsafe { libc::write(self.descriptor, bytes.as_ptr().cast(), bytes.len()) };
            match usize::try_from(count) {
                Ok(count) => {
                    self.bytes += count as u64;
                    bytes = &bytes[count..];
                }
                Err(_) if is_passing() => until_ready(self.descriptor, libc::POLLOUT),
                Err(_) => break,
            }
        }
        self.unwritten.extend_from_slice(bytes);
        let now = Instant::now();
        self.waited += now - began;
        self.last = Some(now);
    }
}

/// Whether the last call failed only because it was not possible at once.
pub(crate) fn is_passing() -> bool {
    matches!(
        io::Error::last_os_error().kind(),
        io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock
    )
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd;
    use std::thread::sleep;

    use super::*;
    use crate::pipe::pipe;

    /// How many bytes wait in a pipe.
    fn waiting(pipe: &impl AsRawFd) -> usize {
        let mut count: libc::c_int = 0;
        // SAFETY: it writes one number, which is there.
        let failed = unsafe { libc::ioctl(pipe.as_raw_fd(), libc::FIONREAD, &raw mut count) };
        assert_eq!(failed, 0);
        count as usize
    }

    #[test]
    fn little_waits_for_more_and_not_for_long() {
        let pipe = pipe(Some(4 * BULK_BYTES)).unwrap();
        let mut output = CarryOutput::of(pipe.write.as_raw_fd());
        output.put(b"first");
        assert_eq!(waiting(&pipe.read), 5, "who waits gets the first at once");
        output.last = Some(Instant::now() + Duration::from_secs(1000));
        output.put(b"more");
        assert_eq!(waiting(&pipe.read), 5);
        output.flush();
        assert_eq!(waiting(&pipe.read), 9);
        output.put(b"more");
        sleep(PROMPT);
        output.put(b"and more");
        assert_eq!(waiting(&pipe.read), 21);
        output.last = Some(Instant::now() + Duration::from_secs(1000));
        output.put(&[b'x'; BULK_BYTES - 1]);
        output.put(b"x");
        assert_eq!(waiting(&pipe.read), 21 + BULK_BYTES);
        assert_eq!(output.bytes as usize, 21 + BULK_BYTES);
        assert!(!output.is_closed());
    }

    #[test]
    fn what_cannot_be_written_is_kept_in_order() {
        let pipe = pipe(Some(BULK_BYTES)).unwrap();
        let mut output = CarryOutput::of(pipe.write.as_raw_fd());
        output.put(b"first");
        output.last = Some(Instant::now() + Duration::from_secs(1000));
        output.put(b"second,");
        drop(pipe.read);
        output.put(&[b'x'; BULK_BYTES]);
        output.put(b",last");
        output.flush();
        assert!(output.is_closed());
        assert_eq!(output.bytes, 5);
        assert_eq!(output.unwritten.len(), 7 + BULK_BYTES + 5);
        assert!(output.unwritten.starts_with(b"second,x") && output.unwritten.ends_with(b"x,last"));
    }
}
