//! What kernels are given, and what they say they did.

use cuprum_records::{self as records, Chunk, Stop};
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

/// What the kernels rely on: ranges that are there, and memory that is not the same.
pub(crate) fn checked(
    bytes: &[u8],
    start: u32,
    end: u32,
    out: &[u8],
    length: u32,
) -> Result<(usize, usize, usize), Thrown> {
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

/// A chunk that is not the end of the input, or all of it in lines.
pub(crate) fn lines<'bytes>(
    bytes: &'bytes [u8],
    start: u32,
    end: u32,
    out: &[u8],
    length: u32,
) -> Result<(Chunk<'bytes>, usize), Thrown> {
    let (start, end, length) = checked(bytes, start, end, out, length)?;
    let chunk = Chunk {
        bytes: &bytes[..end],
        start,
        is_final: false,
    };
    Ok((chunk, length))
}
