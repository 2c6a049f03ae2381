//! A stage from descriptor to descriptor: whatever happens, what is written, what is left to be written, and what comes of the rest is what
//! comes of all of it.

#[path = "support/files.rs"]
mod files;
#[path = "support/random_cases.rs"]
mod random_cases;

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use cuprum_streams::{CARRY_BYTES, Carried, CarryRequest, ChunkWork, Followed, Step, pipe};
use files::{file_with, set_non_blocking};
use random_cases::{Random, soak};

const LONG: Duration = Duration::from_secs(60);

/// Writes each line so many times. It does not take lines that begin with `!`, and panics at those that begin with `?`.
#[derive(Clone, Copy)]
struct Repeat(usize);

impl ChunkWork for Repeat {
    fn cut(&self, bytes: &[u8]) -> usize {
        bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1)
    }

    fn run(&mut self, bytes: &[u8], at: usize, out: &mut [u8], length: usize) -> Step {
        let mut step = Step {
            at,
            length,
            ..Step::default()
        };
        for line in bytes[at..].split_inclusive(|&byte| byte == b'\n') {
            assert_ne!(line[0], b'?', "not this one");
            if line[0] == b'!' {
                break;
            }
            let copies = self.copies(line);
            step.is_full = out.len() - step.length < copies.len();
            if step.is_full {
                break;
            }
            out[step.length..][..copies.len()].copy_from_slice(&copies);
            step.length += copies.len();
            step.at += line.len();
            step.lines += 1;
        }
        step
    }
}

impl Repeat {
    /// Lines that begin with `-` are dropped.
    fn copies(self, line: &[u8]) -> Vec<u8> {
        if line[0] == b'-' {
            Vec::new()
        } else {
            line.repeat(self.0)
        }
    }

    fn of_all(self, input: &[u8]) -> Vec<u8> {
        let lines = input.split_inclusive(|&byte| byte == b'\n');
        lines.flat_map(|line| self.copies(line)).collect()
    }
}

/// Each line is numbered; all are of different lengths.
fn numbered(random: &mut Random, bytes: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes + 300);
    let mut number = 0;
    while text.len() < bytes {
        let dropped = if random.one_in(4) { "-" } else { "" };
        let filling = "x".repeat(random.below(250));
        writeln!(text, "{dropped}{number}{filling}").unwrap();
        number += 1;
    }
    text
}

/// In chunks of the usual size.
fn carry<Work: ChunkWork>(input: RawFd, output: RawFd, begun: Vec<u8>, time: Duration, workers: Vec<Work>) -> Carried {
    let request = CarryRequest {
        input,
        output,
        begun,
        time,
        chunk_bytes: CARRY_BYTES,
    };
    cuprum_streams::carry(request, workers)
}

fn read_all(end: OwnedFd) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        File::from(end).read_to_end(&mut bytes).unwrap();
        bytes
    })
}

/// Carries a file to another, and compares what came out, and what is to come yet, with what has to.
fn carried_file(input: &[u8], work: Repeat, threads: usize) -> Carried {
    let (mut from, mut to) = (file_with(input, false), file_with(b"", false));
    let carried = carry(from.as_raw_fd(), to.as_raw_fd(), Vec::new(), LONG, vec![work; threads]);
    let mut rest = carried.rest.clone();
    from.read_to_end(&mut rest).unwrap();
    let mut output = Vec::new();
    to.seek(SeekFrom::Start(0)).unwrap();
    to.read_to_end(&mut output).unwrap();
    assert_eq!(output.len() as u64, carried.bytes_written);
    assert!(carried.unwritten.is_empty());
    let done = &input[..input.len() - rest.len()];
    assert_eq!(done.len() as u64, carried.bytes_read - carried.rest.len() as u64);
    assert_eq!(carried.lines, done.iter().filter(|&&byte| byte == b'\n').count() as u64);
    output.extend(work.of_all(&rest));
    assert!(output == work.of_all(input), "{threads} threads, {} times", work.0);
    carried
}

#[test]
fn what_comes_out_is_in_order_whatever_its_size_and_the_number_of_threads() {
    let input = numbered(&mut Random::of(1), 8 * CARRY_BYTES);
    for threads in 1..=4 {
        for times in [0, 1, 7] {
            let carried = carried_file(&input, Repeat(times), threads);
            assert!(carried.rest.is_empty() && !carried.goes_on);
        }
    }
    let mut cut = input;
    cut.extend_from_slice(b"a line that does not end");
    assert_eq!(carried_file(&cut, Repeat(1), 2).rest, b"a line that does not end");
}

#[test]
fn a_line_that_is_the_callers_ends_it_wherever_it_stands() {
    let lines = numbered(&mut Random::of(2), 4 * CARRY_BYTES);
    let ends: Vec<usize> = (0..lines.len()).filter(|&at| lines[at] == b'\n').collect();
    for (threads, line) in [(1, &b"!\n"[..]), (2, b"!\n"), (3, b"!\n"), (2, b"?\n"), (1, b"?\n")] {
        for place in 0..6 {
            let at = ends[place * (ends.len() - 1) / 5] + 1;
            let input = [&lines[..at], line, &lines[at..]].concat();
            let carried = carried_file(&input, Repeat(1), threads);
            assert!(!carried.goes_on);
            assert!(carried.bytes_read as usize - carried.rest.len() <= at);
            if line[0] == b'!' {
                assert!(carried.rest.starts_with(line), "{threads} threads, at {at}");
            }
        }
    }
}

/// Carries a file, chunk after chunk, and does what is the caller's: the line at which it ended, as often as it ends.
fn carried_and_helped(input: &[u8], work: Repeat, threads: usize, chunk_bytes: usize) -> (Vec<u8>, usize) {
    let (mut from, mut to) = (file_with(input, false), file_with(b"", false));
    let mut begun = Vec::new();
    let mut helped = 0;
    loop {
        let request = CarryRequest {
            input: from.as_raw_fd(),
            output: to.as_raw_fd(),
            begun,
            time: LONG,
            chunk_bytes,
        };
        let carried = cuprum_streams::carry(request, vec![work; threads]);
        assert!(!carried.goes_on && carried.unwritten.is_empty());
        let mut line = carried.rest;
        let mut byte = [0];
        while !line.contains(&b'\n') && from.read(&mut byte).unwrap() == 1 {
            line.push(byte[0]);
        }
        let Some(end) = line.iter().position(|&byte| byte == b'\n') else {
            to.write_all(&work.of_all(&line)).unwrap();
            break;
        };
        to.write_all(&work.of_all(&line[..=end])).unwrap();
        begun = line.split_off(end + 1);
        helped += 1;
        // What is whole already is not begun.
        while let Some(end) = begun.iter().position(|&byte| byte == b'\n') {
            let rest = begun.split_off(end + 1);
            to.write_all(&work.of_all(&begun)).unwrap();
            begun = rest;
        }
    }
    let mut output = Vec::new();
    to.seek(SeekFrom::Start(0)).unwrap();
    to.read_to_end(&mut output).unwrap();
    (output, helped)
}

#[test]
fn chunks_of_any_size_are_cut_and_given_back_at_every_place() {
    let mut random = Random::of(6);
    for round in 0..30 {
        let mut input = Vec::new();
        for _ in 0..40 {
            let line = [
                &b"a"[..],
                b"",
                b"-dropped",
                b"!the caller's",
                b"longer than many chunks are",
            ][random.below(5)];
            input.extend_from_slice(line);
            input.push(b'\n');
        }
        if round % 2 == 0 {
            input.extend_from_slice(b"no end");
        }
        let expected = Repeat(2).of_all(&input);
        for chunk_bytes in [1, 2, 3, 5, 8, 13, 64, 1000] {
            for threads in 1..=4 {
                let (output, helped) = carried_and_helped(&input, Repeat(2), threads, chunk_bytes);
                assert!(
                    output == expected,
                    "{threads} threads, chunks of {chunk_bytes}, round {round}"
                );
                assert!(helped > 0);
            }
        }
    }
}

#[test]
fn an_input_cut_anywhere_gives_the_same() {
    let text = b"a\nbb\n-c\n\nlonger than the others\nx";
    for cut in 0..=text.len() {
        for begun in [0, 1, 5] {
            let (input, output) = (pipe(None).unwrap(), pipe(None).unwrap());
            let all = text.to_vec();
            let mut writer = File::from(input.write);
            let writing = thread::spawn(move || {
                writer.write_all(&all[..cut]).unwrap();
                // The first piece is read alone, as a rule.
                thread::sleep(Duration::from_millis(2));
                writer.write_all(&all[cut..]).unwrap();
            });
            let reading = read_all(output.read);
            let mut head = b"begun here "[..begun].to_vec();
            let (from, to) = (input.read.as_raw_fd(), output.write.as_raw_fd());
            let carried = carry(from, to, head.clone(), LONG, vec![Repeat(2); 2]);
            drop(output.write);
            writing.join().unwrap();
            let mut rest = carried.rest;
            File::from(input.read).read_to_end(&mut rest).unwrap();
            let mut out = reading.join().unwrap();
            out.extend(Repeat(2).of_all(&rest));
            head.extend_from_slice(text);
            assert_eq!(out, Repeat(2).of_all(&head), "cut at {cut}");
        }
    }
}

#[test]
fn what_was_read_is_written_before_more_is_waited_for_and_what_comes_after_a_pause_too() {
    let chunk = numbered(&mut Random::of(3), CARRY_BYTES)[..CARRY_BYTES - 1].to_vec();
    let full = [&chunk[..], b"\n"].concat();
    for (first, threads) in [(full.clone(), 2), (full.clone(), 1), (b"one\n".to_vec(), 2)] {
        let input = pipe(Some(1024 * 1024)).unwrap();
        let output = pipe(Some(1024 * 1024)).unwrap();
        for end in [input.read.as_raw_fd(), output.write.as_raw_fd()] {
            set_non_blocking(end);
        }
        let (from, to) = (input.read, output.write);
        let carrying = thread::spawn(move || {
            let (read, write) = (from.as_raw_fd(), to.as_raw_fd());
            let carried = carry(read, write, Vec::new(), LONG, vec![Repeat(1); threads]);
            drop(to);
            carried
        });
        let (mut writer, mut reader) = (File::from(input.write), File::from(output.read));
        for piece in [&first, &b"two\n".to_vec(), &full] {
            writer.write_all(piece).unwrap();
            let mut out = vec![0; Repeat(1).of_all(piece).len()];
            reader.read_exact(&mut out).unwrap();
            assert!(out == Repeat(1).of_all(piece));
        }
        drop(writer);
        let carried = carrying.join().unwrap();
        assert!(carried.rest.is_empty() && carried.waited_for_input > Duration::ZERO);
    }
}

#[test]
fn little_output_of_whole_chunks_is_written_before_more_is_waited_for() {
    const CHUNK_BYTES: usize = 4096;
    let text = [b'x'; CHUNK_BYTES - 1];
    let chunks = [&text[..], b"\n"].concat().repeat(3);
    for threads in [1, 2] {
        let (input, output) = (pipe(None).unwrap(), pipe(None).unwrap());
        let (from, to) = (input.read, output.write);
        let (mut writer, mut reader) = (File::from(input.write), File::from(output.read));
        writer.write_all(&chunks).unwrap();
        let carrying = thread::spawn(move || {
            let request = CarryRequest {
                input: from.as_raw_fd(),
                output: to.as_raw_fd(),
                begun: Vec::new(),
                time: LONG,
                chunk_bytes: CHUNK_BYTES,
            };
            let carried = cuprum_streams::carry(request, vec![Repeat(1); threads]);
            drop(to);
            carried
        });
        let mut out = vec![0; chunks.len()];
        reader.read_exact(&mut out).unwrap();
        // Not only at its end, which is when the time is up.
        assert!(out == chunks && !carrying.is_finished());
        drop(writer);
        assert!(carrying.join().unwrap().rest.is_empty());
    }
}

#[test]
fn a_line_that_is_the_callers_is_given_back_though_the_input_pauses() {
    let line = vec![b'x'; CARRY_BYTES - 3];
    let input = pipe(Some(1024 * 1024)).unwrap();
    let output = pipe(None).unwrap();
    let mut writer = File::from(input.write);
    // A whole chunk: another thread waits for the next one while this is found.
    writer.write_all(&[b"!", &line[..], b"\na"].concat()).unwrap();
    let (from, to) = (input.read.as_raw_fd(), output.write.as_raw_fd());
    let carried = carry(from, to, Vec::new(), LONG, vec![Repeat(1); 2]);
    assert_eq!(carried.rest.len(), CARRY_BYTES);
    writer.write_all(b"not lost").unwrap();
}

#[test]
fn what_a_reader_that_left_did_not_take_is_told() {
    let input = numbered(&mut Random::of(4), 12 * CARRY_BYTES);
    for taken in [0, 1, 100_000, 1_000_000] {
        let mut from = file_with(&input, false);
        let output = pipe(None).unwrap();
        let end = output.read;
        let reading = thread::spawn(move || {
            let mut bytes = vec![0; taken];
            File::from(end).read_exact(&mut bytes).unwrap();
            bytes
        });
        let to = output.write.as_raw_fd();
        let carried = carry(from.as_raw_fd(), to, Vec::new(), LONG, vec![Repeat(1); 3]);
        drop(output.write);
        let out = reading.join().unwrap();
        assert!(!carried.goes_on && !carried.unwritten.is_empty());
        let mut rest = carried.rest;
        from.read_to_end(&mut rest).unwrap();
        let expected = Repeat(1).of_all(&input);
        assert!(out == expected[..taken]);
        let mut left = carried.unwritten;
        left.extend(Repeat(1).of_all(&rest));
        assert!(left == expected[carried.bytes_written as usize..]);
    }
}

#[test]
fn it_ends_before_a_line_longer_than_a_chunk_and_when_the_time_is_up() {
    let mut input = b"short\n".to_vec();
    input.extend(vec![b'x'; 3 * CARRY_BYTES]);
    input.extend_from_slice(b"\nshort again\n");
    let carried = carried_file(&input, Repeat(1), 2);
    assert!(!carried.goes_on && carried.lines == 1);

    let (from, to) = (file_with(b"a\nb", false), file_with(b"", false));
    let begun = b"begun".to_vec();
    let carried = carry(
        from.as_raw_fd(),
        to.as_raw_fd(),
        begun.clone(),
        Duration::ZERO,
        vec![Repeat(1)],
    );
    assert!(carried.goes_on && carried.rest == begun && carried.bytes_read == 0);
}

#[test]
fn it_does_not_wait_for_input_longer_than_the_time() {
    let (ends, to) = (pipe(None).unwrap(), file_with(b"", false));
    let carried = carry(
        ends.read.as_raw_fd(),
        to.as_raw_fd(),
        b"begun".to_vec(),
        Duration::from_millis(20),
        vec![Repeat(1); 2],
    );
    assert!(carried.goes_on && carried.rest == b"begun" && carried.bytes_read == 0);
}

/// Two in a row: the second one does not take lines that begin with `+`.
#[derive(Clone, Copy)]
struct Two(Repeat, Repeat);

impl ChunkWork for Two {
    fn cut(&self, bytes: &[u8]) -> usize {
        self.0.cut(bytes)
    }

    fn run(&mut self, bytes: &[u8], at: usize, out: &mut [u8], length: usize) -> Step {
        let mut between = vec![0; 2 * bytes.len()];
        let first = self.0.run(bytes, at, &mut between, 0);
        let given = &between[..first.length];
        let refused = given.windows(2).position(|pair| pair == b"\n+").map(|at| at + 1);
        let usual = refused.unwrap_or(given.len());
        let second = self.1.run(&given[..usual], 0, out, length);
        if second.is_full {
            return Step {
                at,
                length,
                is_full: true,
                ..Step::default()
            };
        }
        let followed = Followed {
            bytes: second.at as u64,
            lines: second.lines as u64,
            written: (second.length - length) as u64,
            worked: Duration::from_millis(1),
            rest: given[second.at..].to_vec(),
        };
        Step {
            length: second.length,
            followers: vec![followed],
            ..first
        }
    }
}

#[test]
fn what_a_follower_leaves_comes_before_the_rest_of_the_input() {
    let work = Two(Repeat(1), Repeat(2));
    for refused in [None, Some(10), Some(3 * CARRY_BYTES)] {
        let mut input = numbered(&mut Random::of(5), 5 * CARRY_BYTES);
        if let Some(about) = refused {
            let line_end = input[about..].iter().position(|&byte| byte == b'\n').unwrap() + about;
            input[line_end + 1] = b'+';
        }
        for threads in 1..=3 {
            let (mut from, mut to) = (file_with(&input, false), file_with(b"", false));
            let carried = carry(from.as_raw_fd(), to.as_raw_fd(), Vec::new(), LONG, vec![work; threads]);
            let [followed] = &carried.followers[..] else {
                panic!("one follower, not {}", carried.followers.len())
            };
            assert_eq!(followed.rest.is_empty(), refused.is_none());
            assert_eq!(followed.written, carried.bytes_written);
            let mut rest = carried.rest.clone();
            from.read_to_end(&mut rest).unwrap();
            let mut output = Vec::new();
            to.seek(SeekFrom::Start(0)).unwrap();
            to.read_to_end(&mut output).unwrap();
            output.extend(work.1.of_all(&followed.rest));
            output.extend(work.1.of_all(&work.0.of_all(&rest)));
            assert!(
                output == work.1.of_all(&work.0.of_all(&input)),
                "{threads} threads, {refused:?}"
            );
        }
    }
}

#[test]
fn a_descriptor_that_cannot_be_read_gives_back_what_was_begun() {
    let to = file_with(b"", false);
    let folder = File::open(std::env::temp_dir()).unwrap();
    let carried = carry(
        folder.as_raw_fd(),
        to.as_raw_fd(),
        b"begun".to_vec(),
        LONG,
        vec![Repeat(1); 2],
    );
    assert!(!carried.goes_on && carried.rest == b"begun");
}

#[test]
#[ignore = "long"]
fn random_inputs_through_random_numbers_of_threads() {
    soak(|random| {
        let bytes = random.below(5 * CARRY_BYTES);
        let mut input = numbered(random, bytes);
        for _ in 0..random.below(3) {
            let at = random.below(input.len());
            input[at] = b"!?\n"[random.below(3)];
        }
        let work = Repeat([0, 1, 1, 2, 9][random.below(5)]);
        carried_file(&input, work, 1 + random.below(4));
    });
}
