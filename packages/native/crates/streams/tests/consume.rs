//! An observed hop.

mod support;

use std::io::Write;
use std::os::fd::{IntoRawFd, OwnedFd};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use cuprum_streams::{Batch, ConsumeRequest, Control, End, SLOT_COUNT, Shape, Slots, consume};
use support::{PATIENCE, Shown, ends, noise, reading, shown, slots_of, start_consume, writing};

const MIB: usize = 1024 * 1024;
const LINES: Shape = Shape::Lines { max_line_bytes: MIB };

fn in_bytes() -> Shape {
    Shape::Bytes(Arc::new(Slots::new()))
}

fn bytes_of(batches: &[Shown]) -> Vec<u8> {
    let bytes = |batch: &Shown| match batch {
        Shown::Bytes(bytes) => bytes.clone(),
        Shown::Lines(batch) => panic!("{batch:?}"),
    };
    batches.iter().flat_map(bytes).collect()
}

fn lines_of(batches: &[Shown]) -> Vec<String> {
    let lines = |batch: &Shown| match batch {
        Shown::Bytes(bytes) => panic!("{bytes:?}"),
        Shown::Lines(batch) => batch.text.split('\n').map(str::to_string).collect::<Vec<_>>(),
    };
    batches.iter().flat_map(lines).collect()
}

#[test]
fn shows_and_carries_every_byte() {
    let bytes = noise(3 * MIB + 5, 11);
    let ((input, producer), (consumer, output)) = (ends(), ends());
    let (hop, batches) = start_consume(input, Some(output), in_bytes());
    let read = reading(consumer);
    assert!(writing(producer, bytes.clone()).join().unwrap());
    assert!(read.join().unwrap() == bytes);
    let outcome = hop.outcome();
    assert_eq!(outcome.end, End::EndOfInput);
    assert_eq!(
        (outcome.bytes_read, outcome.bytes_written),
        (bytes.len() as u64, bytes.len() as u64)
    );
    assert!(bytes_of(&batches.lock().unwrap()) == bytes);
}

#[test]
fn shows_the_lines_of_a_stream() {
    let text: String = (0..100_000).map(|line| format!("{line}: ☃\r\n")).collect();
    let (input, producer) = ends();
    let (hop, batches) = start_consume(input, None, LINES);
    assert!(writing(producer, text.clone().into_bytes()).join().unwrap());
    assert_eq!(hop.outcome().end, End::EndOfInput);
    assert_eq!(lines_of(&batches.lock().unwrap()), text.lines().collect::<Vec<_>>());
}

/// An observer that acknowledges nothing; gives its control and what it was shown.
fn silent_observer(input: OwnedFd, output: Option<OwnedFd>, shape: Shape) -> (Arc<Control>, mpsc::Receiver<Seen>) {
    let control = Control::new().unwrap();
    let (sender, seen) = mpsc::channel();
    let slots = slots_of(&shape);
    let request = ConsumeRequest {
        input: input.into_raw_fd(),
        output: output.map(IntoRawFd::into_raw_fd),
        shape,
    };
    let batches = sender.clone();
    let on_batch = move |batch: Batch| {
        batches
            .send(Seen::Batch(batch.slot, shown(batch, slots.as_deref())))
            .is_ok()
    };
    consume(request, control.clone(), on_batch, move |outcome| {
        let _ = sender.send(Seen::End(outcome.end));
    })
    .unwrap();
    (control, seen)
}

#[derive(Debug, PartialEq)]
enum Seen {
    Batch(Option<u32>, Shown),
    End(End),
}

#[test]
fn an_observer_that_does_not_acknowledge_holds_the_hop_and_not_the_memory() {
    let (input, producer) = ends();
    let (control, seen) = silent_observer(input, None, in_bytes());
    let bytes = noise(MIB, 12);
    let written = writing(producer, bytes.clone());
    let mut everything = Vec::new();
    let mut slots = Vec::new();
    for _ in 0..SLOT_COUNT {
        let Seen::Batch(Some(slot), batch) = seen.recv_timeout(PATIENCE).unwrap() else {
            panic!()
        };
        everything.push(batch);
        slots.push(slot);
    }
    assert_eq!(slots, [0, 1, 2, 3]);
    assert_eq!(
        seen.recv_timeout(Duration::from_millis(200)),
        Err(mpsc::RecvTimeoutError::Timeout)
    );
    // In any order, and those that it does not have are passed over.
    for slot in [2, 77, SLOT_COUNT] {
        control.acknowledge(slot);
    }
    let Seen::Batch(Some(2), batch) = seen.recv_timeout(PATIENCE).unwrap() else {
        panic!("not slot 2")
    };
    everything.push(batch);
    assert_eq!(
        seen.recv_timeout(Duration::from_millis(200)),
        Err(mpsc::RecvTimeoutError::Timeout)
    );
    for slot in 0..SLOT_COUNT {
        control.acknowledge(slot);
    }
    while let Seen::Batch(slot, batch) = seen.recv_timeout(PATIENCE).unwrap() {
        everything.push(batch);
        control.acknowledge(slot.unwrap());
    }
    assert!(written.join().unwrap());
    assert!(bytes_of(&everything) == bytes, "a slot has the bytes of another");
}

#[test]
fn a_reader_that_left_ends_a_hop_whose_observer_is_behind() {
    let ((input, producer), (consumer, output)) = (ends(), ends());
    let (_control, seen) = silent_observer(input, Some(output), in_bytes());
    let written = writing(producer, vec![b'x'; 16 * MIB]);
    for _ in 0..SLOT_COUNT {
        seen.recv_timeout(PATIENCE).unwrap();
        // Room for the next batch.
        let mut some = vec![0; 65_536];
        use std::io::Read;
        let mut file = std::fs::File::from(consumer.try_clone().unwrap());
        let _ = file.read(&mut some).unwrap();
    }
    drop(consumer);
    let mut last = seen.recv_timeout(PATIENCE).unwrap();
    while let Seen::Batch(..) = last {
        last = seen.recv_timeout(PATIENCE).unwrap();
    }
    assert_eq!(last, Seen::End(End::ReaderLeft));
    assert!(!written.join().unwrap());
}

#[test]
fn a_cancelled_hop_has_shown_everything_that_it_read() {
    let (input, producer) = ends();
    let (control, seen) = silent_observer(input, None, LINES);
    let mut producer = std::fs::File::from(producer);
    for line in 0..SLOT_COUNT {
        producer.write_all(format!("line {line}\n").as_bytes()).unwrap();
        assert!(matches!(seen.recv_timeout(PATIENCE).unwrap(), Seen::Batch(..)));
    }
    producer.write_all(b"one more\nand a begun one").unwrap();
    // The thread has read it when the pipe is empty again, and waits for the observer.
    while waiting_bytes(&producer) > 0 {
        std::thread::yield_now();
    }
    control.cancel();
    let mut everything = Vec::new();
    loop {
        match seen.recv_timeout(PATIENCE).unwrap() {
            Seen::Batch(_, batch) => everything.push(batch),
            Seen::End(end) => {
                assert_eq!(end, End::Cancelled);
                break;
            }
        }
    }
    assert_eq!(lines_of(&everything), ["one more", "and a begun one"]);
    drop(producer);
}

fn waiting_bytes(pipe: &std::fs::File) -> i32 {
    use std::os::fd::AsRawFd;
    let mut bytes = 0;
    // SAFETY: FIONREAD stores one int.
    assert_eq!(unsafe { libc::ioctl(pipe.as_raw_fd(), libc::FIONREAD, &mut bytes) }, 0);
    bytes
}

#[test]
fn an_observer_that_is_gone_ends_the_hop() {
    let (input, producer) = ends();
    let (_control, seen) = silent_observer(input, None, in_bytes());
    let request = seen;
    drop(request);
    // The end is told to nobody either; the producer sees that its reader is gone.
    assert!(!writing(producer, vec![b'x'; 16 * MIB]).join().unwrap());
}
