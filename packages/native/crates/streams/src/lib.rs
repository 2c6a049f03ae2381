//! Pipes, hops and lines on file descriptors: what the native backend does, without JavaScript.
//!
//! A *hop* is the place where one process's output becomes another's input. Most hops are kernel pipes that nobody
//! carries; [`pump`] carries a hop whose bytes are counted, limited or copied, and [`consume`] one that is observed.
//!
//! Each runs on a thread of its own, so that any number of hops make progress at once, and owns its descriptors: each is
//! closed exactly once, on every path, before the outcome is told.

#![warn(unreachable_pub)]

mod bell;
mod carry;
mod carry_output;
mod chunk_work;
mod consume;
mod control;
mod descriptor;
mod ends;
mod hop_thread;
mod lines;
mod outcome;
mod pipe;
mod pump;
mod read_buffer;
mod refused;
mod slots;
mod splice;
mod wait;

pub use carry::{CARRY_BYTES, Carried, CarryRequest, carry};
pub use chunk_work::{ChunkWork, Followed, Step};
pub use consume::{Batch, ConsumeRequest, Content, Shape, consume};
pub use control::Control;
pub use descriptor::duplicate;
pub use lines::{LineBatch, Lines, MIN_LINE_BYTES};
pub use outcome::{CopyEnd, CopyOutcome, End, Failure, Outcome};
pub use pipe::{Pipe, is_fifo, pipe, pipe_capacity, set_pipe_capacity};
pub use pump::{PumpRequest, pump};
pub use refused::Refused;
pub use slots::{SLOT_BYTES, SLOT_COUNT, Slots};
