//! Records as rows of CSV: the twin of the usual case of `formats/csv/csv-writer.ts` and `cell-writer.ts`.

use std::marker::PhantomData;

use crate::block::{Block, WIDTH, load, store};
use crate::dispatch::dispatched;
use crate::json_scan::{NotUsual, byte_at, scan_container, scan_scalar, scan_string};
use crate::progress::{Chunk, Progress, Stop};

/// Writes records that have the columns' keys, all of them, in order, without blanks between the tokens. All others are for the
/// reference.
#[derive(Debug)]
pub struct CsvCells {
    delimiter: u8,
    /// `{"id":`, `,"name":`, ...
    keys: Vec<Key>,
}

#[derive(Debug)]
struct Key {
    /// Filled up to whole blocks.
    text: Vec<u8>,
    length: usize,
}

/// Why a record was not written.
enum Unwritten {
    NotUsual,
    NoRoom,
}

impl From<NotUsual> for Unwritten {
    fn from(_: NotUsual) -> Self {
        Self::NotUsual
    }
}

impl CsvCells {
    pub fn new(delimiter: u8, keys: &[Vec<u8>]) -> Self {
        let padded = |key: &Vec<u8>| {
            let mut text = key.clone();
            text.resize(key.len().next_multiple_of(WIDTH), 0);
            Key {
                text,
                length: key.len(),
            }
        };
        Self {
            delimiter,
            keys: keys.iter().map(padded).collect(),
        }
    }

    dispatched! {
        /// Writes the whole lines of the chunk to `out[length..]`.
        pub fn write(self: &CsvCells, chunk: Chunk<'_>, out: &mut [u8], length: usize) -> Progress => write
    }
}

/// # Safety
/// The processor has what `B` needs; so for all functions of this file.
#[inline(always)]
unsafe fn write<B: Block>(
    _: PhantomData<B>,
    cells: &CsvCells,
    chunk: Chunk<'_>,
    out: &mut [u8],
    length: usize,
) -> Progress {
    let bytes = chunk.bytes;
    let mut progress = Progress::begun(chunk, length);
    while progress.at < bytes.len() {
        // SAFETY: as the caller promises.
        match unsafe { write_row::<B>(cells, bytes, progress.at, out, progress.length) } {
            Ok((at, length)) => {
                progress.at = at;
                progress.length = length;
                progress.lines += 1;
            }
            Err(why) => {
                progress.stop = match why {
                    Unwritten::NoRoom => Stop::Room,
                    Unwritten::NotUsual => Stop::Trouble,
                };
                break;
            }
        }
    }
    progress
}

#[inline(always)]
unsafe fn write_row<B: Block>(
    cells: &CsvCells,
    bytes: &[u8],
    start: usize,
    out: &mut [u8],
    length: usize,
) -> Result<(usize, usize), Unwritten> {
    let delimiter = cells.delimiter;
    // SAFETY: as the caller promises.
    let delimiters = unsafe { B::splat(delimiter) };
    let mut at = start;
    let mut length = length;
    for (column, key) in cells.keys.iter().enumerate() {
        // SAFETY: as the caller promises.
        if !unsafe { stands_at::<B>(key, bytes, at) } {
            return Err(Unwritten::NotUsual);
        }
        at += key.length;
        if out.len() - length < SLACK {
            return Err(Unwritten::NoRoom);
        }
        if column > 0 {
            out[length] = delimiter;
            length += 1;
        }
        match byte_at(bytes, at) {
            b'"' => {
                // SAFETY: as the caller promises.
                let block = unsafe { load::<B>(bytes, at + 1) };
                // SAFETY: as the caller promises.
                let count = unsafe { block.stops(delimiters) }.trailing_zeros() as usize;
                if count > 0 && count < WIDTH && byte_at(bytes, at + 1 + count) == b'"' {
                    // SAFETY: as the caller promises; there is room for it.
                    unsafe { store(block, out, length) };
                    length += count;
                    at += count + 2;
                } else {
                    // SAFETY: as the caller promises.
                    (at, length) = unsafe { write_text::<B>(bytes, at, delimiters, delimiter, out, length)? };
                }
            }
            // SAFETY: as the caller promises.
            b'n' => at = unsafe { scan_scalar::<B>(bytes, at)? },
            b'{' | b'[' => {
                // SAFETY: as the caller promises.
                let end = unsafe { scan_container::<B>(bytes, at)? };
                length = put_quoted(&bytes[at..end], out, length)?;
                at = end;
            }
            _ => {
                // SAFETY: as the caller promises.
                let end = unsafe { scan_scalar::<B>(bytes, at)? };
                length = put(&bytes[at..end], out, length)?;
                at = end;
            }
        }
    }
    if byte_at(bytes, at) != b'}' || bytes.get(at + 1) != Some(&b'\n') {
        return Err(Unwritten::NotUsual);
    }
    Ok((at + 2, put(b"\n", out, length)?))
}

/// Room that is there before each cell: its delimiter and a block.
const SLACK: usize = WIDTH + 8;

#[inline(always)]
unsafe fn stands_at<B: Block>(key: &Key, bytes: &[u8], at: usize) -> bool {
    if key.length <= WIDTH {
        let mask = u32::MAX >> (WIDTH - key.length);
        // SAFETY: as the caller promises; the text is a whole block.
        return unsafe { load::<B>(bytes, at).equal(B::load(key.text.as_ptr())) } & mask == mask;
    }
    bytes.get(at..at + key.length) == Some(&key.text[..key.length])
}

/// Any string. What has `\\u` in it is for the reference.
#[inline(always)]
unsafe fn write_text<B: Block>(
    bytes: &[u8],
    start: usize,
    delimiters: B,
    delimiter: u8,
    out: &mut [u8],
    length: usize,
) -> Result<(usize, usize), Unwritten> {
    // SAFETY: as the caller promises.
    let end = unsafe { scan_string::<B>(bytes, start)? };
    let text = &bytes[start + 1..end - 1];
    let mut at = start + 1;
    // SAFETY: as the caller promises.
    while at < end && unsafe { load::<B>(bytes, at).stops(delimiters) } == 0 {
        at += WIDTH;
    }
    // SAFETY: as the caller promises.
    let stop = at + unsafe { load::<B>(bytes, at).stops(delimiters) }.trailing_zeros() as usize;
    if stop == end - 1 && !text.is_empty() {
        return Ok((end, put(text, out, length)?));
    }
    if !text.contains(&b'\\') {
        return Ok((end, put_quoted(text, out, length)?));
    }
    let plain = unescaped(text)?;
    let is_special = |byte: &u8| *byte == delimiter || matches!(byte, b'"' | b'\r' | b'\n');
    if plain.iter().any(is_special) {
        Ok((end, put_quoted(&plain, out, length)?))
    } else {
        Ok((end, put(&plain, out, length)?))
    }
}

/// The text of a checked string.
fn unescaped(text: &[u8]) -> Result<Vec<u8>, NotUsual> {
    let mut plain = Vec::with_capacity(text.len());
    let mut bytes = text.iter();
    while let Some(&byte) = bytes.next() {
        plain.push(match byte {
            b'\\' => match bytes.next() {
                Some(b'b') => 8,
                Some(b'f') => 12,
                Some(b'n') => b'\n',
                Some(b'r') => b'\r',
                Some(b't') => b'\t',
                Some(&other @ (b'"' | b'\\' | b'/')) => other,
                _ => return Err(NotUsual),
            },
            other => other,
        });
    }
    Ok(plain)
}

#[inline(always)]
fn put(text: &[u8], out: &mut [u8], length: usize) -> Result<usize, Unwritten> {
    let end = length + text.len();
    if end > out.len() {
        return Err(Unwritten::NoRoom);
    }
    out[length..end].copy_from_slice(text);
    Ok(end)
}

fn put_quoted(text: &[u8], out: &mut [u8], length: usize) -> Result<usize, Unwritten> {
    if out.len() - length < 2 * text.len() + 2 {
        return Err(Unwritten::NoRoom);
    }
    let mut at = length;
    for &byte in [b'"'].iter().chain(text) {
        if byte == b'"' && at > length {
            out[at] = b'"';
            at += 1;
        }
        out[at] = byte;
        at += 1;
    }
    out[at] = b'"';
    Ok(at + 1)
}
