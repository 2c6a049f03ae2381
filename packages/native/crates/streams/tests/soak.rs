//! Fuzzing on any toolchain: random cases for as long as CUPRUM_SOAK_SECONDS says (a few seconds by default), each from a
//! number that a failure tells. `cargo test --test soak -- --ignored`; CUPRUM_SOAK_CASE runs one case alone.

#[path = "support/random_cases.rs"]
mod random_cases;
#[path = "support/reference.rs"]
mod reference;
mod support;

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{IntoRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use cuprum_streams::{CopyEnd, End, MIN_LINE_BYTES, Outcome, PumpRequest, Shape, Slots};
use random_cases::{Random, soak};
use reference::{expected, split, whole};
use support::{Shown, Started, ends, plain, start_consume, start_pump};

#[test]
#[ignore = "long"]
fn lines_of_random_bytes() {
    const PIECES: [&[u8]; 10] = [
        b"\n",
        b"\r",
        b"\r\n",
        b"a",
        "é".as_bytes(),
        "☃".as_bytes(),
        "😀".as_bytes(),
        &[0xe2, 0x98],
        &[0xf0, 0x9f],
        &[0xff],
    ];
    soak(|random| {
        let mut bytes = Vec::new();
        for _ in 0..random.below(200) {
            match random.below(PIECES.len() + 2) {
                index if index < PIECES.len() => bytes.extend_from_slice(PIECES[index]),
                _ => {
                    let length = random.below(6);
                    bytes.extend(random.bytes(length));
                }
            }
        }
        let cuts: Vec<usize> = (0..random.below(20)).map(|_| random.below(bytes.len() + 1)).collect();
        let max = MIN_LINE_BYTES + random.below(40);
        let parts = split(&bytes, &cuts, max);
        assert_eq!(parts, split(&bytes, &[], max), "{bytes:?} cut at {cuts:?}");
        assert_eq!(whole(parts), expected(&bytes), "{bytes:?}");
    });
}

/// Two connected ends: a pipe or a pair of sockets.
fn connection(random: &mut Random) -> (OwnedFd, OwnedFd) {
    if random.one_in(3) {
        let (one, other) = UnixStream::pair().unwrap();
        return (one.into(), other.into());
    }
    ends()
}

/// Writes in pieces, pausing now and then; false when the reader left.
fn writing(to: OwnedFd, bytes: Vec<u8>, mut random: Random) -> JoinHandle<bool> {
    thread::spawn(move || {
        let mut file = File::from(to);
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let (piece, after) = rest.split_at((1 + random.below(20_000)).min(rest.len()));
            if file.write_all(piece).is_err() {
                return false;
            }
            rest = after;
            if random.one_in(8) {
                thread::sleep(Duration::from_micros(random.next() % 300));
            }
        }
        true
    })
}

/// Reads in pieces, and leaves after some bytes.
fn reading(from: OwnedFd, leaves_after: Option<usize>, mut random: Random) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut file = File::from(from);
        let mut bytes = Vec::new();
        let mut buffer = vec![0; 30_000];
        while leaves_after.is_none_or(|limit| bytes.len() < limit) {
            let length = 1 + random.below(buffer.len());
            match file.read(&mut buffer[..length]) {
                // A socket whose peer closed it with bytes unread says so.
                Ok(0) | Err(_) => break,
                Ok(length) => bytes.extend_from_slice(&buffer[..length]),
            }
            if random.one_in(8) {
                thread::sleep(Duration::from_micros(random.next() % 300));
            }
        }
        bytes
    })
}

fn maybe_cancel(hop: &Started, random: &mut Random) -> bool {
    let cancels = random.one_in(4);
    if cancels {
        thread::sleep(Duration::from_micros(random.next() % 2000));
        hop.control.cancel();
    }
    cancels
}

fn check(outcome: &Outcome, bytes: &[u8], received: &[u8], left: bool, cancelled: bool) {
    assert!(bytes.starts_with(received), "{outcome:?}");
    assert!(
        outcome.bytes_read >= outcome.bytes_written || outcome.bytes_written == 0,
        "{outcome:?}"
    );
    match outcome.end {
        End::EndOfInput => assert_eq!(
            (outcome.bytes_read, outcome.bytes_written),
            (bytes.len() as u64, bytes.len() as u64)
        ),
        End::ReaderLeft => assert!(left, "{outcome:?}"),
        End::Cancelled => assert!(cancelled, "{outcome:?}"),
        End::Limit => {}
        End::Failed(_) => panic!("{outcome:?}"),
    }
    if !left {
        assert_eq!(received.len() as u64, outcome.bytes_written, "{outcome:?}");
    }
}

#[test]
#[ignore = "long"]
fn pumps_between_random_ends() {
    soak(|random| {
        let length = random.below(300_000);
        let bytes = random.bytes(length);
        let ((input, producer), (consumer, output)) = (connection(random), connection(random));
        let limit = random.one_in(4).then(|| random.below(300_000) as u64);
        let leaves_after = random.one_in(4).then(|| random.below(200_000));
        let copy = random
            .one_in(3)
            .then(|| (connection(random), random.one_in(3).then(|| random.below(200_000))));
        let (copied, copy) = match copy {
            None => (None, None),
            Some(((reader, writer), leaves)) => (
                Some((reading(reader, leaves, Random::of(random.next())), leaves)),
                Some(writer.into_raw_fd()),
            ),
        };
        let hop = start_pump(PumpRequest {
            limit,
            copy,
            ..plain(input, output)
        });
        let written = writing(producer, bytes.clone(), Random::of(random.next()));
        let read = reading(consumer, leaves_after, Random::of(random.next()));
        let cancelled = maybe_cancel(&hop, random);
        let outcome = hop.outcome();
        let received = read.join().unwrap();
        written.join().unwrap();
        check(&outcome, &bytes, &received, leaves_after.is_some(), cancelled);
        if outcome.end == End::Limit {
            assert_eq!(Some(outcome.bytes_written), limit);
        }
        if let Some((copied, leaves)) = copied {
            let copied = copied.join().unwrap();
            let copy = outcome.copy.unwrap();
            assert!(bytes.starts_with(&copied), "the copy differs");
            match copy.end {
                CopyEnd::Complete if leaves.is_none() => assert_eq!(copied.len() as u64, copy.bytes_written),
                CopyEnd::Complete => {}
                CopyEnd::ReaderLeft => assert!(leaves.is_some()),
                CopyEnd::Failed(failure) => panic!("{failure:?}"),
            }
            if outcome.end == End::EndOfInput && leaves.is_none() {
                assert_eq!(copied.len(), bytes.len());
            }
        }
    });
}

#[test]
#[ignore = "long"]
fn observed_hops_between_random_ends() {
    soak(|random| {
        let length = random.below(300_000);
        let bytes: Vec<u8> = if random.one_in(2) {
            random.bytes(length)
        } else {
            (0..length).map(|_| b"ab\n"[random.below(3)]).collect()
        };
        let ((input, producer), (consumer, output)) = (connection(random), connection(random));
        let leaves_after = random.one_in(4).then(|| random.below(200_000));
        let in_lines = random.one_in(2);
        let shape = if in_lines {
            Shape::Lines {
                max_line_bytes: 1 << 20,
            }
        } else {
            Shape::Bytes(std::sync::Arc::new(Slots::new()))
        };
        let (hop, shown) = start_consume(input, Some(output), shape);
        let written = writing(producer, bytes.clone(), Random::of(random.next()));
        let read = reading(consumer, leaves_after, Random::of(random.next()));
        let cancelled = maybe_cancel(&hop, random);
        let outcome = hop.outcome();
        let received = read.join().unwrap();
        written.join().unwrap();
        check(&outcome, &bytes, &received, leaves_after.is_some(), cancelled);
        // Whatever was read was shown.
        let seen = &bytes[..outcome.bytes_read as usize];
        let shown = shown.lock().unwrap();
        let shown_bytes = shown.iter().flat_map(|batch| {
            if let Shown::Bytes(bytes) = batch {
                &bytes[..]
            } else {
                &[]
            }
        });
        if in_lines {
            let lines = shown.iter().flat_map(|batch| match batch {
                Shown::Lines(batch) => batch.text.split('\n').map(str::to_string).collect(),
                Shown::Bytes(_) => Vec::new(),
            });
            assert_eq!(lines.collect::<Vec<_>>(), expected(seen));
        } else {
            assert!(shown_bytes.eq(seen), "{outcome:?}");
        }
    });
}
