//! Values as bytes that are the same for equal values only: the twin of `keys/key-bytes.ts` and `keys/matching-key.ts`, for scalars.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;

use crate::json_scan::NotUsual;
use crate::record_program::number_of;

const NULL: u8 = 1;
const FALSE: u8 = 2;
const TRUE: u8 = 3;
const NUMBER: u8 = 4;
const STRING: u8 = 5;

/// What follows the double of a number that is this double.
const NO_REST: u8 = 128;

/// An integer of more digits is the reference's; these fit into 128 bits, and so does the integer that their double is.
const MAX_INTEGER_BYTES: usize = 36;

/// Adds the value with this JSON text to the key.
///
/// # Errors
/// When it is an array or object, a string with numbered escapes, or a number with an exponent or more digits than a double is sure to hold.
#[inline(always)]
pub(crate) fn add_value(text: &[u8], key: &mut Vec<u8>) -> Result<(), NotUsual> {
    match text[0] {
        b'n' => key.push(NULL),
        b'f' => key.push(FALSE),
        b't' => key.push(TRUE),
        b'{' | b'[' => return Err(NotUsual),
        b'"' => return add_string(&text[1..text.len() - 1], key),
        _ => return add_number(text, key),
    }
    Ok(())
}

/// Adds a value that records are matched by: unless keys are strict, text that is a number is that number.
///
/// # Errors
/// As `add_value`.
#[inline(always)]
pub(crate) fn add_matching(text: &[u8], is_strict: bool, key: &mut Vec<u8>) -> Result<(), NotUsual> {
    if text[0] != b'"' || is_strict {
        return add_value(text, key);
    }
    let inner = &text[1..text.len() - 1];
    if is_plain_number(inner) {
        return add_number(inner, key);
    }
    add_string(inner, key)
}

/// Keyed, so that nobody can choose keys that have one hash.
#[inline(always)]
pub(crate) fn hash(hashes: &RandomState, key: &[u8]) -> u64 {
    let mut hasher = hashes.build_hasher();
    hasher.write(key);
    hasher.finish()
}

/// What is between quotation marks. There is no zero byte in it, for that needs a numbered escape.
#[inline(always)]
fn add_string(inner: &[u8], key: &mut Vec<u8>) -> Result<(), NotUsual> {
    key.push(STRING);
    if inner.contains(&b'\\') {
        add_unescaped(inner, key)?;
    } else {
        key.extend_from_slice(inner);
    }
    key.extend_from_slice(&[0, 0]);
    Ok(())
}

fn add_unescaped(inner: &[u8], key: &mut Vec<u8>) -> Result<(), NotUsual> {
    let mut bytes = inner.iter();
    while let Some(&byte) = bytes.next() {
        if byte != b'\\' {
            key.push(byte);
            continue;
        }
        key.push(match bytes.next() {
            Some(&plain @ (b'"' | b'\\' | b'/')) => plain,
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            _ => return Err(NotUsual),
        });
    }
    Ok(())
}

#[inline(always)]
fn add_number(text: &[u8], key: &mut Vec<u8>) -> Result<(), NotUsual> {
    if let Ok(double) = number_of(text) {
        add_double(double, key);
        key.push(NO_REST);
        return Ok(());
    }
    add_integer(text, key)
}

/// The bits of a double, so that they compare as it does. Zero has no sign.
#[inline(always)]
fn add_double(double: f64, key: &mut Vec<u8>) {
    let bits = if double == 0.0 { 0 } else { double.to_bits() };
    let ordered = if bits >> 63 == 1 { !bits } else { bits ^ 1 << 63 };
    key.push(NUMBER);
    key.extend_from_slice(&ordered.to_be_bytes());
}

/// A long integer: its double, and what it has more than that.
fn add_integer(text: &[u8], key: &mut Vec<u8>) -> Result<(), NotUsual> {
    if text.len() > MAX_INTEGER_BYTES {
        return Err(NotUsual);
    }
    let digits = std::str::from_utf8(text).map_err(|_| NotUsual)?;
    let exact: i128 = digits.parse().map_err(|_| NotUsual)?;
    let double: f64 = digits.parse().map_err(|_| NotUsual)?;
    add_double(double, key);
    let rest = exact - double as i128;
    let magnitude = rest.unsigned_abs().to_be_bytes();
    let zeros = magnitude.iter().take_while(|&&byte| byte == 0).count();
    let significant = &magnitude[zeros..];
    // At most 16 bytes.
    let count = significant.len() as u8;
    if rest < 0 {
        key.push(NO_REST - count);
        key.extend(significant.iter().map(|byte| !byte));
    } else {
        key.push(NO_REST + count);
        key.extend_from_slice(significant);
    }
    Ok(())
}

/// A number without zeros to spare, without an exponent, and not `-0`.
#[inline(always)]
fn is_plain_number(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    if !digits.first().is_some_and(u8::is_ascii_digit) || text == b"-0" {
        return false;
    }
    let whole = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if whole > 1 && digits[0] == b'0' {
        return false;
    }
    match &digits[whole..] {
        [] => true,
        [b'.', fraction @ ..] => {
            fraction.iter().all(u8::is_ascii_digit) && fraction.last().is_some_and(|&last| last != b'0')
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Option<Vec<u8>> {
        let mut key = Vec::new();
        add_value(text.as_bytes(), &mut key).ok().map(|()| key)
    }

    fn matching(text: &str) -> Option<Vec<u8>> {
        let mut key = Vec::new();
        add_matching(text.as_bytes(), false, &mut key).ok().map(|()| key)
    }

    #[test]
    fn equal_numbers_have_one_key_and_others_have_others() {
        for same in ["1.0", "1.00"] {
            assert_eq!(key(same), key("1"), "{same}");
        }
        assert_eq!(key("-0.0"), key("0"));
        let beyond = vec![NUMBER, 0xc3, 0x40, 0, 0, 0, 0, 0, 0, NO_REST + 1, 1];
        assert_eq!(key("9007199254740993"), Some(beyond));
        assert_ne!(key("9007199254740993"), key("9007199254740992"));
        assert_ne!(key("9007199254740993"), key("9007199254740994"));
        assert!(key("9007199254740992") < key("9007199254740993"));
        assert!(key("-9007199254740993") < key("-9007199254740992"));
    }

    #[test]
    fn escapes_stand_for_characters() {
        assert_eq!(key("\"\\/\""), key("\"/\""));
        let expected = [&[STRING], &b"\"\\\x08\x0c\n\r\t"[..], &[0, 0]].concat();
        assert_eq!(key("\"\\\"\\\\\\b\\f\\n\\r\\t\""), Some(expected));
    }

    #[test]
    fn what_is_not_usual_is_refused() {
        for text in [
            "1e3",
            "0.1234567890123456",
            "[1]",
            "{}",
            "\"a\\u0041\"",
            "1234567890123456789012345678901234567",
        ] {
            assert_eq!(key(text), None, "{text}");
        }
    }

    #[test]
    fn text_matches_a_number_that_is_written_plainly() {
        for text in ["1", "-1", "0", "0.5", "-0.25", "12345678901234567890"] {
            assert_eq!(matching(&format!("\"{text}\"")), matching(text), "{text}");
        }
        for text in ["-0", "01", "1.0", "1.", ".5", "1e3", "", "-", "+1", "1 "] {
            assert_eq!(matching(&format!("\"{text}\"")), key(&format!("\"{text}\"")), "{text}");
        }
    }
}
