//! The cells of CSV as JSON values.
//!
//! Every unsafe function has the promise that the processor has what `B` needs.

use crate::block::{Block, WIDTH, load, store};
use crate::csv_options::CsvOptions;
use crate::escape::{MAX_ESCAPE, escape_byte};
use crate::number::{MAX_EXACT_DIGITS, Typed, typed};
use crate::progress::{Chunk, Stop};

/// What a cell can be, told by its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Typed,
    Quoted,
    Empty,
}

/// What the end of a cell says of its row.
pub(crate) enum Cell {
    /// It ends here in the input, and here in the output.
    Ends(usize, usize),
    Stops(Stop),
}

/// Room that is there after every key: a block that is stored as a whole, quotation marks, an escape, the end of a row.
pub(crate) const SLACK: usize = 2 * WIDTH + 2 * MAX_ESCAPE;

/// A number of up to 15 digits without an exponent: the usual one, told by its block alone.
#[inline(always)]
pub(crate) unsafe fn is_plain_number<B: Block>(block: B, bytes: &[u8], at: usize, count: usize) -> bool {
    let minus = usize::from(bytes[at] == b'-');
    let length = count - minus;
    if length == 0 || length > MAX_EXACT_DIGITS + 1 {
        return false;
    }
    let leads_with_zero = bytes[at + minus] == b'0';
    // SAFETY: as the caller promises.
    let others = !unsafe { block.digits() } & ((1_u32 << count) - 1) & !(minus as u32);
    if others == 0 {
        return length <= MAX_EXACT_DIGITS && (length == 1 || !leads_with_zero);
    }
    let point = others.trailing_zeros() as usize;
    others & (others - 1) == 0
        && bytes[at + point] == b'.'
        && point > minus
        && point + 1 < count
        && (!leads_with_zero || point == minus + 1)
}

/// A cell that begins like a number, `true` or `false`, and has neither quotation marks nor anything else to escape.
pub(crate) fn special(text: &[u8], out: &mut [u8], length: usize) -> usize {
    let mut put = |from: usize, text: &[u8]| {
        out[from..from + text.len()].copy_from_slice(text);
        from + text.len()
    };
    match typed(text) {
        Typed::Value => put(length, text),
        Typed::BareFraction => {
            let (sign, digits) = text.split_at(usize::from(text[0] == b'-'));
            let length = put(length, sign);
            let length = put(length, b"0");
            put(length, digits)
        }
        Typed::Text => {
            let length = put(length, b"\"");
            let length = put(length, text);
            put(length, b"\"")
        }
    }
}

/// A cell that is longer than a block, or has something to escape.
#[inline(always)]
pub(crate) unsafe fn long<B: Block>(
    options: &CsvOptions,
    bytes: &[u8],
    start: usize,
    kind: Kind,
    out: &mut [u8],
    cell: usize,
) -> Cell {
    let delimiter = options.delimiter;
    // SAFETY: as the caller promises.
    let delimiters = unsafe { B::splat(delimiter) };
    if kind == Kind::Typed {
        let ends = |&byte: &u8| byte == delimiter || byte < 0x20 || byte == b'"' || byte == b'\\';
        let count = bytes[start..].iter().position(ends).unwrap_or(bytes.len() - start);
        let stop = bytes.get(start + count).copied().unwrap_or(b'\n');
        let ends_cell = stop == delimiter || stop == b'\n' || stop == b'\r';
        if ends_cell && typed(&bytes[start..start + count]) != Typed::Text {
            if out.len() - cell < count + SLACK {
                return Cell::Stops(Stop::Room);
            }
            let length = special(&bytes[start..start + count], out, cell);
            return Cell::Ends(start + count, length);
        }
    }
    let mut at = start;
    let mut length = cell + 1;
    loop {
        if out.len() - length < SLACK {
            return Cell::Stops(Stop::Room);
        }
        // SAFETY: as the caller promises.
        let block = unsafe { load::<B>(bytes, at) };
        // SAFETY: as the caller promises; there is room for it.
        unsafe { store(block, out, length) };
        // SAFETY: as the caller promises. Beyond the end there are line feeds.
        let count = unsafe { block.stops(delimiters) }.trailing_zeros() as usize;
        at += count;
        length += count;
        if count == WIDTH {
            continue;
        }
        match bytes.get(at) {
            Some(&byte) if byte != delimiter && byte != b'\n' && byte != b'\r' => {
                length = escape_byte(byte, out, length);
                at += 1;
            }
            _ => break,
        }
    }
    out[length] = b'"';
    Cell::Ends(at, length + 1)
}

/// A cell in quotes.
#[inline(always)]
pub(crate) unsafe fn quoted<B: Block>(
    options: &CsvOptions,
    chunk: Chunk<'_>,
    start: usize,
    out: &mut [u8],
    cell: usize,
    lines: &mut usize,
) -> Cell {
    let Chunk { bytes, is_final, .. } = chunk;
    // A cell is quoted only where there are quotes.
    let quote = options.quote.unwrap_or(b'"');
    // SAFETY: as the caller promises.
    let quotes = unsafe { B::splat(quote) };
    let unfinished = if is_final { Stop::Trouble } else { Stop::Input };
    let mut at = start + 1;
    let mut length = cell + 1;
    let mut escapes = false;
    loop {
        if out.len() - length < SLACK {
            return Cell::Stops(Stop::Room);
        }
        // SAFETY: as the caller promises.
        let block = unsafe { load::<B>(bytes, at) };
        // SAFETY: as the caller promises; there is room for it.
        unsafe { store(block, out, length) };
        // SAFETY: as the caller promises. Beyond the end there are line feeds.
        let count = unsafe { block.stops(quotes) }.trailing_zeros() as usize;
        at += count;
        length += count;
        if count == WIDTH {
            continue;
        }
        let Some(&byte) = bytes.get(at) else {
            return Cell::Stops(unfinished);
        };
        if byte == quote {
            match bytes.get(at + 1) {
                Some(&next) if next == quote => at += 1,
                None if !is_final => return Cell::Stops(Stop::Input),
                _ => break,
            }
        } else if byte == b'\n' || (byte == b'\r' && bytes.get(at + 1).is_some_and(|&next| next != b'\n')) {
            *lines += 1;
        }
        escapes = true;
        length = escape_byte(byte, out, length);
        at += 1;
    }
    at += 1;
    if !matches!(bytes.get(at), None | Some(b'\n' | b'\r')) && bytes.get(at) != Some(&options.delimiter) {
        return Cell::Stops(Stop::Trouble);
    }
    if options.infer && !escapes && matches!(out[cell + 1], b'0'..=b'9' | b'-' | b'.' | b't' | b'f') {
        match typed(&out[cell + 1..length]) {
            Typed::Value => {
                out.copy_within(cell + 1..length, cell);
                return Cell::Ends(at, length - 1);
            }
            Typed::BareFraction => {
                let sign = usize::from(out[cell + 1] == b'-');
                if sign == 1 {
                    out[cell] = b'-';
                }
                out[cell + sign] = b'0';
                return Cell::Ends(at, length);
            }
            Typed::Text => {}
        }
    }
    out[length] = b'"';
    Cell::Ends(at, length + 1)
}

/// Passes a cell in quotes that is not written; where it ends.
#[inline(always)]
pub(crate) unsafe fn passed_quoted<B: Block>(
    options: &CsvOptions,
    chunk: Chunk<'_>,
    start: usize,
    lines: &mut usize,
) -> Result<usize, Stop> {
    let Chunk { bytes, is_final, .. } = chunk;
    let quote = options.quote.unwrap_or(b'"');
    // SAFETY: as the caller promises.
    let quotes = unsafe { B::splat(quote) };
    let mut at = start + 1;
    loop {
        // SAFETY: as the caller promises. Beyond the end there are line feeds.
        let count = unsafe { load::<B>(bytes, at).stops(quotes) }.trailing_zeros() as usize;
        at += count;
        if count == WIDTH {
            continue;
        }
        let Some(&byte) = bytes.get(at) else {
            return Err(if is_final { Stop::Trouble } else { Stop::Input });
        };
        if byte == quote {
            match bytes.get(at + 1) {
                Some(&next) if next == quote => at += 1,
                None if !is_final => return Err(Stop::Input),
                _ => break,
            }
        } else if byte == b'\n' || (byte == b'\r' && bytes.get(at + 1).is_some_and(|&next| next != b'\n')) {
            *lines += 1;
        }
        at += 1;
    }
    at += 1;
    match bytes.get(at) {
        None | Some(b'\n' | b'\r') => Ok(at),
        Some(&byte) if byte == options.delimiter => Ok(at),
        Some(_) => Err(Stop::Trouble),
    }
}
