//! What a JSON string cannot contain as it is.

/// The letter after the backslash, for the bytes that have one.
const SHORT: [u8; 256] = {
    let mut table = [0; 256];
    table[b'"' as usize] = b'"';
    table[b'\\' as usize] = b'\\';
    table[8] = b'b';
    table[12] = b'f';
    table[b'\n' as usize] = b'n';
    table[b'\r' as usize] = b'r';
    table[b'\t' as usize] = b't';
    table
};

/// The most bytes that one byte becomes.
pub(crate) const MAX_ESCAPE: usize = 6;

/// Writes one byte as it stands in a JSON string and returns the index after it. Needs [`MAX_ESCAPE`] bytes of room.
pub(crate) fn escape_byte(byte: u8, out: &mut [u8], at: usize) -> usize {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let letter = SHORT[byte as usize];
    if letter != 0 {
        out[at] = b'\\';
        out[at + 1] = letter;
        return at + 2;
    }
    if byte >= 32 {
        out[at] = byte;
        return at + 1;
    }
    let escaped = [
        b'\\',
        b'u',
        b'0',
        b'0',
        HEX[(byte >> 4) as usize],
        HEX[(byte & 15) as usize],
    ];
    out[at..at + MAX_ESCAPE].copy_from_slice(&escaped);
    at + MAX_ESCAPE
}
