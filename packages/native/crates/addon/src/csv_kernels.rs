//! The kernels of CSV, as JavaScript sees them.

use std::sync::Arc;

use cuprum_records::{self as records, Chunk, CsvOptions};
use napi::bindgen_prelude::{BufferSlice, Uint8Array};
use napi_derive::napi;

use crate::carry::{Carried, Course, Follower, Sharing, carry};
use crate::chunks::{Lines, Rows};
use crate::pipes::Thrown;
use crate::progress::{Progress, checked, lines};

#[napi(object, object_to_js = false)]
pub struct RawCsvOptions {
    pub delimiter: u8,
    /// Below 0: none; so for comments.
    pub quote: i32,
    pub comment: i32,
    pub infer: bool,
    pub fill: bool,
    pub max_record_bytes: f64,
    pub keys: Vec<Uint8Array>,
}

#[napi]
pub struct CsvRows {
    rows: records::CsvRows,
    sharing: Sharing,
}

#[napi]
impl CsvRows {
    #[napi(constructor)]
    pub fn new(options: RawCsvOptions, sharing: Sharing) -> Self {
        let options = CsvOptions {
            delimiter: options.delimiter,
            quote: u8::try_from(options.quote).ok(),
            comment: u8::try_from(options.comment).ok(),
            infer: options.infer,
            fill: options.fill,
            max_record_bytes: options.max_record_bytes as usize,
            keys: options.keys.iter().map(|key| key.to_vec()).collect(),
        };
        Self {
            rows: records::CsvRows::new(options, sharing.threads()),
            sharing,
        }
    }

    #[napi(catch_unwind)]
    pub fn parse(
        &mut self,
        bytes: &[u8],
        start: u32,
        end: u32,
        is_final: bool,
        mut out: BufferSlice<'_>,
        length: u32,
    ) -> Result<Progress, Thrown> {
        let (start, end, length) = checked(bytes, start, end, &out, length)?;
        let chunk = Chunk {
            bytes: &bytes[..end],
            start,
            is_final,
        };
        Ok(self.rows.parse(chunk, &mut out, length).into())
    }

    /// Goes on from `begun`, without a whole row, with what it reads itself, and writes it itself: all columns, or these.
    #[napi(catch_unwind)]
    pub fn carry(
        &self,
        input: i32,
        output: i32,
        begun: &[u8],
        milliseconds: u32,
        followers: Vec<Follower<'_>>,
        columns: Option<Vec<u32>>,
    ) -> Carried {
        let wanted: Option<Vec<usize>> = columns.map(|columns| columns.iter().map(|&column| column as usize).collect());
        let worker = || match &wanted {
            None => Rows(self.rows.worker()),
            Some(columns) => Rows(self.rows.worker_of(columns)),
        };
        let course = Course {
            input,
            output,
            begun,
            milliseconds,
            followers: &followers,
        };
        carry(course, &self.sharing, worker)
    }
}

#[napi]
pub struct CsvCells {
    cells: Arc<records::CsvCells>,
    sharing: Sharing,
}

#[napi]
impl CsvCells {
    #[napi(constructor)]
    pub fn new(delimiter: u8, keys: Vec<Uint8Array>, sharing: Sharing) -> Self {
        let keys: Vec<Vec<u8>> = keys.iter().map(|key| key.to_vec()).collect();
        Self {
            cells: Arc::new(records::CsvCells::new(delimiter, &keys)),
            sharing,
        }
    }

    #[napi(catch_unwind)]
    pub fn run(
        &self,
        bytes: &[u8],
        start: u32,
        end: u32,
        mut out: BufferSlice<'_>,
        length: u32,
    ) -> Result<Progress, Thrown> {
        let (chunk, length) = lines(bytes, start, end, &out, length)?;
        Ok(self.cells.write(chunk, &mut out, length).into())
    }

    /// Goes on from `begun`, without a whole line, with what it reads itself, and writes it itself.
    #[napi(catch_unwind)]
    pub fn carry(
        &self,
        input: i32,
        output: i32,
        begun: &[u8],
        milliseconds: u32,
        followers: Vec<Follower<'_>>,
    ) -> Carried {
        let worker = || self.lines();
        let course = Course {
            input,
            output,
            begun,
            milliseconds,
            followers: &followers,
        };
        carry(course, &self.sharing, worker)
    }
}

impl CsvCells {
    pub(crate) fn lines(&self) -> Lines {
        Lines::Cells(Arc::clone(&self.cells))
    }
}
