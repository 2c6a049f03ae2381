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

/// Where to cut a chunk in two: after a line feed in its middle. `None` where one thread does it better, or there is to be but one.
pub(crate) fn middle_of(chunk: Chunk<'_>, threads: usize) -> Option<usize> {
    let rest = &chunk.bytes[chunk.start..];
    if threads < 2 || rest.len() < PARALLEL_BYTES || SECOND.is_none() {
        return None;
    }
    let half = rest.len() / 2;
    let newline = rest[half..].iter().position(|&byte| byte == b'\n')?;
    Some(chunk.start + half + newline + 1)
}

/// Does the chunk up to `middle` here and the rest on another thread, as if a record began at `middle`. Where none does, which shows
/// when the first half is done, what the other thread did is for nothing.
///
/// Returns what was done, and whether it is all that can be: if not, the caller goes on from there.
pub(crate) fn in_halves(
    chunk: Chunk<'_>,
    middle: usize,
    out: &mut [u8],
    length: usize,
    written: &mut Vec<u8>,
    first: impl FnOnce(Chunk<'_>, &mut [u8], usize) -> Progress,
    second: impl FnOnce(Chunk<'_>, &mut [u8], usize) -> Progress + Send,
) -> (Progress, bool) {
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
        return (done, true);
    }
    let Some(more) = more.filter(|_| done.at == middle) else {
        return (done, false);
    };
    let Some(room) = out.get_mut(done.length..done.length + more.length) else {
        let stop = Stop::Room;
        return (Progress { stop, ..done }, true);
    };
    room.copy_from_slice(&written[..more.length]);
    let all = Progress {
        length: done.length + more.length,
        lines: done.lines + more.lines,
        ..more
    };
    (all, true)
}

impl Progress {
    /// This, and then that, which went on from there.
    pub(crate) fn and(self, more: Self) -> Self {
        Self {
            lines: self.lines + more.lines,
            ..more
        }
    }
}
