//! Elements of a JSON array as records: the twin of the usual case of `formats/json/json-reader.ts`.

use std::marker::PhantomData;

use crate::block::{Block, WIDTH, load, store};
use crate::dispatch::dispatched;
use crate::json_scan::{NotUsual, byte_at, escape_end, scan_scalar};
use crate::progress::{Chunk, Progress, Stop};

/// Writes each element as a line, without the blanks between its tokens.
#[derive(Debug)]
pub struct JsonElements {
    pub max_record_bytes: usize,
}

/// Why an element was not written.
enum Unwritten {
    NotUsual,
    NoRoom,
    /// The chunk ends before it does.
    Unfinished,
}

impl JsonElements {
    dispatched! {
        /// Writes the whole elements of the chunk, which begins after an element, to `out[length..]`; stops after an element, before the
        /// comma or the bracket that follows it.
        pub fn write(self: &JsonElements, chunk: Chunk<'_>, out: &mut [u8], length: usize) -> Progress => write
    }
}

/// # Safety
/// The processor has what `B` needs; so for all functions of this file.
#[inline(always)]
unsafe fn write<B: Block>(
    _: PhantomData<B>,
    elements: &JsonElements,
    chunk: Chunk<'_>,
    out: &mut [u8],
    length: usize,
) -> Progress {
    let bytes = chunk.bytes;
    let mut progress = Progress::begun(chunk, length);
    loop {
        let mut lines = 0;
        let comma = skip_space(bytes, progress.at, &mut lines);
        if bytes.get(comma) != Some(&b',') {
            progress.stop = if comma < bytes.len() {
                Stop::Trouble
            } else {
                Stop::Input
            };
            return progress;
        }
        let value = skip_space(bytes, comma + 1, &mut lines);
        // SAFETY: as the caller promises.
        match unsafe { write_value::<B>(bytes, value, out, progress.length, &mut lines) } {
            Ok((_, length)) if length - progress.length > elements.max_record_bytes => {
                progress.stop = Stop::Trouble;
                return progress;
            }
            Ok((at, length)) if length < out.len() => {
                out[length] = b'\n';
                progress.at = at;
                progress.length = length + 1;
                progress.lines += lines;
            }
            Err(Unwritten::NotUsual) => {
                progress.stop = Stop::Trouble;
                return progress;
            }
            Err(Unwritten::Unfinished) => return progress,
            Ok(_) | Err(Unwritten::NoRoom) => {
                progress.stop = Stop::Room;
                return progress;
            }
        }
    }
}

/// The first index from `at` on that is no blank; line feeds are counted.
#[inline(always)]
fn skip_space(bytes: &[u8], at: usize, lines: &mut usize) -> usize {
    let mut at = at;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\n' => *lines += 1,
            b' ' | b'\t' | b'\r' => {}
            _ => break,
        }
        at += 1;
    }
    at
}

/// Deepest nesting that is usual.
const MAX_DEPTH: u32 = 64;

/// Room that is there before each token.
const SLACK: usize = WIDTH + 8;

/// Writes the value at `at` without blanks: where it ends, and where the output does.
#[inline(always)]
unsafe fn write_value<B: Block>(
    bytes: &[u8],
    start: usize,
    out: &mut [u8],
    length: usize,
    lines: &mut usize,
) -> Result<(usize, usize), Unwritten> {
    let mut at = start;
    let mut length = length;
    let mut depth = 0;
    // One bit a level, the innermost one the lowest: whether it is an object.
    let mut objects = 0_u64;
    loop {
        // Here a value begins.
        if out.len() - length < SLACK {
            return Err(Unwritten::NoRoom);
        }
        let first = *bytes.get(at).ok_or(Unwritten::Unfinished)?;
        if first == b'{' || first == b'[' {
            if depth == MAX_DEPTH {
                return Err(Unwritten::NotUsual);
            }
            depth += 1;
            objects = objects << 1 | u64::from(first == b'{');
            out[length] = first;
            length += 1;
            at = skip_space(bytes, at + 1, lines);
            // The closing brackets come two after the opening ones.
            if byte_at(bytes, at) != first + 2 {
                if first == b'{' {
                    // SAFETY: as the caller promises.
                    (at, length) = unsafe { write_key::<B>(bytes, at, out, length, lines)? };
                }
                continue;
            }
            out[length] = first + 2;
            length += 1;
            at += 1;
            depth -= 1;
            objects >>= 1;
        } else if first == b'"' {
            // SAFETY: as the caller promises.
            (at, length) = unsafe { write_string::<B>(bytes, at, out, length)? };
        } else {
            // SAFETY: as the caller promises.
            let end = unsafe { scan_scalar::<B>(bytes, at) };
            // A scalar that the chunk's end may have cut is not known yet.
            let end = match end {
                Ok(end) if end < bytes.len() => end,
                Err(NotUsual) if bytes.len() - at > WIDTH => return Err(Unwritten::NotUsual),
                _ => return Err(Unwritten::Unfinished),
            };
            if out.len() - length < end - at + SLACK {
                return Err(Unwritten::NoRoom);
            }
            out[length..length + end - at].copy_from_slice(&bytes[at..end]);
            length += end - at;
            at = end;
            if !matches!(bytes[at], b',' | b']' | b'}' | b' ' | b'\n' | b'\r' | b'\t') {
                return Err(Unwritten::NotUsual);
            }
        }
        // Here a value has ended.
        loop {
            if depth == 0 {
                return Ok((at, length));
            }
            if out.len() - length < SLACK {
                return Err(Unwritten::NoRoom);
            }
            at = skip_space(bytes, at, lines);
            let next = *bytes.get(at).ok_or(Unwritten::Unfinished)?;
            at += 1;
            let in_object = objects & 1 == 1;
            if next != b',' && next != (if in_object { b'}' } else { b']' }) {
                return Err(Unwritten::NotUsual);
            }
            out[length] = next;
            length += 1;
            if next == b',' {
                at = skip_space(bytes, at, lines);
                if in_object {
                    // SAFETY: as the caller promises.
                    (at, length) = unsafe { write_key::<B>(bytes, at, out, length, lines)? };
                }
                break;
            }
            depth -= 1;
            objects >>= 1;
        }
    }
}

/// From a key to its value.
#[inline(always)]
unsafe fn write_key<B: Block>(
    bytes: &[u8],
    at: usize,
    out: &mut [u8],
    length: usize,
    lines: &mut usize,
) -> Result<(usize, usize), Unwritten> {
    match bytes.get(at) {
        Some(b'"') => {}
        Some(_) => return Err(Unwritten::NotUsual),
        None => return Err(Unwritten::Unfinished),
    }
    // SAFETY: as the caller promises.
    let (at, length) = unsafe { write_string::<B>(bytes, at, out, length)? };
    let at = skip_space(bytes, at, lines);
    match bytes.get(at) {
        Some(b':') => {}
        Some(_) => return Err(Unwritten::NotUsual),
        None => return Err(Unwritten::Unfinished),
    }
    if out.len() - length < SLACK {
        return Err(Unwritten::NoRoom);
    }
    out[length] = b':';
    Ok((skip_space(bytes, at + 1, lines), length + 1))
}

#[inline(always)]
unsafe fn write_string<B: Block>(
    bytes: &[u8],
    start: usize,
    out: &mut [u8],
    length: usize,
) -> Result<(usize, usize), Unwritten> {
    if out.len() - length < SLACK {
        return Err(Unwritten::NoRoom);
    }
    out[length] = b'"';
    let mut at = start + 1;
    let mut length = length + 1;
    loop {
        if out.len() - length < SLACK {
            return Err(Unwritten::NoRoom);
        }
        // SAFETY: as the caller promises.
        let block = unsafe { load::<B>(bytes, at) };
        // SAFETY: as the caller promises; there is room for it.
        unsafe { store(block, out, length) };
        // SAFETY: as the caller promises. Beyond the end there are line feeds, which stop this.
        let count = unsafe { block.string_stops() }.trailing_zeros() as usize;
        at += count;
        length += count;
        if count == WIDTH {
            continue;
        }
        match bytes.get(at) {
            Some(b'"') => {
                out[length] = b'"';
                return Ok((at + 1, length + 1));
            }
            Some(b'\\') => {
                let end = match escape_end(bytes, at) {
                    Ok(end) => end,
                    Err(NotUsual) if bytes.len() - at > 6 => return Err(Unwritten::NotUsual),
                    Err(NotUsual) => return Err(Unwritten::Unfinished),
                };
                out[length..length + end - at].copy_from_slice(&bytes[at..end]);
                length += end - at;
                at = end;
            }
            Some(_) => return Err(Unwritten::NotUsual),
            None => return Err(Unwritten::Unfinished),
        }
    }
}
