//! Record kernels from descriptor to descriptor.

use std::thread::available_parallelism;
use std::time::Duration;

use cuprum_records::{Chunk, CsvWorker, Progress, RecordWorker, Stop};
use cuprum_streams::{ChunkWork, Step};
use memchr::{memchr_iter, memrchr, memrchr_iter};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

/// What was done, and what is left to be done.
#[napi(object, object_from_js = false)]
pub struct Carried {
    pub bytes_read: f64,
    pub bytes_written: f64,
    pub lines: f64,
    pub wait_in_ms: f64,
    pub wait_out_ms: f64,
    pub unwritten: Buffer,
    pub rest: Buffer,
    pub goes_on: bool,
}

/// Threads that there are at most where nobody says how many: each has buffers of about 1 MiB, and more would wait for what is read.
const MAX_THREADS: usize = 4;

/// Runs workers, as many as there are cores, for at most so long as input and output allow, or until the time is up.
pub(crate) fn carry<Work: ChunkWork>(
    input: i32,
    output: i32,
    begun: &[u8],
    milliseconds: u32,
    worker: impl Fn() -> Work,
) -> Carried {
    let threads = available_parallelism().map_or(1, |cores| cores.get().min(MAX_THREADS));
    let workers = (0..threads).map(|_| worker()).collect();
    let time = Duration::from_millis(milliseconds.into());
    let carried = cuprum_streams::carry(input, output, begun.to_vec(), time, workers);
    Carried {
        bytes_read: carried.bytes_read as f64,
        bytes_written: carried.bytes_written as f64,
        lines: carried.lines as f64,
        wait_in_ms: carried.waited_for_input.as_secs_f64() * 1000.0,
        wait_out_ms: carried.waited_for_output.as_secs_f64() * 1000.0,
        unwritten: carried.unwritten.into(),
        rest: carried.rest.into(),
        goes_on: carried.goes_on,
    }
}

pub(crate) struct Lines(pub(crate) RecordWorker);

impl ChunkWork for Lines {
    fn cut(&self, bytes: &[u8]) -> usize {
        memrchr(b'\n', bytes).map_or(0, |newline| newline + 1)
    }

    fn run(&mut self, bytes: &[u8], at: usize, out: &mut [u8], length: usize) -> Step {
        step(bytes, at, length, |chunk| self.0.run(chunk, out, length))
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
            lines: 0,
            is_full: false,
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
    }
}
