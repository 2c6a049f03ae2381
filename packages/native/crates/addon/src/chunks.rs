//! Kernels at work on chunks.

use std::sync::Arc;

use cuprum_records::{Chunk, CsvCells, CsvWorker, GroupWorker, JoinWorker, Progress, RecordWorker, Stop};
use cuprum_streams::{ChunkWork, Step};
use memchr::{memchr_iter, memrchr, memrchr_iter};

/// Lines of NDJSON.
pub(crate) enum Lines {
    Records(RecordWorker),
    Cells(Arc<CsvCells>),
    Join(JoinWorker),
    /// Nothing is to be written of them.
    Groups(GroupWorker),
}

impl Lines {
    /// Works on whole lines, and writes to `out[length..]`.
    pub(crate) fn work(&mut self, chunk: Chunk<'_>, out: &mut [u8], length: usize) -> Progress {
        match self {
            Self::Records(records) => records.run(chunk, out, length),
            Self::Cells(cells) => cells.write(chunk, out, length),
            Self::Join(join) => join.run(chunk, out, length),
            Self::Groups(groups) => groups.run(chunk, out, length),
        }
    }
}

impl ChunkWork for Lines {
    fn cut(&self, bytes: &[u8]) -> usize {
        memrchr(b'\n', bytes).map_or(0, |newline| newline + 1)
    }

    fn run(&mut self, bytes: &[u8], at: usize, out: &mut [u8], length: usize) -> Step {
        step(bytes, at, length, |chunk| self.work(chunk, out, length))
    }

    fn take(&mut self, came: &[u8]) -> Option<bool> {
        match self {
            Self::Groups(groups) => Some(groups.take(came)),
            _ => None,
        }
    }
}

/// Rows of CSV, which quotes may stretch over lines.
pub(crate) struct Rows(pub(crate) CsvWorker);

impl ChunkWork for Rows {
    /// Where quotes stand otherwise than in pairs around cells, that is no row's end: then the row that is cut is not usual.
    fn cut(&self, bytes: &[u8]) -> usize {
        let Some(quote) = self.0.quote() else {
            return memrchr(b'\n', bytes).map_or(0, |newline| newline + 1);
        };
        let mut quotes = memchr_iter(quote, bytes).count();
        let mut end = bytes.len();
        for newline in memrchr_iter(b'\n', bytes) {
            quotes -= memchr_iter(quote, &bytes[newline..end]).count();
            end = newline;
            if quotes.is_multiple_of(2) {
                return newline + 1;
            }
        }
        0
    }

    fn run(&mut self, bytes: &[u8], at: usize, out: &mut [u8], length: usize) -> Step {
        step(bytes, at, length, |chunk| self.0.run(chunk, out, length))
    }
}

/// What is no UTF-8 is the reference's from its beginning on.
fn step(bytes: &[u8], at: usize, length: usize, work: impl FnOnce(Chunk<'_>) -> Progress) -> Step {
    if at == 0 && simdutf8::basic::from_utf8(bytes).is_err() {
        return Step {
            at,
            length,
            ..Step::default()
        };
    }
    let progress = work(Chunk {
        bytes,
        start: at,
        is_final: false,
    });
    Step {
        at: progress.at,
        length: progress.length,
        lines: progress.lines,
        is_full: progress.stop == Stop::Room,
        ..Step::default()
    }
}
