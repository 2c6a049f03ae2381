//! Carries a hop to an observer in this process, in batches that it acknowledges.

use std::os::fd::RawFd;
use std::sync::Arc;

use crate::control::Control;
use crate::descriptor::{Direction, check_handed_over};
use crate::ends::{Reader, Writer};
use crate::hop_thread::start;
use crate::lines::{LineBatch, Lines};
use crate::outcome::{End, Outcome, Stop};
use crate::read_buffer::ReadBuffer;
use crate::refused::Refused;
use crate::slots::Slots;
use crate::wait::{For, Woken, wait};

/// The descriptors of an observed hop, which [`consume`] takes over.
#[derive(Clone)]
pub struct ConsumeRequest {
    pub input: RawFd,
    /// Gets every byte before the observer does.
    pub output: Option<RawFd>,
    pub shape: Shape,
}

#[derive(Clone)]
pub enum Shape {
    Bytes(Arc<Slots>),
    Lines { max_line_bytes: usize },
}

/// What an observer is given, until it acknowledges the slot.
#[derive(Debug, PartialEq, Eq)]
pub struct Batch {
    /// `None` for what had to be handed over when the hop ended: there is nothing to be acknowledged.
    pub slot: Option<u32>,
    pub content: Content,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Content {
    /// As many bytes, in the slot.
    Bytes(usize),
    Lines(LineBatch),
}

/// Reads to the end on a thread of its own. Each batch is given to `on_batch`, and is the observer's until it calls
/// [`Control::acknowledge`] for its slot; while it has all slots, nothing more is read.
///
/// `on_batch` says whether somebody still listens. However the hop ends, what was read is handed over before `on_end`.
pub fn consume(
    request: ConsumeRequest,
    control: Arc<Control>,
    on_batch: impl FnMut(Batch) -> bool + Send + 'static,
    on_end: impl FnOnce(Outcome) + Send + 'static,
) -> Result<(), Refused> {
    check_handed_over(request.input, Direction::Read)?;
    request
        .output
        .map_or(Ok(()), |output| check_handed_over(output, Direction::Write))?;
    if request.output == Some(request.input) {
        return Err(Refused::Descriptor(
            "a hop needs a descriptor of its own for each end".into(),
        ));
    }
    start(
        control,
        move |control| (observe(request, control, on_batch), None),
        on_end,
    )
}

fn observe(request: ConsumeRequest, control: &Control, on_batch: impl FnMut(Batch) -> bool) -> End {
    // SAFETY: the descriptors were checked, and the caller has handed them over. Both are taken before either can fail.
    let (input, output) = unsafe {
        (
            Reader::take(request.input),
            request.output.map(|output| Writer::take(output)).transpose(),
        )
    };
    let (input, output) = match (input, output) {
        (Ok(input), Ok(output)) => (input, output),
        (Err(error), _) | (_, Err(error)) => return End::Failed(error.into()),
    };
    let mut hop = Hop {
        control,
        input,
        output,
        on_batch,
    };
    match request.shape {
        Shape::Bytes(slots) => {
            let result = hop.observe_bytes(&slots);
            hop.close(result).0.into()
        }
        Shape::Lines { max_line_bytes } => {
            let mut lines = Lines::new(max_line_bytes);
            let result = hop.observe_lines(&mut lines);
            let (result, mut on_batch) = hop.close(result);
            lines.finish(&mut |batch| {
                on_batch(Batch {
                    slot: None,
                    content: Content::Lines(batch),
                });
            });
            result.into()
        }
    }
}

struct Hop<'control, OnBatch> {
    control: &'control Control,
    input: Reader,
    output: Option<Writer>,
    on_batch: OnBatch,
}

impl<OnBatch: FnMut(Batch) -> bool> Hop<'_, OnBatch> {
    fn observe_bytes(&mut self, slots: &Slots) -> Result<(), Stop> {
        loop {
            let slot = free_slot(self.control, self.output.as_ref())?;
            // SAFETY: it is free until it is sent below.
            let buffer = unsafe { slots.free(slot) };
            let length = self.read(buffer)?;
            if length == 0 {
                return Ok(());
            }
            // What was read is shown to the observer even when it cannot be written any more.
            let carried = self.carry(&buffer[..length]);
            self.control.send(slot);
            let heard = (self.on_batch)(Batch {
                slot: Some(slot),
                content: Content::Bytes(length),
            });
            carried?;
            listening(heard)?;
        }
    }

    fn observe_lines(&mut self, lines: &mut Lines) -> Result<(), Stop> {
        let mut buffer = ReadBuffer::new();
        let buffer = buffer.bytes();
        loop {
            let length = self.read(buffer)?;
            if length == 0 {
                return Ok(());
            }
            let carried = self.carry(&buffer[..length]);
            let Self {
                control,
                output,
                on_batch,
                ..
            } = self;
            let mut shown = Ok(());
            lines.push(&buffer[..length], &mut |batch| {
                // Once the hop is over, what was read is handed over without waiting for anybody.
                let waits = carried.is_ok() && shown.is_ok();
                let slot = if waits {
                    free_slot(control, output.as_ref()).map(Some)
                } else {
                    Ok(None)
                };
                let slot = slot.unwrap_or_else(|stop| {
                    shown = Err(stop);
                    None
                });
                slot.inspect(|&slot| control.send(slot));
                if let Err(stop) = listening(on_batch(Batch {
                    slot,
                    content: Content::Lines(batch),
                })) {
                    shown = Err(stop);
                }
            });
            carried?;
            shown?;
        }
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Stop> {
        self.input
            .read(buffer, self.output.as_ref().map(Writer::descriptor), self.control)
    }

    fn carry(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        let Some(output) = &mut self.output else { return Ok(()) };
        Ok(output.write_all(bytes, None, self.control, |written| self.control.count_written(written))?)
    }

    /// The input goes first: its writer has to see at once that nobody reads any more.
    fn close(self, mut result: Result<(), Stop>) -> (Result<(), Stop>, OnBatch) {
        drop(self.input);
        if let Some(Err(error)) = self.output.map(Writer::close)
            && result.is_ok()
        {
            result = Err(Stop::Failed(error));
        }
        (result, self.on_batch)
    }
}

fn listening(heard: bool) -> Result<(), Stop> {
    if heard { Ok(()) } else { Err(Stop::Cancelled) }
}

/// A slot that is not the observer's, waiting for it where it has all.
fn free_slot(control: &Control, output: Option<&Writer>) -> Result<u32, Stop> {
    if let Some(slot) = control.free_slot() {
        return Ok(slot);
    }
    control.set_wants_slot(true);
    let result = wait_for_slot(control, output);
    control.set_wants_slot(false);
    result
}

fn wait_for_slot(control: &Control, output: Option<&Writer>) -> Result<u32, Stop> {
    loop {
        if let Some(slot) = control.free_slot() {
            return Ok(slot);
        }
        match wait(control, For::Nothing, output.map(Writer::descriptor).as_slice()).map_err(Stop::Failed)? {
            Woken::Cancelled => return Err(Stop::Cancelled),
            Woken::ReaderLeft(_) => return Err(Stop::ReaderLeft),
            Woken::Ready | Woken::Rung => {}
        }
    }
}
