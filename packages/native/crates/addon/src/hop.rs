//! Hops, as JavaScript sees them: started with a callback, ended by a handle.

use std::sync::Arc;

use cuprum_streams::{self as streams, Batch, Content, Control, CopyEnd, End, Failure, Outcome, Refused, Shape, Slots};
use napi::bindgen_prelude::{BufferSlice, Either, Env, FnArgs, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Status, Unknown};
use napi_derive::napi;

use crate::pipes::{Thrown, thrown};
use crate::running;

/// What a hop's callback is called with: the slot, the number of bytes in it or the lines, whether the last line is unfinished;
/// at the end, the outcome and nothing else.
type EventArguments = FnArgs<(Option<u32>, Option<Either<u32, String>>, bool, Option<RawOutcome>)>;
type Listener = ThreadsafeFunction<Event, Unknown<'static>, EventArguments, Status, false>;
type OnEvent<'env> = Function<'env, EventArguments, Unknown<'static>>;

enum Event {
    Batch(Batch),
    End(Outcome),
}

/// `end` and `copy_end` are those of the enumerations, in camel case.
#[napi(object, object_from_js = false)]
pub struct RawOutcome {
    pub bytes_read: f64,
    pub bytes_written: f64,
    pub end: &'static str,
    pub failure: Option<RawFailure>,
    pub copy_bytes: f64,
    pub copy_end: Option<&'static str>,
    pub copy_failure: Option<RawFailure>,
}

/// Without a number it was a panic.
#[napi(object, object_from_js = false)]
pub struct RawFailure {
    pub errno: Option<i32>,
    pub message: String,
}

/// A hop that may still run.
#[napi]
pub struct Hop {
    control: Arc<Control>,
    writes: bool,
    slots: Option<Arc<Slots>>,
}

#[napi]
impl Hop {
    #[napi]
    pub fn bytes(&self) -> f64 {
        let bytes = if self.writes {
            self.control.written()
        } else {
            self.control.read()
        };
        bytes as f64
    }

    #[napi]
    pub fn is_idle(&self) -> bool {
        self.control.is_idle()
    }

    #[napi]
    pub fn acknowledge(&self, slot: u32) {
        self.control.acknowledge(slot);
    }

    /// The memory of all slots, for a hop that gives bytes. The thread writes into those that are not sent.
    #[napi]
    pub fn memory<'env>(&self, env: &'env Env) -> napi::Result<Option<BufferSlice<'env>>> {
        let Some(slots) = self.slots.clone() else {
            return Ok(None);
        };
        let (start, length) = (slots.start(), slots.length());
        // SAFETY: the memory lives as long as the last who has it: the thread, this object, or the buffer.
        unsafe { BufferSlice::from_external(env, start, length, slots, |_, slots| drop(slots)) }.map(Some)
    }

    #[napi]
    pub fn cancel(&self) {
        self.control.cancel();
    }
}

#[napi]
pub fn pump(
    env: Env,
    input: i32,
    output: i32,
    copy: Option<i32>,
    limit: Option<f64>,
    on_event: OnEvent<'_>,
) -> Result<Hop, Thrown> {
    let control = Control::new().map_err(thrown)?;
    let on_end = tell_end(listener(&on_event)?, control.clone());
    let request = streams::PumpRequest {
        input,
        output,
        copy,
        limit: limit.map(|bytes| bytes as u64),
    };
    running::add(&env, &control);
    streams::pump(request, control.clone(), on_end).map_err(|error| not_started(error, &control))?;
    Ok(Hop {
        control,
        writes: true,
        slots: None,
    })
}

#[napi]
pub fn consume(
    env: Env,
    input: i32,
    output: Option<i32>,
    max_line_bytes: Option<f64>,
    on_event: OnEvent<'_>,
) -> Result<Hop, Thrown> {
    let control = Control::new().map_err(thrown)?;
    let listener = listener(&on_event)?;
    let (shape, slots) = match max_line_bytes {
        Some(bytes) => (
            Shape::Lines {
                max_line_bytes: bytes as usize,
            },
            None,
        ),
        None => {
            let slots = Arc::new(Slots::new());
            (Shape::Bytes(slots.clone()), Some(slots))
        }
    };
    let on_batch = {
        let listener = listener.clone();
        move |batch| listener.call(Event::Batch(batch), ThreadsafeFunctionCallMode::NonBlocking) == Status::Ok
    };
    let request = streams::ConsumeRequest { input, output, shape };
    running::add(&env, &control);
    streams::consume(request, control.clone(), on_batch, tell_end(listener, control.clone()))
        .map_err(|error| not_started(error, &control))?;
    Ok(Hop {
        control,
        writes: output.is_some(),
        slots,
    })
}

fn not_started(refused: Refused, control: &Arc<Control>) -> Thrown {
    running::remove(control);
    thrown(refused)
}

/// Keeps the event loop alive until it is dropped.
fn listener(on_event: &OnEvent<'_>) -> Result<Arc<Listener>, Thrown> {
    let listener = on_event.build_threadsafe_function::<Event>().build_callback(|context| {
        Ok(FnArgs::from(match context.value {
            Event::Batch(Batch {
                slot,
                content: Content::Bytes(length),
            }) => (slot, Some(Either::A(length as u32)), false, None),
            Event::Batch(Batch {
                slot,
                content: Content::Lines(batch),
            }) => (slot, Some(Either::B(batch.text)), batch.unfinished, None),
            Event::End(outcome) => (None, None, false, Some(outcome.into())),
        }))
    });
    let refused = |error: napi::Error| Thrown::new("SYSTEM", format!("a hop cannot be started: {error}"));
    listener.map(Arc::new).map_err(refused)
}

fn tell_end(listener: Arc<Listener>, control: Arc<Control>) -> impl FnOnce(Outcome) + Send {
    move |outcome| {
        // Fails only when nobody is there any more to be told.
        listener.call(Event::End(outcome), ThreadsafeFunctionCallMode::NonBlocking);
        // The last one: an environment that ends waits for it, because Node-API may not be called after.
        drop(listener);
        running::remove(&control);
    }
}

impl From<Outcome> for RawOutcome {
    fn from(outcome: Outcome) -> Self {
        let (end, failure) = match outcome.end {
            End::EndOfInput => ("endOfInput", None),
            End::ReaderLeft => ("readerLeft", None),
            End::Limit => ("limit", None),
            End::Cancelled => ("cancelled", None),
            End::Failed(failure) => ("failed", Some(failure.into())),
        };
        let copy_bytes = outcome.copy.as_ref().map_or(0.0, |copy| copy.bytes_written as f64);
        let (copy_end, copy_failure) = match outcome.copy.map(|copy| copy.end) {
            None => (None, None),
            Some(CopyEnd::Complete) => (Some("complete"), None),
            Some(CopyEnd::ReaderLeft) => (Some("readerLeft"), None),
            Some(CopyEnd::Failed(failure)) => (Some("failed"), Some(failure.into())),
        };
        let (bytes_read, bytes_written) = (outcome.bytes_read as f64, outcome.bytes_written as f64);
        Self {
            bytes_read,
            bytes_written,
            end,
            failure,
            copy_bytes,
            copy_end,
            copy_failure,
        }
    }
}

impl From<Failure> for RawFailure {
    fn from(failure: Failure) -> Self {
        Self {
            errno: failure.errno,
            message: failure.message,
        }
    }
}
