//! Pipes and their other ends, for tests that carry real bytes.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{IntoRawFd, OwnedFd};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use cuprum_streams::{
    Batch, ConsumeRequest, Content, Control, LineBatch, Outcome, PumpRequest, Shape, Slots, consume, pipe, pump,
};

/// Nothing here takes as long; a hop that does hangs.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub struct Started {
    pub control: Arc<Control>,
    outcomes: Receiver<Outcome>,
}

impl Started {
    pub fn outcome(&self) -> Outcome {
        self.outcomes.recv_timeout(PATIENCE).expect("the hop does not end")
    }

    pub fn has_ended(&self, within: Duration) -> bool {
        self.outcomes.recv_timeout(within).is_ok()
    }
}

pub fn start_pump(request: PumpRequest) -> Started {
    let control = Control::new().unwrap();
    let (sender, outcomes) = mpsc::channel();
    pump(request, control.clone(), move |outcome| sender.send(outcome).unwrap()).unwrap();
    Started { control, outcomes }
}

/// A pump between two descriptors, without limit or copy.
pub fn plain(input: impl Into<OwnedFd>, output: impl Into<OwnedFd>) -> PumpRequest {
    PumpRequest {
        input: input.into().into_raw_fd(),
        output: output.into().into_raw_fd(),
        copy: None,
        limit: None,
    }
}

/// What an observer was shown.
#[derive(Debug, PartialEq, Eq)]
pub enum Shown {
    Bytes(Vec<u8>),
    Lines(LineBatch),
}

/// Consumes everything, acknowledging each batch at once.
pub fn start_consume(input: OwnedFd, output: Option<OwnedFd>, shape: Shape) -> (Started, Arc<Mutex<Vec<Shown>>>) {
    let control = Control::new().unwrap();
    let (sender, outcomes) = mpsc::channel();
    let batches = Arc::new(Mutex::new(Vec::new()));
    let slots = slots_of(&shape);
    let request = ConsumeRequest {
        input: input.into_raw_fd(),
        output: output.map(IntoRawFd::into_raw_fd),
        shape,
    };
    let on_batch = {
        let (control, batches) = (control.clone(), batches.clone());
        move |batch: Batch| {
            let slot = batch.slot;
            batches.lock().unwrap().push(shown(batch, slots.as_deref()));
            slot.inspect(|&slot| control.acknowledge(slot));
            true
        }
    };
    consume(request, control.clone(), on_batch, move |outcome| {
        sender.send(outcome).unwrap()
    })
    .unwrap();
    (Started { control, outcomes }, batches)
}

pub fn slots_of(shape: &Shape) -> Option<Arc<Slots>> {
    if let Shape::Bytes(slots) = shape {
        Some(slots.clone())
    } else {
        None
    }
}

/// A copy of what is shown; not acknowledged yet.
pub fn shown(batch: Batch, slots: Option<&Slots>) -> Shown {
    match batch.content {
        // SAFETY: it has been sent to us, and we have not acknowledged it.
        Content::Bytes(length) => Shown::Bytes(unsafe { slots.unwrap().sent(batch.slot.unwrap(), length) }.to_vec()),
        Content::Lines(lines) => Shown::Lines(lines),
    }
}

/// Both ends of a new pipe.
pub fn ends() -> (OwnedFd, OwnedFd) {
    let pipe = pipe(None).unwrap();
    (pipe.read, pipe.write)
}

/// Writes on a thread of its own; the result is false when the reader left.
pub fn writing(to: OwnedFd, bytes: Vec<u8>) -> JoinHandle<bool> {
    thread::spawn(move || File::from(to).write_all(&bytes).is_ok())
}

pub fn reading(from: OwnedFd) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        File::from(from).read_to_end(&mut bytes).unwrap();
        bytes
    })
}

/// The same bytes in every run: xorshift.
pub fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..length).map(|_| next() as u8).collect()
}
