//! Carries a hop to an observer in this process, in batches that it acknowledges.

use std::os::fd::RawFd;
use std::sync::Arc;

use crate::control::Control;
use crate::descriptor::{BadDescriptor, Direction, check_handed_over};
use crate::ends::{Reader, Writer};
use crate::hop_thread::{StartError, start};
use crate::lines::{LineBatch, Lines};
use crate::outcome::{End, Outcome, Stop};
use crate::wait::{For, Woken, wait};

/// The descriptors of an observed hop, which [`consume`] takes over.
#[derive(Clone, Copy, Debug)]
pub struct ConsumeRequest {
    pub input: RawFd,
    /// Gets every byte before the observer does.
    pub output: Option<RawFd>,
    pub shape: Shape,
}

#[derive(Clone, Copy, Debug)]
pub enum Shape {
    Bytes,
    Lines { max_line_bytes: usize },
}

#[derive(Debug, PartialEq, Eq)]
pub enum Batch {
    Bytes(Vec<u8>),
    Lines(LineBatch),
}

/// The largest batch of bytes.
const READ_BYTES: usize = 256 * 1024;

/// Reads to the end on a thread of its own. Each batch is given to `on_batch`, and counts as held by the observer until
/// [`Control::acknowledge`] is called; while it holds [`crate::MAX_IN_FLIGHT`], nothing more is read.
///
/// `on_batch` says whether somebody still listens. However the hop ends, what was read is handed over before `on_end`.
pub fn consume(
    request: ConsumeRequest,
    control: Arc<Control>,
    on_batch: impl FnMut(Batch) -> bool + Send + 'static,
    on_end: impl FnOnce(Outcome) + Send + 'static,
) -> Result<(), StartError> {
    check_handed_over(request.input, Direction::Read)?;
    request
        .output
        .map_or(Ok(()), |output| check_handed_over(output, Direction::Write))?;
    if request.output == Some(request.input) {
        return Err(BadDescriptor("a hop needs a descriptor of its own for each end".into()).into());
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
    let lines = match request.shape {
        Shape::Bytes => None,
        Shape::Lines { max_line_bytes } => Some(Lines::new(max_line_bytes)),
    };
    let mut hop = Hop {
        control,
        input,
        output,
        lines,
        on_batch,
    };
    let result = hop.observe_all();
    hop.close(result)
}

struct Hop<'control, OnBatch> {
    control: &'control Control,
    input: Reader,
    output: Option<Writer>,
    /// `None`: the observer gets bytes.
    lines: Option<Lines>,
    on_batch: OnBatch,
}

impl<OnBatch: FnMut(Batch) -> bool> Hop<'_, OnBatch> {
    fn observe_all(&mut self) -> Result<(), Stop> {
        let mut buffer = vec![0; READ_BYTES];
        loop {
            let output = self.output.as_ref().map(Writer::descriptor);
            let length = self.input.read(&mut buffer, output, self.control)?;
            if length == 0 {
                return Ok(());
            }
            let bytes = &buffer[..length];
            // What was read is shown to the observer even when it cannot be written any more.
            let carried = self.carry(bytes);
            let shown = self.show(bytes, carried.is_ok());
            carried?;
            shown?;
        }
    }

    fn carry(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        let Some(output) = &mut self.output else { return Ok(()) };
        Ok(output.write_all(bytes, None, self.control, |written| self.control.count_written(written))?)
    }

    /// Hands over what was read. With `patience`, waits for the observer where it is behind.
    fn show(&mut self, bytes: &[u8], patience: bool) -> Result<(), Stop> {
        let output = self.output.as_ref().map(Writer::descriptor);
        let mut result = Ok(());
        let (control, on_batch) = (self.control, &mut self.on_batch);
        let mut send = |batch| {
            if patience && result.is_ok() {
                result = wait_for_observer(output, control);
            }
            if !hand_over(on_batch, control, batch) {
                result = Err(Stop::Cancelled);
            }
        };
        match &mut self.lines {
            None => send(Batch::Bytes(bytes.to_vec())),
            Some(lines) => lines.push(bytes, &mut |batch| send(Batch::Lines(batch))),
        }
        result
    }

    /// The input goes first: its writer has to see at once that nobody reads any more.
    fn close(self, mut result: Result<(), Stop>) -> End {
        let Self {
            control,
            input,
            output,
            lines,
            mut on_batch,
        } = self;
        drop(input);
        if let Some(Err(error)) = output.map(Writer::close)
            && result.is_ok()
        {
            result = Err(Stop::Failed(error));
        }
        if let Some(mut lines) = lines {
            lines.finish(&mut |batch| {
                hand_over(&mut on_batch, control, Batch::Lines(batch));
            });
        }
        result.into()
    }
}

fn hand_over(on_batch: &mut impl FnMut(Batch) -> bool, control: &Control, batch: Batch) -> bool {
    control.send_one();
    on_batch(batch)
}

fn wait_for_observer(output: Option<RawFd>, control: &Control) -> Result<(), Stop> {
    while control.is_full() {
        match wait(control, For::Nothing, output.as_slice()).map_err(Stop::Failed)? {
            Woken::Cancelled => return Err(Stop::Cancelled),
            Woken::ReaderLeft(_) => return Err(Stop::ReaderLeft),
            Woken::Ready | Woken::Rung => {}
        }
    }
    Ok(())
}
