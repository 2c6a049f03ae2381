//! The kernels of record formats, as JavaScript sees them.

use cuprum_records::{self as records, Chunk, CsvOptions, Stop};
use napi::bindgen_prelude::{BufferSlice, Uint8Array};
use napi_derive::napi;

use crate::pipes::Thrown;

/// What a kernel did. `stop` is 0 for the end of what is whole, 1 for no room, 2 for a record that is the reference's.
#[napi(object, object_from_js = false)]
pub struct Progress {
    pub at: u32,
    pub length: u32,
    pub lines: u32,
    pub stop: u32,
}

impl From<records::Progress> for Progress {
    fn from(progress: records::Progress) -> Self {
        Self {
            at: progress.at as u32,
            length: progress.length as u32,
            lines: progress.lines as u32,
            stop: match progress.stop {
                Stop::Input => 0,
                Stop::Room => 1,
                Stop::Trouble => 2,
            },
        }
    }
}

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
        &self,
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
}

/// What the kernels rely on: ranges that are there, and memory that is not the same.
fn checked(bytes: &[u8], start: u32, end: u32, out: &[u8], length: u32) -> Result<(usize, usize, usize), Thrown> {
    let (start, end, length) = (start as usize, end as usize, length as usize);
    let overlaps =
        bytes.as_ptr_range().start < out.as_ptr_range().end && out.as_ptr_range().start < bytes.as_ptr_range().end;
    if start > end || end > bytes.len() || length > out.len() || overlaps {
        return Err(Thrown::new(
            "BAD_OPTION",
            "a kernel was given ranges that are not there".to_owned(),
        ));
    }
    Ok((start, end, length))
}
