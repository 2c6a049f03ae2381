//! Much input at once, by two threads: a half each, and what comes out is in order all the same.

use std::sync::LazyLock;

use crate::progress::{Chunk, Progress, Stop};

/// From this many bytes on two threads are quicker: to start one takes as long as 30 KiB.
const PARALLEL_BYTES: usize = 128 * 1024;

/// What the second thread may have written before it is taken.
const MAX_WRITTEN: usize = 4 * 1024 * 1024;

static HAS_TWO_CORES: LazyLock<bool> =
    LazyLock::new(|| std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 1));

/// Where to cut a chunk in two: after a line feed in its middle. `None` where one thread does it better.
pub(crate) fn middle_of(chunk: Chunk<'_>) -> Option<usize> {
    let rest = &chunk.bytes[chunk.start..];
    if rest.len() < PARALLEL_BYTES || !*HAS_TWO_CORES {
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
    let (done, more) = std::thread::scope(|scope| {
        let rest = Chunk { start: middle, ..chunk };
        let target = &mut *written;
        let helper = std::thread::Builder::new().spawn_scoped(scope, move || second(rest, target, 0));
        let half = Chunk {
            bytes: &chunk.bytes[..middle],
            is_final: false,
            ..chunk
        };
        let done = first(half, out, length);
        // There may be no second thread, or it panicked: then its half is still to be done.
        (done, helper.ok().and_then(|helper| helper.join().ok()))
    });
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
