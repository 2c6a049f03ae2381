//! Cuts bytes into lines of text, many at a time.

use memchr::{memchr, memchr_iter, memrchr};

/// The least bound of a line: a character and a carriage return have to fit.
pub const MIN_LINE_BYTES: usize = 8;

/// Some lines of text, joined by newlines. A line never holds one, so splitting at them gives the lines back.
#[derive(Debug, PartialEq, Eq)]
pub struct LineBatch {
    pub text: String,
    /// The last line goes on: the first line of the next batch is its continuation.
    pub unfinished: bool,
}

/// Cuts a stream of bytes at newlines, wherever it arrives cut.
///
/// A carriage return before the newline belongs to the end of the line. What is not UTF-8 becomes U+FFFD, as the Encoding
/// Standard has it (one for each maximal part of a sequence). A byte order mark is a character. Each byte is looked at once.
///
/// A line longer than the bound is given in pieces of at most that many bytes, cut between characters.
pub struct Lines {
    /// The line that has not ended yet, at most a few bytes longer than the bound.
    begun: Vec<u8>,
    max: usize,
}

impl Lines {
    /// At least [`MIN_LINE_BYTES`] are allowed for.
    pub fn new(max_line_bytes: usize) -> Self {
        Self {
            begun: Vec::new(),
            max: max_line_bytes.max(MIN_LINE_BYTES),
        }
    }

    /// Takes more bytes, and gives the lines that they complete.
    pub fn push(&mut self, chunk: &[u8], emit: &mut impl FnMut(LineBatch)) {
        let Some(last) = memrchr(b'\n', chunk) else {
            self.begin(chunk, emit);
            return;
        };
        let (complete, rest) = (&chunk[..last], &chunk[last + 1..]);
        let plain = memchr(b'\r', complete).is_none() && !self.begun.contains(&b'\r');
        if plain && self.begun.len() + complete.len() <= self.max {
            let mut text = std::mem::take(&mut self.begun);
            text.extend_from_slice(complete);
            emit(LineBatch {
                text: decode(text),
                unfinished: false,
            });
        } else {
            self.push_one_by_one(complete, emit);
        }
        self.begin(rest, emit);
    }

    /// The last line, when no newline ended it.
    pub fn finish(&mut self, emit: &mut impl FnMut(LineBatch)) {
        self.cut_pieces(self.begun.len(), emit);
        if !self.begun.is_empty() {
            emit(LineBatch {
                text: decode(std::mem::take(&mut self.begun)),
                unfinished: false,
            });
        }
    }

    /// `complete` ends where its last newline was.
    fn push_one_by_one(&mut self, complete: &[u8], emit: &mut impl FnMut(LineBatch)) {
        let mut text = Vec::with_capacity(complete.len() + self.begun.len());
        let mut lines = 0;
        let mut start = 0;
        for end in memchr_iter(b'\n', complete).chain([complete.len()]) {
            self.begun.extend_from_slice(&complete[start..end]);
            start = end + 1;
            if self.begun.last() == Some(&b'\r') {
                self.begun.pop();
            }
            if self.begun.len() > self.max {
                if lines > 0 {
                    emit(LineBatch {
                        text: decode(std::mem::take(&mut text)),
                        unfinished: false,
                    });
                    lines = 0;
                }
                self.cut_pieces(self.begun.len(), emit);
            }
            if lines > 0 {
                text.push(b'\n');
            }
            text.append(&mut self.begun);
            lines += 1;
        }
        emit(LineBatch {
            text: decode(text),
            unfinished: false,
        });
    }

    /// Keeps bytes of a line that has not ended.
    fn begin(&mut self, bytes: &[u8], emit: &mut impl FnMut(LineBatch)) {
        self.begun.extend_from_slice(bytes);
        // A carriage return at the end may yet turn out to belong to the newline.
        let sure = self.begun.len() - usize::from(self.begun.last() == Some(&b'\r'));
        self.cut_pieces(sure, emit);
    }

    /// Gives pieces of the begun line, as long as its first `sure` bytes are more than the bound. Where it is cut depends
    /// on its bytes alone.
    fn cut_pieces(&mut self, sure: usize, emit: &mut impl FnMut(LineBatch)) {
        let mut start = 0;
        while sure - start > self.max {
            let piece = &self.begun[start..start + self.max];
            let piece = &piece[..piece.len() - begun_character(piece)];
            start += piece.len();
            emit(LineBatch {
                text: decode(piece.to_vec()),
                unfinished: true,
            });
        }
        self.begun.drain(..start);
    }
}

fn decode(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// How many bytes at the end are a character that has begun and may go on: 0 to 3.
fn begun_character(bytes: &[u8]) -> usize {
    for length in 1..=bytes.len().min(3) {
        let tail = &bytes[bytes.len() - length..];
        if tail[0] & 0xc0 == 0x80 {
            continue;
        }
        let unfinished =
            std::str::from_utf8(tail).is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none());
        return if unfinished { length } else { 0 };
    }
    0
}
