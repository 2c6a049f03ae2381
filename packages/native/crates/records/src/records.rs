//! NDJSON records, checked, selected and made anew: the twin of `stages/filtered-records.ts` and of readers and writers that only check.

use std::ops::Range;
use std::sync::Arc;

use crate::dispatch::dispatched;
use crate::halves::Halves;
use crate::json_scan::NotUsual;
use crate::progress::{Chunk, Progress};
use crate::record_fields::RecordFields;
use crate::record_lines::{RecordWork, Written, put, work};
use crate::record_program::{Outcome, Piece, RecordProgram};

/// Runs a program on record after record.
#[derive(Debug)]
pub struct Records {
    first: RecordWorker,
    second: RecordWorker,
    halves: Halves,
}

/// Runs a program on record after record, on one thread.
#[derive(Debug)]
pub struct RecordWorker {
    program: Arc<RecordProgram>,
    /// Undefined when nothing is looked at: then a record may be any value.
    fields: Option<RecordFields>,
}

impl Records {
    /// At most so many `threads` work at once: two are of use, one is the caller's alone.
    ///
    /// # Panics
    /// When a path of the program has no key, or more than [`crate::MAX_PATH_KEYS`].
    pub fn new(program: RecordProgram, threads: usize) -> Self {
        let first = RecordWorker::new(Arc::new(program));
        Self {
            second: first.another(),
            first,
            halves: Halves::of(threads),
        }
    }

    /// One that does the same on a thread of its own.
    pub fn worker(&self) -> RecordWorker {
        self.first.another()
    }

    /// Runs the program on the whole lines of the chunk, and writes to `out[length..]`.
    pub fn run(&mut self, chunk: Chunk<'_>, out: &mut [u8], length: usize) -> Progress {
        let Self { first, second, halves } = self;
        halves.run(
            chunk,
            out,
            length,
            |part, out, length| first.run(part, out, length),
            |part, out, length| second.run(part, out, length),
        )
    }
}

impl RecordWorker {
    fn new(program: Arc<RecordProgram>) -> Self {
        let fields = if program.paths.is_empty() {
            None
        } else {
            Some(RecordFields::new(&program.paths))
        };
        Self { program, fields }
    }

    fn another(&self) -> Self {
        Self::new(Arc::clone(&self.program))
    }

    dispatched! {
        /// Runs the program on the whole lines of the chunk, and writes to `out[length..]`.
        pub fn run(self: &mut RecordWorker, chunk: Chunk<'_>, out: &mut [u8], length: usize) -> Progress => work
    }
}

impl RecordWork for RecordWorker {
    #[inline(always)]
    fn fields(&mut self) -> Option<&mut RecordFields> {
        self.fields.as_mut()
    }

    #[inline(always)]
    fn write(
        &mut self,
        bytes: &[u8],
        record: Range<usize>,
        out: &mut [u8],
        length: usize,
    ) -> Result<Written, NotUsual> {
        let program = &*self.program;
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

/// The text of a value where it is what the value would be written as.
fn own_text(text: &[u8]) -> Result<&[u8], NotUsual> {
    match text[0] {
        b'{' | b'[' => Err(NotUsual),
        b'"' if !has_usual_escapes(text) => Err(NotUsual),
        _ => Ok(text),
    }
}

/// Whether all that is escaped would be written so, and all else would not: no `\/`, no numbers, and no DEL beside escapes.
fn has_usual_escapes(text: &[u8]) -> bool {
    let mut rest = text;
    if text.contains(&0x7f) {
        return !text.contains(&b'\\');
    }
    while let Some(at) = rest.iter().position(|&byte| byte == b'\\') {
        if !matches!(rest[at + 1], b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't') {
            return false;
        }
        rest = &rest[at + 2..];
    }
    true
}
