//! NDJSON records, checked, selected and made anew: the twin of `stages/filtered-records.ts` and of readers and writers that only check.
//!
//! Much at once is done by two threads, a half of the lines each; what comes out is in the order of the input all the same.

use std::marker::PhantomData;

use crate::block::Block;
use crate::dispatch::dispatched;
use crate::json_scan::{NotUsual, byte_at, scan_value, skip_blanks};
use crate::progress::{Chunk, Progress, Stop};
use crate::record_fields::RecordFields;
use crate::record_program::{Outcome, Piece, RecordProgram};

/// Runs a program on record after record.
#[derive(Debug)]
pub struct Records {
    program: RecordProgram,
    first: Worker,
    second: Worker,
    /// What the second worker writes.
    written: Vec<u8>,
    has_two_cores: bool,
}

/// What one thread needs for itself.
#[derive(Debug)]
struct Worker {
    /// Undefined when nothing is looked at: then a record may be any value.
    fields: Option<RecordFields>,
}

/// From this many bytes on two threads are quicker: to start one takes as long as 30 KiB.
const PARALLEL_BYTES: usize = 128 * 1024;

/// What the second thread may have written before it is taken.
const MAX_WRITTEN: usize = 4 * 1024 * 1024;

/// What is written for a record.
enum Written {
    Nothing,
    UpTo(usize),
    NoRoom,
}

impl Records {
    /// # Panics
    /// When a path of the program has no key, or more than [`crate::MAX_PATH_KEYS`].
    pub fn new(program: RecordProgram) -> Self {
        let worker = || Worker {
            fields: if program.paths.is_empty() {
                None
            } else {
                Some(RecordFields::new(&program.paths))
            },
        };
        Self {
            first: worker(),
            second: worker(),
            program,
            written: Vec::new(),
            has_two_cores: std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 1),
        }
    }

    /// Runs the program on the whole lines of the chunk, and writes to `out[length..]`.
    pub fn run(&mut self, chunk: Chunk<'_>, out: &mut [u8], length: usize) -> Progress {
        let lines = &chunk.bytes[chunk.start..];
        if !self.has_two_cores || lines.len() < PARALLEL_BYTES {
            return self.first.run(&self.program, chunk, out, length);
        }
        let half = lines.len() / 2;
        let Some(newline) = lines[half..].iter().position(|&byte| byte == b'\n') else {
            return self.first.run(&self.program, chunk, out, length);
        };
        let middle = chunk.start + half + newline + 1;
        let Self {
            program,
            first,
            second,
            written,
            ..
        } = self;
        let program = &*program;
        // As much as the records themselves need, and what is written between them as a rule.
        written.resize(lines.len().min(MAX_WRITTEN), 0);
        let (done, more) = std::thread::scope(|scope| {
            let helper = std::thread::Builder::new().spawn_scoped(scope, || {
                let rest = Chunk { start: middle, ..chunk };
                second.run(program, rest, written, 0)
            });
            let half = Chunk {
                bytes: &chunk.bytes[..middle],
                ..chunk
            };
            let done = first.run(program, half, out, length);
            // Without a second thread, or if it panicked, its lines are still to be done.
            (done, helper.ok().and_then(|helper| helper.join().ok()))
        });
        let Some(more) = more.filter(|_| done.stop == Stop::Input) else {
            return if done.stop == Stop::Input {
                self.first.run_on(&self.program, chunk, out, done)
            } else {
                done
            };
        };
        let Some(room) = out.get_mut(done.length..done.length + more.length) else {
            return Progress {
                stop: Stop::Room,
                ..done
            };
        };
        room.copy_from_slice(&self.written[..more.length]);
        Progress {
            at: more.at,
            length: done.length + more.length,
            lines: done.lines + more.lines,
            stop: more.stop,
        }
    }
}

impl Worker {
    dispatched! {
        fn run(self: &mut Worker, program: &RecordProgram, chunk: Chunk<'_>, out: &mut [u8], length: usize) -> Progress => run
    }

    /// Goes on with what was not done.
    fn run_on(&mut self, program: &RecordProgram, chunk: Chunk<'_>, out: &mut [u8], done: Progress) -> Progress {
        let rest = Chunk {
            start: done.at,
            ..chunk
        };
        let more = self.run(program, rest, out, done.length);
        Progress {
            lines: done.lines + more.lines,
            ..more
        }
    }

    /// What becomes of the record, whose fields were found.
    #[inline(always)]
    fn write(
        &self,
        program: &RecordProgram,
        bytes: &[u8],
        record: std::ops::Range<usize>,
        out: &mut [u8],
        length: usize,
    ) -> Result<Written, NotUsual> {
        let value = |slot: usize| self.fields.as_ref().and_then(|fields| fields.value(bytes, slot));
        if let Some(condition) = &program.condition
            && !condition.holds(&value)?
        {
            return Ok(Written::Nothing);
        }
        let record = &bytes[record];
        match &program.result {
            Outcome::Record { before, after } => Ok(put(&[before, record, after], out, length)),
            Outcome::IfTrue { slot } => match value(*slot) {
                None | Some(b"false" | b"null") => Ok(Written::Nothing),
                Some(b"true") => Ok(put(&[record, b"\n"], out, length)),
                Some(_) => Err(NotUsual),
            },
            Outcome::Built(pieces) => {
                let mut at = length;
                for piece in pieces {
                    let text = match piece {
                        Piece::Bytes(bytes) => bytes,
                        Piece::Slot(slot) => match value(*slot) {
                            None => b"null",
                            Some(text) => own_text(text)?,
                        },
                    };
                    match put(&[text], out, at) {
                        Written::UpTo(end) => at = end,
                        other => return Ok(other),
                    }
                }
                Ok(put(&[b"\n"], out, at))
            }
        }
    }
}

/// # Safety
/// The processor has what `B` needs.
#[inline(always)]
unsafe fn run<B: Block>(
    _: PhantomData<B>,
    worker: &mut Worker,
    program: &RecordProgram,
    chunk: Chunk<'_>,
    out: &mut [u8],
    length: usize,
) -> Progress {
    let Chunk { bytes, start, .. } = chunk;
    let mut progress = Progress {
        at: start,
        length,
        lines: 0,
        stop: Stop::Input,
    };
    while progress.at < bytes.len() {
        let at = skip_blanks(bytes, progress.at);
        if byte_at(bytes, at) == b'\n' {
            progress.at = at + 1;
            progress.lines += 1;
            continue;
        }
        let scanned = match &mut worker.fields {
            // SAFETY: as the caller promises.
            Some(fields) if bytes[at] == b'{' => unsafe { fields.scan::<B>(bytes, at) },
            Some(_) => Err(NotUsual),
            // SAFETY: as the caller promises.
            None => unsafe { scan_value::<B>(bytes, at) },
        };
        let whole = scanned.and_then(|end| {
            let line_end = skip_blanks(bytes, end);
            if bytes.get(line_end) != Some(&b'\n') {
                return Err(NotUsual);
            }
            Ok((
                line_end + 1,
                worker.write(program, bytes, at..end, out, progress.length)?,
            ))
        });
        match whole {
            Ok((next, Written::Nothing)) => progress.at = next,
            Ok((next, Written::UpTo(length))) => (progress.at, progress.length) = (next, length),
            Ok((_, Written::NoRoom)) => {
                return Progress {
                    stop: Stop::Room,
                    ..progress
                };
            }
            Err(NotUsual) => {
                return Progress {
                    stop: Stop::Trouble,
                    ..progress
                };
            }
        }
        progress.lines += 1;
    }
    progress
}

#[inline(always)]
fn put(texts: &[&[u8]], out: &mut [u8], length: usize) -> Written {
    let total: usize = texts.iter().map(|text| text.len()).sum();
    if out.len() - length < total {
        return Written::NoRoom;
    }
    let mut at = length;
    for text in texts {
        out[at..at + text.len()].copy_from_slice(text);
        at += text.len();
    }
    Written::UpTo(at)
}

/// The text of a value where it is what the value would be written as.
fn own_text(text: &[u8]) -> Result<&[u8], NotUsual> {
    match text[0] {
        b'{' | b'[' => Err(NotUsual),
        b'"' if text.contains(&b'\\') => Err(NotUsual),
        _ => Ok(text),
    }
}
