//! What is done with chunks of records.

use std::time::Duration;

/// What one thread does with chunks.
pub trait ChunkWork: Send {
    /// Where the last whole record ends, of bytes that begin with a record; 0 if none does.
    fn cut(&self, bytes: &[u8]) -> usize;

    /// Works on whole records from `at` on, and writes what comes of them to `out[length..]`.
    fn run(&mut self, bytes: &[u8], at: usize, out: &mut [u8], length: usize) -> Step;

    /// Takes what came of a chunk, in the order of the chunks, instead of its being written; whether more can be taken. `None`: it is to be
    /// written.
    fn take(&mut self, _came: &[u8]) -> Option<bool> {
        None
    }
}

/// How far the work on a chunk came.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// Where the next record begins; the end of the chunk when all is done. If it is less, and there is room, that record is the caller's.
    pub at: usize,
    /// Where the output ends.
    pub length: usize,
    /// Lines of the input that were passed.
    pub lines: usize,
    /// Whether the output has no room for the next record.
    pub is_full: bool,
    /// How long it took, where that is to be known apart from what the followers took.
    pub worked: Duration,
    /// Where the work is several in a row: what those after the first one have done. If one has left something, all that follows is the
    /// caller's.
    pub followers: Vec<Followed>,
}

/// What was done, in a row of several, by one that takes what comes of the one before it.
#[derive(Clone, Debug, Default)]
pub struct Followed {
    /// Bytes and lines that it dealt with.
    pub bytes: u64,
    pub lines: u64,
    /// Bytes that came of them.
    pub written: u64,
    pub worked: Duration,
    /// What it was given and has not dealt with; begins with a record that is the caller's.
    pub rest: Vec<u8>,
}

impl Followed {
    /// What was done after it.
    pub fn add(&mut self, more: &Followed) {
        self.bytes += more.bytes;
        self.lines += more.lines;
        self.written += more.written;
        self.worked += more.worked;
        self.rest.extend_from_slice(&more.rest);
    }
}
