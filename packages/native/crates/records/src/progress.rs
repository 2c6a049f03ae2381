//! What a kernel is given, and how far it came.

/// A piece of the input, up to its end; in valid UTF-8.
#[derive(Clone, Copy, Debug)]
pub struct Chunk<'bytes> {
    pub bytes: &'bytes [u8],
    /// Where the next record begins.
    pub start: usize,
    /// Whether this is the end of the input: then the last record needs no line end.
    pub is_final: bool,
}

/// Why a kernel stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// What is left of the input is no whole record.
    Input,
    /// The output has no room for the next record: take away what is there, or, if nothing is, give more room.
    Room,
    /// The next record is for the reference.
    Trouble,
}

/// What was done: always whole records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Where the next record begins in the input.
    pub at: usize,
    /// Where the output ends now.
    pub length: usize,
    /// How many lines of the input were passed.
    pub lines: usize,
    pub stop: Stop,
}

impl Progress {
    /// Nothing is done of the chunk, and what comes of it is written from `length` on.
    pub(crate) fn begun(chunk: Chunk<'_>, length: usize) -> Self {
        Self {
            at: chunk.start,
            length,
            lines: 0,
            stop: Stop::Input,
        }
    }

    /// This, and then that, which went on from there.
    pub(crate) fn and(self, more: Self) -> Self {
        Self {
            lines: self.lines + more.lines,
            ..more
        }
    }
}
