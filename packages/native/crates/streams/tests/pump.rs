//! A carried hop between real descriptors.

#[path = "support/files.rs"]
mod files;
mod support;

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::fd::{AsRawFd, IntoRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use cuprum_streams::{Control, CopyEnd, CopyOutcome, End, PumpRequest, Refused, pump};
use files::{file_with, set_non_blocking};
use support::{ends, noise, plain, reading, start_pump, writing};

const MIB: usize = 1024 * 1024;

fn is_non_blocking(fd: RawFd) -> bool {
    // SAFETY: only asks.
    unsafe { libc::fcntl(fd, libc::F_GETFL) & libc::O_NONBLOCK != 0 }
}

#[test]
fn carries_every_byte_between_pipes() {
    let bytes = noise(5 * MIB + 17, 1);
    let ((input, producer), (consumer, output)) = (ends(), ends());
    let hop = start_pump(plain(input, output));
    let written = writing(producer, bytes.clone());
    assert!(reading(consumer).join().unwrap() == bytes);
    assert!(written.join().unwrap());
    let outcome = hop.outcome();
    assert_eq!((outcome.end, outcome.bytes_read), (End::EndOfInput, bytes.len() as u64));
    assert_eq!((outcome.bytes_written, outcome.copy), (bytes.len() as u64, None));
}

#[test]
fn carries_every_byte_between_non_blocking_pipes_and_leaves_them_so() {
    let bytes = noise(MIB, 2);
    let ((input, producer), (consumer, output)) = (ends(), ends());
    let (input_copy, output_copy) = (input.try_clone().unwrap(), output.try_clone().unwrap());
    set_non_blocking(input.as_raw_fd());
    set_non_blocking(output.as_raw_fd());
    let hop = start_pump(plain(input, output));
    let read = reading(consumer);
    assert!(writing(producer, bytes.clone()).join().unwrap());
    assert_eq!(hop.outcome().end, End::EndOfInput);
    assert!(is_non_blocking(input_copy.as_raw_fd()) && is_non_blocking(output_copy.as_raw_fd()));
    drop(output_copy);
    assert!(read.join().unwrap() == bytes);
}

#[test]
fn carries_between_sockets() {
    let bytes = noise(3 * MIB, 3);
    let ((input, producer), (consumer, output)) = (UnixStream::pair().unwrap(), UnixStream::pair().unwrap());
    let hop = start_pump(plain(input, output));
    let written = writing(producer.into(), bytes.clone());
    assert!(reading(consumer.into()).join().unwrap() == bytes);
    assert!(written.join().unwrap());
    assert_eq!(hop.outcome().end, End::EndOfInput);
}

#[test]
fn carries_from_a_file_into_a_pipe() {
    let bytes = noise(2 * MIB, 4);
    let (consumer, output) = ends();
    let hop = start_pump(plain(file_with(&bytes, false), output));
    assert!(reading(consumer).join().unwrap() == bytes);
    assert_eq!(hop.outcome().end, End::EndOfInput);
}

#[test]
fn carries_from_a_pipe_into_a_file_also_one_opened_for_appending_which_cannot_be_spliced() {
    let bytes = noise(2 * MIB, 5);
    for append in [false, true] {
        let (input, producer) = ends();
        let file = file_with(b"", append);
        let mut kept = file.try_clone().unwrap();
        let hop = start_pump(plain(input, file));
        assert!(writing(producer, bytes.clone()).join().unwrap());
        assert_eq!(hop.outcome().end, End::EndOfInput);
        let mut content = Vec::new();
        kept.seek(SeekFrom::Start(0)).unwrap();
        kept.read_to_end(&mut content).unwrap();
        assert!(content == bytes, "append: {append}");
    }
}

#[test]
fn a_failed_write_is_told_with_its_number() {
    let (input, producer) = ends();
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let hop = start_pump(plain(input, full));
    writing(producer, b"x".to_vec()).join().unwrap();
    let End::Failed(failure) = hop.outcome().end else {
        panic!()
    };
    assert_eq!(failure.errno, Some(libc::ENOSPC));
}

#[test]
fn a_reader_that_left_ends_the_hop_while_nothing_arrives() {
    for (input, producer) in [ends(), pair()] {
        let (consumer, output) = ends();
        let hop = start_pump(plain(input, output));
        drop(consumer);
        assert_eq!(hop.outcome().end, End::ReaderLeft);
        // The producer learns it from its next write.
        assert!(!writing(producer, b"late".to_vec()).join().unwrap());
    }
}

#[test]
fn a_reader_of_a_socket_that_left_ends_the_hop_while_nothing_arrives() {
    let (input, producer) = ends();
    let (consumer, output) = pair();
    let hop = start_pump(plain(input, output));
    drop(consumer);
    assert_eq!(hop.outcome().end, End::ReaderLeft);
    assert!(!writing(producer, b"late".to_vec()).join().unwrap());
}

fn pair() -> (OwnedFd, OwnedFd) {
    let (one, other) = UnixStream::pair().unwrap();
    (one.into(), other.into())
}

#[test]
fn a_reader_that_leaves_in_the_middle_ends_an_endless_producer() {
    for (input, producer) in [ends(), pair()] {
        let (consumer, output) = ends();
        let hop = start_pump(plain(input, output));
        let written = writing(producer, vec![b'y'; 64 * MIB]);
        let mut some = [0; 10];
        let mut consumer = File::from(consumer);
        consumer.read_exact(&mut some).unwrap();
        drop(consumer);
        assert_eq!(hop.outcome().end, End::ReaderLeft);
        assert!(!written.join().unwrap());
    }
}

#[test]
fn a_limit_is_kept_to_the_byte() {
    for limit in [0, 1, 4096, 100_000] {
        for source in [ends(), pair()] {
            let (input, producer) = source;
            let (consumer, output) = ends();
            let hop = start_pump(PumpRequest {
                limit: Some(limit),
                ..plain(input, output)
            });
            let written = writing(producer, vec![b'x'; MIB]);
            assert_eq!(reading(consumer).join().unwrap().len() as u64, limit);
            let outcome = hop.outcome();
            assert_eq!((outcome.end, outcome.bytes_written), (End::Limit, limit));
            assert!(!written.join().unwrap());
        }
    }
}

#[test]
fn cancels_out_of_a_read_that_waits() {
    for (input, producer) in [ends(), pair()] {
        let (consumer, output) = ends();
        let hop = start_pump(plain(input, output));
        hop.control.cancel();
        assert_eq!(hop.outcome().end, End::Cancelled);
        assert!(reading(consumer).join().unwrap().is_empty());
        drop(producer);
        // After the end it does nothing.
        hop.control.cancel();
    }
}

#[test]
fn cancels_out_of_a_write_that_waits() {
    for (consumer, output) in [ends(), pair()] {
        let (input, producer) = ends();
        let hop = start_pump(plain(input, output));
        let written = writing(producer, vec![b'x'; 4 * MIB]);
        assert!(
            !hop.has_ended(Duration::from_millis(100)),
            "a reader that waits is no end"
        );
        hop.control.cancel();
        assert_eq!(hop.outcome().end, End::Cancelled);
        assert!(!written.join().unwrap());
        drop(consumer);
    }
}

#[test]
fn a_copy_gets_the_same_bytes() {
    let bytes = noise(3 * MIB + 1, 6);
    for (copy_reader, copy) in [ends(), pair()] {
        let ((input, producer), (consumer, output)) = (ends(), ends());
        let hop = start_pump(PumpRequest {
            copy: Some(copy.into_raw_fd()),
            ..plain(input, output)
        });
        let (read, copied) = (reading(consumer), reading(copy_reader));
        assert!(writing(producer, bytes.clone()).join().unwrap());
        assert!(read.join().unwrap() == bytes);
        assert!(copied.join().unwrap() == bytes);
        let complete = CopyOutcome {
            bytes_written: bytes.len() as u64,
            end: CopyEnd::Complete,
        };
        let outcome = hop.outcome();
        assert_eq!((outcome.end, outcome.copy), (End::EndOfInput, Some(complete)));
    }
}

#[test]
fn a_copy_that_cannot_be_spliced_to_has_no_byte_twice() {
    // The output refuses to be spliced to only when something is, which the copy already has by then.
    let bytes = noise(MIB, 7);
    let (input, producer) = ends();
    let file = file_with(b"", true);
    let mut kept = file.try_clone().unwrap();
    let (copy_reader, copy) = ends();
    let hop = start_pump(PumpRequest {
        copy: Some(copy.into_raw_fd()),
        ..plain(input, file)
    });
    let copied = reading(copy_reader);
    assert!(writing(producer, bytes.clone()).join().unwrap());
    assert!(copied.join().unwrap() == bytes);
    assert_eq!(hop.outcome().end, End::EndOfInput);
    let mut content = Vec::new();
    kept.seek(SeekFrom::Start(0)).unwrap();
    kept.read_to_end(&mut content).unwrap();
    assert!(content == bytes);
}

#[test]
fn a_copy_whose_reader_left_does_not_hold_the_hop() {
    let bytes = noise(MIB, 8);
    for (copy_reader, copy) in [ends(), pair()] {
        let ((input, producer), (consumer, output)) = (ends(), ends());
        drop(copy_reader);
        let hop = start_pump(PumpRequest {
            copy: Some(copy.into_raw_fd()),
            ..plain(input, output)
        });
        let read = reading(consumer);
        assert!(writing(producer, bytes.clone()).join().unwrap());
        assert!(read.join().unwrap() == bytes);
        let outcome = hop.outcome();
        assert_eq!(outcome.end, End::EndOfInput);
        assert_eq!(
            outcome.copy,
            Some(CopyOutcome {
                bytes_written: 0,
                end: CopyEnd::ReaderLeft
            })
        );
    }
}

#[test]
fn a_copy_that_fails_is_told_and_the_hop_goes_on() {
    let ((input, producer), (consumer, output)) = (ends(), ends());
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let hop = start_pump(PumpRequest {
        copy: Some(full.into_raw_fd()),
        ..plain(input, output)
    });
    let read = reading(consumer);
    assert!(writing(producer, b"abc".to_vec()).join().unwrap());
    assert_eq!(read.join().unwrap(), b"abc");
    let outcome = hop.outcome();
    assert_eq!(outcome.end, End::EndOfInput);
    let Some(CopyOutcome {
        end: CopyEnd::Failed(failure),
        bytes_written: 0,
    }) = outcome.copy
    else {
        panic!("{outcome:?}")
    };
    assert_eq!(failure.errno, Some(libc::ENOSPC));
}

#[test]
fn a_reader_that_left_ends_a_hop_that_waits_for_its_copy() {
    let ((input, producer), (consumer, output), (copy_reader, copy)) = (ends(), ends(), ends());
    let hop = start_pump(PumpRequest {
        copy: Some(copy.into_raw_fd()),
        ..plain(input, output)
    });
    let written = writing(producer, vec![b'x'; MIB]);
    let mut some = [0; 65_536];
    let mut consumer = File::from(consumer);
    consumer.read_exact(&mut some).unwrap();
    drop(consumer);
    assert_eq!(hop.outcome().end, End::ReaderLeft);
    assert!(!written.join().unwrap());
    drop(copy_reader);
}

#[test]
fn what_cannot_be_carried_is_refused_and_stays_the_callers() {
    let ((input, producer), (consumer, output)) = (ends(), ends());
    let (read, write) = (input.as_raw_fd(), output.as_raw_fd());
    let refused = |input, output, copy| {
        let request = PumpRequest {
            input,
            output,
            copy,
            limit: None,
        };
        match pump(request, Control::new().unwrap(), |_| panic!("it must not start")) {
            Err(Refused::Descriptor(message)) => message,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(-1, write, None), "descriptor -1 is not open");
    assert_eq!(refused(read, 1_000_000, None), "descriptor 1000000 is not open");
    assert_eq!(
        refused(write, write, None),
        format!("descriptor {write} cannot be read from: it is open for writing only")
    );
    assert_eq!(
        refused(read, read, None),
        format!("descriptor {read} cannot be written to: it is open for reading only")
    );
    assert_eq!(
        refused(read, write, Some(write)),
        "a hop needs a descriptor of its own for each end"
    );
    assert!(refused(0, write, None).starts_with("descriptor 0 is a standard stream"));
    assert!(refused(read, write, Some(2)).starts_with("descriptor 2 is a standard stream"));
    // Both are still open, and of use.
    let hop = start_pump(plain(input, output));
    assert!(writing(producer, b"abc".to_vec()).join().unwrap());
    assert_eq!(reading(consumer).join().unwrap(), b"abc");
    assert_eq!(hop.outcome().end, End::EndOfInput);
}

#[test]
fn sixty_four_hops_in_a_row_carry_at_once() {
    let bytes = noise(MIB, 9);
    let (mut input, producer) = ends();
    let mut hops = Vec::new();
    for _ in 0..64 {
        let (next, output) = ends();
        hops.push(start_pump(plain(input, output)));
        input = next;
    }
    let read = reading(input);
    assert!(writing(producer, bytes.clone()).join().unwrap());
    assert!(read.join().unwrap() == bytes);
    for hop in hops {
        assert_eq!(hop.outcome().end, End::EndOfInput);
    }
}
