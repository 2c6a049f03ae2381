//! Much input at once, by two threads: a half each, and what comes out is in order all the same.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use rayon_core::{ThreadPool, ThreadPoolBuilder};

use crate::progress::{Chunk, Progress, Stop};

/// From this many bytes on there are two threads. To wake one takes 0.1 to 0.2 ms on a virtual machine, in which one alone does 100 KiB and more.
const PARALLEL_BYTES: usize = 128 * 1024;

/// What the second thread may have written before it is taken.
const MAX_WRITTEN: usize = 4 * 1024 * 1024;

/// The second thread, which waits for work from then on. `None` where there is but one core, or no thread can be had.
static SECOND: LazyLock<Option<ThreadPool>> = LazyLock::new(|| {
    std::thread::available_parallelism()
        .ok()
        .filter(|cores| cores.get() > 1)?;
    ThreadPoolBuilder::new().num_threads(1).build().ok()
});

/// Lets two threads do what is much.
#[derive(Debug)]
pub(crate) struct Halves {
    threads: usize,
    /// What the second thread writes.
    written: Vec<u8>,
}

impl Halves {
    /// At most so many `threads` work at once: two are of use, one is the caller's alone.
    pub(crate) fn of(threads: usize) -> Self {
        Self {
            threads,
            written: Vec::new(),
        }
    }

    /// Does the whole records of the chunk by `first`, or one half by `first` and one by `second`, which writes like it to memory of its own.
    ///
    /// The chunk is cut after a line feed, as if a record began there. Where none does, which shows when the first half is done, what the
    /// second thread did is for nothing.
    pub(crate) fn run(
        &mut self,
        chunk: Chunk<'_>,
        out: &mut [u8],
        length: usize,
        mut first: impl FnMut(Chunk<'_>, &mut [u8], usize) -> Progress,
        second: impl FnOnce(Chunk<'_>, &mut [u8], usize) -> Progress + Send,
    ) -> Progress {
        let Some(middle) = self.middle_of(chunk) else {
            return first(chunk, out, length);
        };
        let written = &mut self.written;
        written.resize((2 * (chunk.bytes.len() - chunk.start)).min(MAX_WRITTEN), 0);
        let rest = Chunk { start: middle, ..chunk };
        let half = Chunk {
            bytes: &chunk.bytes[..middle],
            is_final: false,
            ..chunk
        };
        let mut more = None;
        let done = match &*SECOND {
            Some(pool) => pool.in_place_scope(|scope| {
                // Where it panics, its half is still to be done.
                scope.spawn(|_| more = catch_unwind(AssertUnwindSafe(|| second(rest, written, 0))).ok());
                first(half, out, length)
            }),
            None => first(half, out, length),
        };
        if done.stop != Stop::Input {
            return done;
        }
        let Some(more) = more.filter(|_| done.at == middle) else {
            let start = done.at;
            return done.and(first(Chunk { start, ..chunk }, out, done.length));
        };
        let Some(room) = out.get_mut(done.length..done.length + more.length) else {
            let stop = Stop::Room;
            return Progress { stop, ..done };
        };
        room.copy_from_slice(&written[..more.length]);
        Progress {
            length: done.length + more.length,
            lines: done.lines + more.lines,
            ..more
        }
    }

    /// Where to cut a chunk in two: after a line feed in its middle. `None` where one thread does it better, or there is to be but one.
    fn middle_of(&self, chunk: Chunk<'_>) -> Option<usize> {
        let rest = &chunk.bytes[chunk.start..];
        if self.threads < 2 || rest.len() < PARALLEL_BYTES || SECOND.is_none() {
            return None;
        }
        let half = rest.len() / 2;
        let newline = rest[half..].iter().position(|&byte| byte == b'\n')?;
        Some(chunk.start + half + newline + 1)
    }
}
