//! The hot loops of record formats, on slices of memory that the caller owns.
//!
//! Each kernel has a reference in TypeScript that is complete. A kernel does what is usual, quickly, and stops *before* a
//! record that is anything else, bad ones included, with [`Stop::Trouble`]: the reference takes that record, so that what it
//! makes of it, and every message, exists once. A kernel's output never depends on where its input was cut: it stops before a
//! record that is not all there.

#![warn(unreachable_pub)]

mod block;
mod csv_rows;
mod dispatch;
mod escape;
mod number;
mod progress;

pub use csv_rows::{CsvOptions, CsvRows};
pub use progress::{Chunk, Progress, Stop};
