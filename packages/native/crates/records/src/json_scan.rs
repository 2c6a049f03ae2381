//! Checks JSON text in place, strictly (RFC 8259), a value at a time: the twin of `json/json-scanner.ts`.
//!
//! The text must be valid UTF-8. Nobody needs to know what is wrong with a value: the reference says so.

use crate::block::{Block, WIDTH, load};

/// What is wrong, or only too unusual, with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotUsual;

pub(crate) type Scan = Result<usize, NotUsual>;

/// Deepest nesting that is usual.
const MAX_DEPTH: u32 = 64;

/// The byte there, or a line feed beyond the end: no construct goes on over one.
#[inline(always)]
pub(crate) fn byte_at(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(b'\n')
}

/// The first index from `at` on that is no space, tab or carriage return.
#[inline(always)]
pub(crate) fn skip_blanks(bytes: &[u8], at: usize) -> usize {
    if byte_at(bytes, at) > b' ' {
        return at;
    }
    let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r');
    at + bytes.get(at..).unwrap_or_default().iter().take_while(is_blank).count()
}

/// The index after the string whose opening quotation mark is at `at`.
///
/// # Safety
/// The processor has what `B` needs; so for all functions of this file.
#[inline(always)]
pub(crate) unsafe fn scan_string<B: Block>(bytes: &[u8], at: usize) -> Scan {
    let mut at = at + 1;
    loop {
        // SAFETY: as the caller promises. Beyond the end there are line feeds, which stop this.
        let stops = unsafe { load::<B>(bytes, at).string_stops() };
        if stops == 0 {
            at += WIDTH;
            continue;
        }
        at += stops.trailing_zeros() as usize;
        match byte_at(bytes, at) {
            b'"' => return Ok(at + 1),
            b'\\' => at = escape_end(bytes, at)?,
            _ => return Err(NotUsual),
        }
    }
}

/// The index after the escape whose backslash is at `at`.
pub(crate) fn escape_end(bytes: &[u8], at: usize) -> Scan {
    match byte_at(bytes, at + 1) {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(at + 2),
        b'u' if bytes.len() >= at + 6 && bytes[at + 2..at + 6].iter().all(u8::is_ascii_hexdigit) => Ok(at + 6),
        _ => Err(NotUsual),
    }
}

/// The index after the number, `true`, `false` or `null` at `at`.
#[inline(always)]
pub(crate) unsafe fn scan_scalar<B: Block>(bytes: &[u8], at: usize) -> Scan {
    if matches!(byte_at(bytes, at), b't' | b'f' | b'n') {
        return scan_literal(bytes, at);
    }
    // SAFETY: as the caller promises.
    unsafe { scan_number::<B>(bytes, at) }
}

/// The index after `true`, `false` or `null`. Which of them it is cannot be foreseen, so that nothing is decided by it.
#[inline(always)]
fn scan_literal(bytes: &[u8], at: usize) -> Scan {
    const FALSE: u64 = u64::from_le_bytes(*b"false\0\0\0");
    let mut word = [b'\n'; 8];
    if let Some(eight) = bytes.get(at..at + 8) {
        word.copy_from_slice(eight);
    } else {
        let rest = &bytes[at..];
        word[..rest.len()].copy_from_slice(rest);
    }
    let word = u64::from_le_bytes(word);
    let four = word as u32;
    let is_four = (four == u32::from_le_bytes(*b"true")) | (four == u32::from_le_bytes(*b"null"));
    let is_five = word & 0xff_ffff_ffff == FALSE;
    if is_four | is_five {
        Ok(at + 4 + usize::from(is_five))
    } else {
        Err(NotUsual)
    }
}

#[inline(always)]
unsafe fn scan_number<B: Block>(bytes: &[u8], at: usize) -> Scan {
    // SAFETY: as the caller promises.
    let digits = unsafe { load::<B>(bytes, at).digits() };
    let sign = u32::from(byte_at(bytes, at) == b'-');
    let whole = (!(digits >> sign)).trailing_zeros();
    if whole == 0 || (whole > 1 && bytes[at + sign as usize] == b'0') {
        return Err(NotUsual);
    }
    let mut end = sign + whole;
    if end >= 30 {
        return long_number(bytes, at);
    }
    if byte_at(bytes, at + end as usize) == b'.' {
        let fraction = (!(digits >> (end + 1))).trailing_zeros();
        if fraction == 0 {
            return Err(NotUsual);
        }
        end += 1 + fraction;
        if end >= 32 {
            return long_number(bytes, at);
        }
    }
    if matches!(byte_at(bytes, at + end as usize), b'e' | b'E') {
        return long_number(bytes, at);
    }
    Ok(at + end as usize)
}

/// Any number, byte by byte.
fn long_number(bytes: &[u8], start: usize) -> Scan {
    let digits = |at: usize| {
        let count = bytes
            .get(at..)
            .unwrap_or_default()
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        if count == 0 { Err(NotUsual) } else { Ok(at + count) }
    };
    let whole = start + usize::from(byte_at(bytes, start) == b'-');
    let mut at = digits(whole)?;
    if bytes[whole] == b'0' && at > whole + 1 {
        return Err(NotUsual);
    }
    if byte_at(bytes, at) == b'.' {
        at = digits(at + 1)?;
    }
    if matches!(byte_at(bytes, at), b'e' | b'E') {
        at += 1;
        at += usize::from(matches!(byte_at(bytes, at), b'+' | b'-'));
        at = digits(at)?;
    }
    Ok(at)
}

/// The index after the value at `at`.
#[inline(always)]
pub(crate) unsafe fn scan_value<B: Block>(bytes: &[u8], at: usize) -> Scan {
    // SAFETY: as the caller promises.
    unsafe {
        match byte_at(bytes, at) {
            b'"' => scan_string::<B>(bytes, at),
            b'{' | b'[' => scan_container::<B>(bytes, at),
            _ => scan_scalar::<B>(bytes, at),
        }
    }
}

/// The index after the object or array at `at`.
#[inline(always)]
pub(crate) unsafe fn scan_container<B: Block>(bytes: &[u8], start: usize) -> Scan {
    let mut at = start;
    let mut depth = 0;
    // One bit a level, the innermost one the lowest: whether it is an object.
    let mut objects = 0_u64;
    loop {
        // Here a value begins.
        let first = byte_at(bytes, at);
        if first == b'{' || first == b'[' {
            if depth == MAX_DEPTH {
                return Err(NotUsual);
            }
            depth += 1;
            objects = objects << 1 | u64::from(first == b'{');
            at = skip_blanks(bytes, at + 1);
            // The closing brackets come two after the opening ones.
            if byte_at(bytes, at) != first + 2 {
                if first == b'{' {
                    // SAFETY: as the caller promises.
                    at = unsafe { scan_key::<B>(bytes, at)? };
                }
                continue;
            }
            at += 1;
            depth -= 1;
            objects >>= 1;
        } else if first == b'"' {
            // SAFETY: as the caller promises.
            at = unsafe { scan_string::<B>(bytes, at)? };
        } else {
            // SAFETY: as the caller promises.
            at = unsafe { scan_scalar::<B>(bytes, at)? };
        }
        // Here a value has ended.
        loop {
            if depth == 0 {
                return Ok(at);
            }
            at = skip_blanks(bytes, at);
            let next = byte_at(bytes, at);
            at += 1;
            let in_object = objects & 1 == 1;
            if next == b',' {
                at = skip_blanks(bytes, at);
                if in_object {
                    // SAFETY: as the caller promises.
                    at = unsafe { scan_key::<B>(bytes, at)? };
                }
                break;
            }
            if next != (if in_object { b'}' } else { b']' }) {
                return Err(NotUsual);
            }
            depth -= 1;
            objects >>= 1;
        }
    }
}

/// From a key to its value.
#[inline(always)]
unsafe fn scan_key<B: Block>(bytes: &[u8], at: usize) -> Scan {
    if byte_at(bytes, at) != b'"' {
        return Err(NotUsual);
    }
    // SAFETY: as the caller promises.
    let at = unsafe { scan_string::<B>(bytes, at)? };
    let at = skip_blanks(bytes, at);
    if byte_at(bytes, at) != b':' {
        return Err(NotUsual);
    }
    Ok(skip_blanks(bytes, at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::Portable;

    fn scanned(text: &str) -> Option<usize> {
        // SAFETY: the portable block needs nothing of the processor.
        unsafe { scan_value::<Portable>(format!("{text}\n").as_bytes(), 0) }.ok()
    }

    #[test]
    fn values_end_where_they_end() {
        for text in [
            "0",
            "-0",
            "12",
            "-1.5",
            "1e5",
            "1.5E-7",
            "123456789012345678901234567890123456789012345678",
            "true",
            "false",
            "null",
            "\"\"",
            "\"a\\n\\u00e9\"",
            "{}",
            "[]",
            "{ \"a\" : [1, {\"b\":\t[]}] }",
            "[[[[1]]],\"x\"]",
            "\"a string that is longer than a block is, and then some\"",
            "0.12345678901234567890123456789012",
            "123456789012345678901234567.5",
            "1234567890123456789012345678.55",
            "12345678901234567890123456789.55",
        ] {
            assert_eq!(scanned(text), Some(text.len()), "{text}");
        }
    }

    #[test]
    fn what_is_no_value_is_refused() {
        for text in [
            "",
            "-",
            "01",
            "-01",
            "+1",
            ".5",
            "tru",
            "nul",
            "\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"\t\"",
            "{",
            "[1",
            "[1,]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "[1 2]",
            "{\"a\":1]",
            "[1}",
            "1.",
            "1e",
            "1.e5",
            "1e+",
        ] {
            assert!(scanned(text).is_none_or(|end| end < text.len()), "{text}");
        }
        assert_eq!(scanned(&"[".repeat(1000)), None);
    }
}
