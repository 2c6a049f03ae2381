//! What the hot loop of the CSV reader does with whole rows, and where it stops.

use cuprum_records::{Chunk, CsvOptions, CsvRows, Progress, Stop};

fn rows(names: &[&str]) -> CsvRows {
    let key = |(index, name): (usize, &&str)| format!("{}\"{name}\":", if index == 0 { '{' } else { ',' }).into_bytes();
    CsvRows::new(
        CsvOptions {
            delimiter: b',',
            quote: Some(b'"'),
            comment: None,
            infer: true,
            fill: false,
            max_record_bytes: 1 << 20,
            keys: names.iter().enumerate().map(key).collect(),
        },
        1,
    )
}

fn text(mut rows: CsvRows, input: &str, is_final: bool) -> (String, Progress) {
    let mut out = vec![0; 4096];
    let progress = rows.parse(
        Chunk {
            bytes: input.as_bytes(),
            start: 0,
            is_final,
        },
        &mut out,
        0,
    );
    (String::from_utf8(out[..progress.length].to_vec()).unwrap(), progress)
}

#[test]
fn whole_rows_are_written_and_the_rest_is_left() {
    let (written, progress) = text(rows(&["a", "b"]), "1,x\n\"a\n\"\"\",\n3,", false);
    assert_eq!(written, "{\"a\":1,\"b\":\"x\"}\n{\"a\":\"a\\n\\\"\",\"b\":null}\n");
    assert_eq!((progress.at, progress.lines, progress.stop), (12, 3, Stop::Input));
}

#[test]
fn a_row_with_too_many_cells_is_trouble() {
    let (written, progress) = text(rows(&["a"]), "1\n2,3\n4\n", true);
    assert_eq!(
        (written.as_str(), progress.at, progress.stop),
        ("{\"a\":1}\n", 2, Stop::Trouble)
    );
}

#[test]
fn output_without_room_stops_before_the_row() {
    let mut rows = rows(&["a"]);
    let mut out = vec![0; 200];
    let input = "abc\n".repeat(40);
    let progress = rows.parse(
        Chunk {
            bytes: input.as_bytes(),
            start: 0,
            is_final: true,
        },
        &mut out,
        0,
    );
    assert_eq!(progress.stop, Stop::Room);
    assert_eq!(progress.length, progress.at / 4 * "{\"a\":\"abc\"}\n".len());
}
