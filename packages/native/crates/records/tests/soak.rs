//! Fuzzing of the kernels on any toolchain: what comes out does not depend on where the input is cut, on how much room there is for the
//! output, or on how many threads work. What it has to be is compared with the TypeScript reference by the tests of jn.
//! `cargo test --test soak -- --ignored`; CUPRUM_SOAK_CASE runs one case alone.

#[path = "../../streams/tests/support/random_cases.rs"]
mod random_cases;

use cuprum_records::{
    Aggregate, Chunk, Comparison, Condition, CsvCells, CsvOptions, CsvRows, GroupProgram, Groups, Join, JoinProgram,
    JoinTable, JsonElements, Matched, Operand, Outcome, Piece, Progress, RecordProgram, Records, Stop,
};
use random_cases::{Random, soak};

/// A kernel on a chunk: reads from `start` on, writes to `out[length..]`.
type Kernel<'kernel> = dyn FnMut(Chunk<'_>, &mut [u8], usize) -> Progress + 'kernel;

/// What a kernel made of an input, and where it stopped.
#[derive(Debug, PartialEq, Eq)]
struct Made {
    output: String,
    at: usize,
    lines: usize,
    is_trouble: bool,
}

/// Runs a kernel on an input that arrives in pieces: up to each of `cuts`, then all of it.
fn run(kernel: &mut Kernel<'_>, input: &[u8], cuts: &[usize], room: usize, has_end: bool) -> Made {
    let mut out = vec![0; room];
    let mut output = Vec::new();
    let mut made = Made {
        output: String::new(),
        at: 0,
        lines: 0,
        is_trouble: false,
    };
    for &end in cuts.iter().chain([&input.len()]) {
        loop {
            let chunk = Chunk {
                bytes: &input[..end],
                start: made.at,
                is_final: has_end && end == input.len(),
            };
            let Progress {
                at,
                length,
                lines,
                stop,
            } = kernel(chunk, &mut out, 0);
            assert!(at >= made.at && at <= end);
            output.extend_from_slice(&out[..length]);
            made.at = at;
            made.lines += lines;
            match stop {
                Stop::Room if length == 0 => out.resize(2 * out.len(), 0),
                Stop::Room => {}
                Stop::Input => break,
                Stop::Trouble => {
                    made.is_trouble = true;
                    made.output = String::from_utf8(output).expect("UTF-8");
                    return made;
                }
            }
        }
    }
    made.output = String::from_utf8(output).expect("UTF-8");
    made
}

/// A text of random pieces; now and then so long that two threads work on it.
fn text(random: &mut Random, pieces: &[&str]) -> Vec<u8> {
    let count = random.below(60);
    let mut text: Vec<u8> = (0..count)
        .flat_map(|_| pieces[random.below(pieces.len())].bytes())
        .collect();
    if random.one_in(20) {
        text = long(text);
    }
    text
}

/// The same again and again, until two threads work on it.
fn long(text: Vec<u8>) -> Vec<u8> {
    if text.is_empty() || text.len() > LONG_BYTES {
        return text;
    }
    text.repeat(LONG_BYTES / text.len() + 1)
}

const LONG_BYTES: usize = 200_000;

/// Some places that are allowed, in order.
fn cuts(random: &mut Random, allowed: &[usize]) -> Vec<usize> {
    let mut cuts: Vec<usize> = (0..random.below(8))
        .filter_map(|_| allowed.get(random.below(allowed.len())).copied())
        .collect();
    cuts.sort_unstable();
    cuts
}

fn line_ends(input: &[u8]) -> Vec<usize> {
    let ends = input.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    ends.map(|(at, _)| at + 1).collect()
}

/// Where a character begins: the kernels are given valid UTF-8.
fn characters(input: &[u8]) -> Vec<usize> {
    (0..input.len()).filter(|&at| input[at] & 0xc0 != 0x80).collect()
}

#[test]
#[ignore = "long"]
fn rows_of_csv_cut_anywhere() {
    const ROWS: [&str; 4] = ["1,\"x\n1,y\"\n", "2,\"\n\n\n\"\n", "\"a\",b\r\n", "é,3\n"];
    const PIECES: [&str; 24] = [
        "a",
        "é",
        "1",
        "-2.5",
        "007",
        ".5",
        "true",
        "null",
        ",",
        ",",
        ",",
        "\n",
        "\n",
        "\r\n",
        "\r",
        "\"",
        "\"x\"",
        "\"x,\ny\"",
        "\"\"",
        "\\",
        "\t",
        "#",
        "a text longer than a block of thirty-two bytes",
        "12345678901234567",
    ];
    soak(|random| {
        // Long inputs that go on being right: what two threads do with line feeds inside quotes.
        let (input, columns) = if random.one_in(20) {
            (long(text(random, &ROWS)), 2)
        } else {
            (text(random, &PIECES), 1 + random.below(3))
        };
        let key = |column: usize| format!("{}\"column {column}\":", if column == 0 { '{' } else { ',' }).into_bytes();
        let mut rows = CsvRows::new(
            CsvOptions {
                delimiter: b',',
                quote: if random.one_in(8) { None } else { Some(b'"') },
                comment: if random.one_in(4) { Some(b'#') } else { None },
                infer: !random.one_in(4),
                fill: random.one_in(2),
                max_record_bytes: if random.one_in(8) { 20 } else { 1 << 20 },
                keys: (0..columns).map(key).collect(),
            },
            2,
        );
        let mut kernel = |chunk: Chunk<'_>, out: &mut [u8], length| rows.parse(chunk, out, length);
        let whole = run(&mut kernel, &input, &[], 8 * input.len() + 4096, true);
        let cuts = cuts(random, &characters(&input));
        let room = 100 + random.below(2000);
        assert_eq!(
            run(&mut kernel, &input, &cuts, room, true),
            whole,
            "{:?} at {cuts:?}",
            String::from_utf8_lossy(&input)
        );
        let wanted = random.below(columns);
        let worker = rows.worker_of(&[wanted]);
        let mut kernel = |chunk: Chunk<'_>, out: &mut [u8], length| worker.run(chunk, out, length);
        let one = run(&mut kernel, &input, &cuts, room, true);
        let output = column_of(&whole.output, wanted);
        assert_eq!(one, Made { output, ..whole }, "{:?}", String::from_utf8_lossy(&input));
    });
}

/// Of records whose columns are called `column N`, that one alone. No text has the name of a column in it.
fn column_of(records: &str, column: usize) -> String {
    let lines = records.lines().map(|record| {
        let start = record.find(&format!("\"column {column}\":")).expect("the column");
        let end = record.find(&format!(",\"column {}\":", column + 1));
        format!("{{{}}}\n", &record[start..end.unwrap_or(record.len() - 1)])
    });
    lines.collect()
}

/// Records, of which some are not usual.
const RECORDS: [&str; 20] = [
    "{\"a\":1,\"b\":\"x\"}\n",
    "{\"a\":1,\"b\":\"x\"}\n",
    "{\"a\":95.5,\"b\":\"é\"}\n",
    "{\"a\":null,\"b\":\"y\"}\n",
    "{\"b\":\"y\",\"a\":12}\n",
    "{\"a\":{\"b\":2},\"b\":[1,{}]}\n",
    "{\"a\":\"text\",\"b\":\"a\\nb\"}\n",
    "{\"a\":12345678901234567890,\"b\":1e3}\n",
    "{\"a\":true,\"a\":false,\"b\":0}\n",
    "{}\n",
    "[]\n",
    "7\n",
    "\n",
    " \n",
    " {\"a\" : 1 , \"b\" : \"x\"}\n",
    "{\"a\":1,\"b\":\"x\"}\r\n",
    "{\"a\":1\n",
    "nope\n",
    "{\"long\":\"a text longer than a block of thirty-two bytes\",\"a\":99,\"b\":\"z\"}\n",
    "{\"a\":91,\"b\":\"x\"}\n",
];

#[test]
#[ignore = "long"]
fn records_cut_between_lines() {
    soak(|random| {
        let input = text(random, &RECORDS);
        let path = |keys: &[&str]| keys.iter().map(|key| key.as_bytes().to_vec()).collect::<Vec<_>>();
        let result = match random.below(3) {
            0 => Outcome::Record {
                before: Vec::new(),
                after: b"\n".to_vec(),
            },
            1 => Outcome::IfTrue { slot: 0 },
            _ => Outcome::Built(vec![
                Piece::Bytes(b"[".to_vec()),
                Piece::Slot(1),
                Piece::Bytes(b"]".to_vec()),
            ]),
        };
        let condition = if random.one_in(2) {
            Some(Condition::Compare(
                Comparison::Greater,
                Operand::Slot(0),
                Operand::Number(90.0),
            ))
        } else {
            None
        };
        let paths = vec![path(&["a"]), path(&["b"])];
        let allowed = line_ends(&input);
        let room = 100 + random.below(2000);
        let cuts = cuts(random, &allowed);
        let mut records = Records::new(
            RecordProgram {
                paths,
                condition,
                result,
            },
            2,
        );
        let mut kernel = |chunk: Chunk<'_>, out: &mut [u8], length| records.run(chunk, out, length);
        let whole = run(&mut kernel, &input, &[], 8 * input.len() + 4096, false);
        assert_eq!(
            run(&mut kernel, &input, &cuts, room, false),
            whole,
            "{:?} at {cuts:?}",
            String::from_utf8_lossy(&input)
        );

        let cells = CsvCells::new(b',', &[b"{\"a\":".to_vec(), b",\"b\":".to_vec()]);
        let mut kernel = |chunk: Chunk<'_>, out: &mut [u8], length| cells.write(chunk, out, length);
        let whole = run(&mut kernel, &input, &[], 8 * input.len() + 4096, false);
        assert_eq!(
            run(&mut kernel, &input, &cuts, room, false),
            whole,
            "{:?} at {cuts:?}",
            String::from_utf8_lossy(&input)
        );
    });
}

/// What the groups are now.
fn groups_of(groups: &Groups) -> String {
    let table = groups.table();
    let shown = |group| {
        let texts = String::from_utf8_lossy(table.texts(group)).into_owned();
        format!("{texts} {:?}\n", table.states(group))
    };
    (0..table.len()).map(shown).collect()
}

#[test]
#[ignore = "long"]
fn groups_of_records_cut_between_lines() {
    soak(|random| {
        let input = text(random, &RECORDS);
        let path = |key: &str| vec![key.as_bytes().to_vec()];
        let by = if random.one_in(4) { vec![] } else { vec![1] };
        let last = if random.one_in(2) {
            Aggregate::Least(0)
        } else {
            Aggregate::Last(1)
        };
        let make = || {
            Groups::new(GroupProgram {
                paths: vec![path("a"), path("b")],
                by: by.clone(),
                aggregates: vec![Aggregate::Records, Aggregate::Values(1), Aggregate::Sum(0), last],
                group_bytes: 100,
                max_bytes: 1 << 30,
            })
        };
        let mut whole = make();
        let stopped = whole.run(Chunk {
            bytes: &input,
            start: 0,
            is_final: false,
        });
        // The same by a worker as threads have one.
        let cut = make();
        let mut worker = cut.worker();
        let cuts = cuts(random, &line_ends(&input));
        let room = 100 + random.below(2000);
        let mut kernel = |chunk: Chunk<'_>, out: &mut [u8], length| {
            let progress = worker.run(chunk, out, length);
            worker.take(&out[length..progress.length]);
            // `run` reads what is written as text.
            out[length..progress.length].fill(b'.');
            progress
        };
        let made = run(&mut kernel, &input, &cuts, room, false);
        let shown = String::from_utf8_lossy(&input);
        assert_eq!(
            (made.at, made.lines),
            (stopped.at, stopped.lines),
            "{shown:?} at {cuts:?}"
        );
        assert_eq!(groups_of(&cut), groups_of(&whole), "{shown:?} at {cuts:?}");
    });
}

#[test]
#[ignore = "long"]
fn joins_of_records_cut_between_lines() {
    soak(|random| {
        let input = text(random, &RECORDS);
        let path = |key: &str| vec![key.as_bytes().to_vec()];
        let mut table = JoinTable::default();
        for row in 0..random.below(6) {
            let key: &[u8] = [b"\x05x\0\0", b"\x05y\0\0", b"\x05z\0\0"][random.below(3)];
            table.add(key, format!("\"row\":{row}").as_bytes());
        }
        let mut join = Join::new(
            JoinProgram {
                paths: vec![path("b"), path("a"), path("row")],
                keys: vec![0],
                is_strict: random.one_in(2),
                present: if random.one_in(4) { vec![1] } else { vec![] },
                absent: vec![2],
                matched: [Matched::Nothing, Matched::Record, Matched::Pairs][random.below(3)],
                unmatched: [None, Some(Vec::new()), Some(b"\"row\":null".to_vec())][random.below(3)].clone(),
            },
            table,
            2,
        );
        let mut kernel = |chunk: Chunk<'_>, out: &mut [u8], length| join.run(chunk, out, length);
        let whole = run(&mut kernel, &input, &[], 30 * input.len() + 4096, false);
        let cuts = cuts(random, &line_ends(&input));
        let room = 100 + random.below(2000);
        assert_eq!(
            run(&mut kernel, &input, &cuts, room, false),
            whole,
            "{:?} at {cuts:?}",
            String::from_utf8_lossy(&input)
        );
    });
}

#[test]
#[ignore = "long"]
fn elements_of_json_cut_anywhere() {
    const PIECES: [&str; 22] = [
        ",{\"a\":1}",
        ",{\"a\":1}",
        ",[1, 2,\n3]",
        ", \"text\"",
        ",\"é\\n\"",
        ",\"\\u00e9\"",
        ",1.5e3",
        ",true",
        ",null",
        ",{}",
        ",[]",
        ",{ \"a\" : [ {} ] }",
        " ",
        "\n",
        "]",
        "}",
        "{",
        ",",
        "1",
        "tru",
        "\"",
        ",\"a text longer than a block of thirty-two bytes\"",
    ];
    soak(|random| {
        let pieces = if random.one_in(2) { &PIECES[..14] } else { &PIECES };
        let input = text(random, pieces);
        let max_record_bytes = if random.one_in(8) { 10 } else { 1 << 20 };
        let elements = JsonElements { max_record_bytes };
        let mut kernel = |chunk: Chunk<'_>, out: &mut [u8], length| elements.write(chunk, out, length);
        let whole = run(&mut kernel, &input, &[], 8 * input.len() + 4096, false);
        let cuts = cuts(random, &characters(&input));
        let room = 100 + random.below(2000);
        assert_eq!(
            run(&mut kernel, &input, &cuts, room, false),
            whole,
            "{:?} at {cuts:?}",
            String::from_utf8_lossy(&input)
        );
    });
}
