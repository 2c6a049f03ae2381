//! Rows of CSV as JSON objects: the twin of `formats/csv/csv-rows.ts`, whose comments have the rules.

use std::marker::PhantomData;

use crate::block::{Block, WIDTH, load, store};
use crate::csv_options::CsvOptions;
use crate::csv_stops::Stops;
use crate::csv_values::{Cell, Kind, SLACK, is_plain_number, long, passed_quoted, quoted, special};
use crate::dispatch::dispatched;
use crate::halves::Halves;
use crate::progress::{Chunk, Progress, Stop};

/// The hot loop of the CSV reader. Rows that are bad, or have more cells than there are columns, are for the reference.
#[derive(Debug)]
pub struct CsvRows {
    worker: CsvWorker,
    halves: Halves,
}

/// The same on one thread.
#[derive(Clone, Debug)]
pub struct CsvWorker {
    options: CsvOptions,
    kinds: [Kind; 256],
    /// Each key with the quotation mark of a text after it, filled up to whole blocks.
    keys: Vec<u8>,
    places: Vec<KeyPlace>,
}

#[derive(Clone, Copy, Debug)]
struct KeyPlace {
    start: usize,
    /// Without the quotation mark.
    length: usize,
    blocks: usize,
    is_wanted: bool,
}

impl CsvRows {
    /// At most so many `threads` work at once: two are of use, one is the caller's alone.
    pub fn new(options: CsvOptions, threads: usize) -> Self {
        Self {
            worker: CsvWorker::new(options),
            halves: Halves::of(threads),
        }
    }

    /// One that does the same on a thread of its own.
    pub fn worker(&self) -> CsvWorker {
        self.worker.clone()
    }

    /// One that writes these columns only, of which there is at least one, in their order.
    pub fn worker_of(&self, columns: &[usize]) -> CsvWorker {
        CsvWorker::of(self.worker.options.clone(), &|column| columns.contains(&column))
    }

    /// Writes the whole rows of the chunk to `out[length..]`.
    pub fn parse(&mut self, chunk: Chunk<'_>, out: &mut [u8], length: usize) -> Progress {
        let Self { worker, halves } = self;
        // The line feed in the middle may stand inside quotes: then the first half does not end with a row.
        let work = |part: Chunk<'_>, out: &mut [u8], length| worker.run(part, out, length);
        halves.run(chunk, out, length, work, work)
    }
}

impl CsvWorker {
    fn new(options: CsvOptions) -> Self {
        Self::of(options, &|_| true)
    }

    fn of(options: CsvOptions, is_wanted: &dyn Fn(usize) -> bool) -> Self {
        let mut kinds = [Kind::Text; 256];
        if options.infer {
            for byte in b"0123456789-.tf" {
                kinds[*byte as usize] = Kind::Typed;
            }
        }
        for byte in [b'\n', b'\r', options.delimiter] {
            kinds[byte as usize] = Kind::Empty;
        }
        if let Some(quote) = options.quote {
            kinds[quote as usize] = Kind::Quoted;
        }
        let mut keys = Vec::new();
        let mut places = Vec::new();
        let mut opening = b'{';
        for (column, key) in options.keys.iter().enumerate() {
            let blocks = (key.len() + 1).div_ceil(WIDTH);
            places.push(KeyPlace {
                start: keys.len(),
                length: key.len(),
                blocks,
                is_wanted: is_wanted(column),
            });
            keys.push(opening);
            keys.extend_from_slice(&key[1..]);
            if is_wanted(column) {
                opening = b',';
            }
            keys.push(b'"');
            keys.resize(places[places.len() - 1].start + blocks * WIDTH, 0);
        }
        Self {
            options,
            kinds,
            keys,
            places,
        }
    }

    pub fn quote(&self) -> Option<u8> {
        self.options.quote
    }

    dispatched! {
        /// Writes the whole rows of the chunk to `out[length..]`.
        pub fn run(self: &CsvWorker, chunk: Chunk<'_>, out: &mut [u8], length: usize) -> Progress => parse
    }

    /// The next row that is no blank line or comment: where it begins, and how many lines were passed.
    fn skip(&self, chunk: Chunk<'_>, start: usize) -> Result<(usize, usize), Progress> {
        let Chunk { bytes, is_final, .. } = chunk;
        let end = bytes.len();
        let mut at = start;
        let mut lines = 0;
        let stopped = |at, lines, stop| Progress {
            at,
            length: 0,
            lines,
            stop,
        };
        while at < end {
            let byte = bytes[at];
            let is_blank = matches!(byte, b'\n' | b'\r') && self.places.len() > 1;
            if !is_blank && Some(byte) != self.options.comment {
                break;
            }
            let content = bytes[at..end].iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let next = match content {
                None if is_final => end,
                None => return Err(stopped(at, lines, Stop::Input)),
                Some(length) if bytes[at + length] == b'\n' => at + length + 1,
                Some(length) if at + length + 1 < end => at + length + 1 + usize::from(bytes[at + length + 1] == b'\n'),
                Some(_) if is_final => end,
                Some(_) => return Err(stopped(at, lines, Stop::Input)),
            };
            if content.unwrap_or(end - at) > self.options.max_record_bytes {
                return Err(stopped(at, lines, Stop::Trouble));
            }
            at = next;
            lines += 1;
        }
        Ok((at, lines))
    }
}

/// # Safety
/// The processor has what `B` needs; so for all functions of this file.
#[inline(always)]
unsafe fn parse<B: Block>(
    _: PhantomData<B>,
    rows: &CsvWorker,
    chunk: Chunk<'_>,
    out: &mut [u8],
    length: usize,
) -> Progress {
    let CsvOptions {
        delimiter,
        comment,
        infer,
        fill,
        max_record_bytes,
        ..
    } = rows.options;
    let Chunk { bytes, start, is_final } = chunk;
    let end = bytes.len();
    let mut progress = Progress::begun(chunk, length);
    // SAFETY: as the caller promises.
    let mut stops = unsafe { Stops::<B>::at(bytes, start, delimiter) };
    while progress.at < end {
        let first = bytes[progress.at];
        if matches!(first, b'\n' | b'\r') || Some(first) == comment {
            match rows.skip(chunk, progress.at) {
                Ok((at, lines)) => {
                    progress.at = at;
                    progress.lines += lines;
                }
                Err(Progress { at, lines, stop, .. }) => {
                    return Progress {
                        at,
                        lines: progress.lines + lines,
                        stop,
                        ..progress
                    };
                }
            }
            if progress.at >= end {
                break;
            }
            // SAFETY: as the caller promises.
            unsafe { stops.move_to(bytes, progress.at) };
        }
        let mut at = progress.at;
        let mut length = progress.length;
        let mut lines = 1;
        let mut column = 0;
        loop {
            let Some(&KeyPlace {
                start: key,
                length: key_length,
                blocks,
                is_wanted,
            }) = rows.places.get(column)
            else {
                return Progress {
                    stop: Stop::Trouble,
                    ..progress
                };
            };
            if !is_wanted {
                // SAFETY: as the caller promises.
                match unsafe { passed(&rows.options, chunk, at, &mut stops, &mut lines) } {
                    Ok(end) => at = end,
                    Err(stop) => return Progress { stop, ..progress },
                }
            } else {
                if out.len() - length < blocks * WIDTH + SLACK {
                    return Progress {
                        stop: Stop::Room,
                        ..progress
                    };
                }
                for block in 0..blocks {
                    // SAFETY: as the caller promises.
                    unsafe { store(load::<B>(&rows.keys, key + block * WIDTH), out, length + block * WIDTH) };
                }
                length += key_length;
                let kind = bytes.get(at).map_or(Kind::Empty, |&byte| rows.kinds[byte as usize]);
                match kind {
                    Kind::Empty => {
                        // The end of the cell has to be in the window to be passed.
                        // SAFETY: as the caller promises.
                        unsafe { stops.next(bytes) };
                        let empty: &[u8] = if infer { b"null" } else { b"\"\"" };
                        out[length..length + empty.len()].copy_from_slice(empty);
                        length += empty.len();
                    }
                    Kind::Quoted => {
                        // SAFETY: as the caller promises.
                        match unsafe { quoted::<B>(&rows.options, chunk, at, out, length, &mut lines) } {
                            Cell::Ends(input, output) => (at, length) = (input, output),
                            Cell::Stops(stop) => return Progress { stop, ..progress },
                        }
                        // SAFETY: as the caller promises.
                        unsafe { stops.move_to(bytes, at) };
                    }
                    Kind::Text | Kind::Typed => {
                        // SAFETY: as the caller promises.
                        let stop_at = unsafe { stops.next(bytes) };
                        let count = stop_at - at;
                        let stop = bytes.get(stop_at).copied().unwrap_or(b'\n');
                        if count < WIDTH && (stop == delimiter || stop == b'\n' || stop == b'\r') {
                            // SAFETY: as the caller promises.
                            let block = unsafe { load::<B>(bytes, at) };
                            // SAFETY: as the caller promises.
                            let is_number = kind == Kind::Typed && unsafe { is_plain_number(block, bytes, at, count) };
                            if kind == Kind::Text {
                                // SAFETY: as the caller promises; there is room for it.
                                unsafe { store(block, out, length + 1) };
                                length += count + 2;
                                out[length - 1] = b'"';
                            } else if is_number {
                                // SAFETY: as the caller promises; there is room for it.
                                unsafe { store(block, out, length) };
                                length += count;
                            } else {
                                length = special(&bytes[at..stop_at], out, length);
                            }
                            at = stop_at;
                        } else {
                            // SAFETY: as the caller promises.
                            match unsafe { long::<B>(&rows.options, bytes, at, kind, out, length) } {
                                Cell::Ends(input, output) => (at, length) = (input, output),
                                Cell::Stops(stop) => return Progress { stop, ..progress },
                            }
                            // SAFETY: as the caller promises.
                            unsafe { stops.move_to(bytes, at) };
                        }
                    }
                }
            }
            // Here the cell has ended: at a delimiter, a line end, or the end of the bytes.
            match bytes.get(at) {
                Some(&byte) if byte == delimiter => {
                    at += 1;
                    column += 1;
                    stops.pass();
                    continue;
                }
                Some(b'\n') => {
                    if at - progress.at > max_record_bytes {
                        return Progress {
                            stop: Stop::Trouble,
                            ..progress
                        };
                    }
                    at += 1;
                    stops.pass();
                    break;
                }
                byte => {
                    // A carriage return, or nothing: whether the row has ended may not be known yet.
                    if !is_final && (byte.is_none() || at + 1 == end) {
                        return progress;
                    }
                    if at - progress.at > max_record_bytes {
                        return Progress {
                            stop: Stop::Trouble,
                            ..progress
                        };
                    }
                    if byte.is_some() {
                        at += if bytes.get(at + 1) == Some(&b'\n') { 2 } else { 1 };
                        // SAFETY: as the caller promises.
                        unsafe { stops.move_to(bytes, at) };
                    }
                    break;
                }
            }
        }
        column += 1;
        if column < rows.places.len() {
            if !fill {
                return Progress {
                    stop: Stop::Trouble,
                    ..progress
                };
            }
            let empty: &[u8] = if infer { b"null" } else { b"\"\"" };
            for place in rows.places[column..].iter().filter(|place| place.is_wanted) {
                if out.len() - length < place.length + SLACK {
                    return Progress {
                        stop: Stop::Room,
                        ..progress
                    };
                }
                let key = &rows.keys[place.start..place.start + place.length];
                for part in [key, empty] {
                    out[length..length + part.len()].copy_from_slice(part);
                    length += part.len();
                }
            }
        }
        if out.len() - length < SLACK {
            return Progress {
                stop: Stop::Room,
                ..progress
            };
        }
        out[length..length + 2].copy_from_slice(b"}\n");
        progress.at = at;
        progress.length = length + 2;
        progress.lines += lines;
    }
    progress
}

/// Passes a cell that nobody wants: where it ends, by the rules of those that are written.
#[inline(always)]
unsafe fn passed<B: Block>(
    options: &CsvOptions,
    chunk: Chunk<'_>,
    start: usize,
    stops: &mut Stops<B>,
    lines: &mut usize,
) -> Result<usize, Stop> {
    let bytes = chunk.bytes;
    if bytes.get(start).is_some_and(|&byte| Some(byte) == options.quote) {
        // SAFETY: as the caller promises.
        let end = unsafe { passed_quoted::<B>(options, chunk, start, lines)? };
        // SAFETY: as the caller promises.
        unsafe { stops.move_to(bytes, end) };
        return Ok(end);
    }
    loop {
        // SAFETY: as the caller promises.
        let at = unsafe { stops.next(bytes) };
        match bytes.get(at) {
            Some(&byte) if byte != options.delimiter && byte != b'\n' && byte != b'\r' => stops.pass(),
            _ => return Ok(at.min(bytes.len())),
        }
    }
}
