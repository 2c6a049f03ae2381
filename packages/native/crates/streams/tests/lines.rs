//! Lines do not depend on where the bytes arrive cut, and decode as the whole would.

#[path = "support/reference.rs"]
mod reference;

use cuprum_streams::MIN_LINE_BYTES;
use proptest::prelude::*;
use reference::{expected, split, whole};

/// Few different bytes, so that ends of lines, begun characters and what breaks them meet often.
fn tricky_bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"\n".to_vec()),
        Just(b"\r".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"a".to_vec()),
        Just("é".as_bytes().to_vec()),
        Just("☃".as_bytes().to_vec()),
        Just("😀".as_bytes().to_vec()),
        Just("\u{feff}".as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..3),
        Just(vec![0xe2, 0x98]),
        Just(vec![0xf0, 0x9f, 0x98]),
        Just(vec![0xed, 0xa0, 0x80]),
        Just(vec![0xc3]),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn lines_are_those_of_the_decoded_whole(bytes in tricky_bytes(), cuts in prop::collection::vec(any::<usize>(), 0..12)) {
        let lines: Vec<String> = split(&bytes, &cuts, 1 << 20).into_iter().map(|(line, _)| line).collect();
        prop_assert_eq!(lines, expected(&bytes));
    }

    #[test]
    fn pieces_do_not_depend_on_cuts_and_make_the_same_lines(
        bytes in tricky_bytes(),
        cuts in prop::collection::vec(any::<usize>(), 0..12),
        max in MIN_LINE_BYTES..20,
    ) {
        let parts = split(&bytes, &cuts, max);
        prop_assert_eq!(&parts, &split(&bytes, &[], max));
        if std::str::from_utf8(&bytes).is_ok() {
            prop_assert!(parts.iter().all(|(part, _)| part.len() <= max), "{:?}", parts);
        }
        prop_assert_eq!(whole(parts), expected(&bytes));
    }
}

#[test]
fn a_carriage_return_cut_off_from_its_newline_makes_no_line() {
    assert_eq!(
        split(b"a\r\nb\n", &[2], 1024),
        [("a".to_string(), false), ("b".to_string(), false)]
    );
    assert_eq!(split(b"12345678\r\n", &[9], 8), [("12345678".to_string(), false)]);
}

#[test]
fn only_a_newline_ends_a_line() {
    assert_eq!(expected("a\u{2028}b\x0cc\rd".as_bytes()).len(), 1);
    assert_eq!(
        split("a\u{2028}b\x0cc\rd".as_bytes(), &[], 1024),
        [("a\u{2028}b\x0cc\rd".to_string(), false)]
    );
}

#[test]
fn a_line_of_exactly_the_bound_is_whole_and_a_byte_more_is_two_pieces() {
    assert_eq!(split(b"12345678\n", &[], 8), [("12345678".to_string(), false)]);
    assert_eq!(
        split(b"123456789\n", &[], 8),
        [("12345678".to_string(), true), ("9".to_string(), false)]
    );
    assert_eq!(
        split("1234567é\n".as_bytes(), &[], 8),
        [("1234567".to_string(), true), ("é".to_string(), false)]
    );
}
