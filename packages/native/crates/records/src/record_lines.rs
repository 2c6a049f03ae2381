//! Line after line of NDJSON: what kernels of records have in common.

use std::marker::PhantomData;
use std::ops::Range;

use crate::block::Block;
use crate::json_scan::{NotUsual, byte_at, scan_value, skip_blanks};
use crate::progress::{Chunk, Progress, Stop};
use crate::record_fields::RecordFields;

/// What is done with each record.
pub(crate) trait RecordWork {
    /// The fields that are looked for. None: nothing is looked at, and a record may be any value.
    fn fields(&mut self) -> Option<&mut RecordFields>;

    /// Writes to `out[length..]` what becomes of the record, whose fields were found.
    fn write(&mut self, bytes: &[u8], record: Range<usize>, out: &mut [u8], length: usize)
    -> Result<Written, NotUsual>;
}

/// What is written for a record.
pub(crate) enum Written {
    Nothing,
    UpTo(usize),
    NoRoom,
}

/// Works on the whole lines of the chunk up to the first record that is not usual.
///
/// # Safety
/// The processor has what `B` needs.
#[inline(always)]
pub(crate) unsafe fn work<B: Block>(
    _: PhantomData<B>,
    worker: &mut impl RecordWork,
    chunk: Chunk<'_>,
    out: &mut [u8],
    length: usize,
) -> Progress {
    let bytes = chunk.bytes;
    let mut progress = Progress::begun(chunk, length);
    while progress.at < bytes.len() {
        let at = skip_blanks(bytes, progress.at);
        if byte_at(bytes, at) == b'\n' {
            progress.at = at + 1;
            progress.lines += 1;
            continue;
        }
        // SAFETY: as the caller promises.
        match unsafe { record::<B>(worker, bytes, at, out, progress.length) } {
            Ok((next, Written::Nothing)) => progress.at = next,
            Ok((next, Written::UpTo(length))) => (progress.at, progress.length) = (next, length),
            Ok((_, Written::NoRoom)) => {
                return Progress {
                    stop: Stop::Room,
                    ..progress
                };
            }
            Err(NotUsual) => {
                return Progress {
                    stop: Stop::Trouble,
                    ..progress
                };
            }
        }
        progress.lines += 1;
    }
    progress
}

/// The record at `at`: where the next line begins, and what was written.
#[inline(always)]
unsafe fn record<B: Block>(
    worker: &mut impl RecordWork,
    bytes: &[u8],
    at: usize,
    out: &mut [u8],
    length: usize,
) -> Result<(usize, Written), NotUsual> {
    let end = match worker.fields() {
        // SAFETY: as the caller promises.
        Some(fields) if bytes[at] == b'{' => unsafe { fields.scan::<B>(bytes, at)? },
        Some(_) => return Err(NotUsual),
        // SAFETY: as the caller promises.
        None => unsafe { scan_value::<B>(bytes, at)? },
    };
    let line_end = skip_blanks(bytes, end);
    if bytes.get(line_end) != Some(&b'\n') {
        return Err(NotUsual);
    }
    Ok((line_end + 1, worker.write(bytes, at..end, out, length)?))
}

/// Writes these texts, one after the other.
#[inline(always)]
pub(crate) fn put(texts: &[&[u8]], out: &mut [u8], length: usize) -> Written {
    let total: usize = texts.iter().map(|text| text.len()).sum();
    if out.len() - length < total {
        return Written::NoRoom;
    }
    let mut at = length;
    for text in texts {
        out[at..at + text.len()].copy_from_slice(text);
        at += text.len();
    }
    Written::UpTo(at)
}
