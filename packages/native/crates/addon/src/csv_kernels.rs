//! The kernels of CSV, as JavaScript sees them.

use std::sync::Arc;

use cuprum_records::{self as records, Chunk, CsvOptions};
use napi::bindgen_prelude::{BufferSlice, Uint8Array};
use napi_derive::napi;

use crate::carry::{Carried, Follower, carry};
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
pub struct CsvRows(records::CsvRows);

#[napi]
impl CsvRows {
    #[napi(constructor)]
    pub fn new(options: RawCsvOptions) -> Self {
        Self(records::CsvRows::new(CsvOptions {
            delimiter: options.delimiter,
            quote: u8::try_from(options.quote).ok(),
            comment: u8::try_from(options.comment).ok(),
            infer: options.infer,
            fill: options.fill,
            max_record_bytes: options.max_record_bytes as usize,
            keys: options.keys.iter().map(|key| key.to_vec()).collect(),
        }))
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
        Ok(self.0.parse(chunk, &mut out, length).into())
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
            None => Rows(self.0.worker()),
            Some(columns) => Rows(self.0.worker_of(columns)),
        };
        carry(input, output, begun, milliseconds, worker, &followers)
    }
}

#[napi]
pub struct CsvCells(Arc<records::CsvCells>);

#[napi]
impl CsvCells {
    #[napi(constructor)]
    pub fn new(delimiter: u8, keys: Vec<Uint8Array>) -> Self {
        let keys: Vec<Vec<u8>> = keys.iter().map(|key| key.to_vec()).collect();
        Self(Arc::new(records::CsvCells::new(delimiter, &keys)))
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
        Ok(self.0.write(chunk, &mut out, length).into())
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
        carry(input, output, begun, milliseconds, || self.lines(), &followers)
    }
}

impl CsvCells {
    pub(crate) fn lines(&self) -> Lines {
        Lines::Cells(Arc::clone(&self.0))
    }
}
