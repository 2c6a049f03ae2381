//! The hot loops of record formats, on slices of memory that the caller owns.
//!
//! Each kernel has a reference in TypeScript that is complete. A kernel does what is usual, quickly, and stops *before* a
//! record that is anything else, bad ones included, with [`Stop::Trouble`]: the reference takes that record, so that what it
//! makes of it, and every message, exists once. A kernel's output never depends on where its input was cut: it stops before a
//! record that is not all there.

#![warn(unreachable_pub)]

mod block;
mod csv_cells;
mod csv_options;
mod csv_rows;
mod csv_stops;
mod csv_values;
mod dispatch;
mod escape;
mod group_table;
mod groups;
mod halves;
mod join;
mod json_elements;
mod json_scan;
mod key_bytes;
mod number;
mod progress;
mod record_fields;
mod record_lines;
mod record_program;
mod records;

pub use csv_cells::CsvCells;
pub use csv_options::CsvOptions;
pub use csv_rows::{CsvRows, CsvWorker};
pub use group_table::{GroupTable, State};
pub use groups::{Aggregate, GroupProgram, GroupWorker, Groups};
pub use join::{Join, JoinProgram, JoinTable, JoinWorker, MAX_JOIN_KEYS, Matched};
pub use json_elements::JsonElements;
pub use progress::{Chunk, Progress, Stop};
pub use record_fields::MAX_PATH_KEYS;
pub use record_program::{Comparison, Condition, Operand, Outcome, Piece, RecordProgram};
pub use records::{RecordWorker, Records};
