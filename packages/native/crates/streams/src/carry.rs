//! A stage from descriptor to descriptor, by several threads that do not wait for one another chunk by chunk.
//!
//! Whoever is free reads the next chunk, leaves reading to others, works on it, and hands on what comes of it once all that comes before it
//! is. While the input is slower than the work, one thread does it all: what was read is written before anybody waits for more.

use std::os::fd::RawFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::carry_output::{CarryOutput, is_passing};
use crate::chunk_work::{ChunkWork, Followed, Step};
use crate::read_buffer::ReadBuffer;
use crate::wait::{is_ready, until_ready_or};

/// What is asked for in one read, where nothing else is said. Twice as much is quicker by 4 %, and twice as much is under way while the
/// reader of the output is slow.
pub const CARRY_BYTES: usize = 256 * 1024;

/// Room for what comes of a chunk, in chunks. What does not fit is written in pieces, when it is the chunk's turn.
const OUTPUT_CHUNKS: usize = 3;

/// What one long record made larger than this is given back.
const MAX_KEPT_BYTES: usize = 4 * 1024 * 1024;

/// From where to where, and how.
#[derive(Debug)]
pub struct CarryRequest {
    /// Both descriptors may be non-blocking; they are not closed.
    pub input: RawFd,
    pub output: RawFd,
    /// What was read already, without a whole record.
    pub begun: Vec<u8>,
    /// After this nothing more is begun.
    pub time: Duration,
    /// What is asked for in one read: less means that nothing more is waiting. A record that is longer is the caller's.
    pub chunk_bytes: usize,
}

#[derive(Debug, Default)]
pub struct Carried {
    pub bytes_read: u64,
    pub bytes_written: u64,
    /// Lines of the input that were dealt with.
    pub lines: u64,
    /// How long it was waited for input, and for what was written to be taken.
    pub waited_for_input: Duration,
    pub waited_for_output: Duration,
    /// What was to be written, but could not be: who writes it again learns why.
    pub unwritten: Vec<u8>,
    /// What was read and is not dealt with; it begins with a record.
    pub rest: Vec<u8>,
    /// Whether only the time was up: the rest is no whole record, and there may be more input.
    pub goes_on: bool,
    /// How long all threads together worked, and what the followers have done; see [`Step`].
    pub worked: Duration,
    pub followers: Vec<Followed>,
}

/// Carries what comes of the records of the input to the output, in order, with a thread for each of `workers`: the one that calls is the
/// first.
///
/// Ends when the time is up, at the end of the input, at an error of either descriptor, at a record that is the caller's, and before one
/// that does not end within a chunk.
///
/// # Panics
/// When there are no workers, or chunks have no bytes.
pub fn carry<Work: ChunkWork>(request: CarryRequest, mut workers: Vec<Work>) -> Carried {
    let CarryRequest {
        input,
        output,
        begun,
        time,
        chunk_bytes,
    } = request;
    assert!(chunk_bytes > 0, "chunks have bytes");
    let stage = Stage {
        input,
        chunk_bytes,
        deadline: Instant::now() + time,
        is_over: AtomicBool::new(false),
        reader: Mutex::new(Reader {
            begun,
            ..Reader::default()
        }),
        writer: Mutex::new(Writer::of(output)),
        written: Condvar::new(),
    };
    let (first, others) = workers.split_first_mut().expect("at least one worker");
    thread::scope(|scope| {
        for worker in others {
            // One that cannot be had is done without.
            let _ = thread::Builder::new().spawn_scoped(scope, || stage.work(worker));
        }
        stage.work(first);
    });
    let Stage { reader, writer, .. } = stage;
    let reader = reader.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut writer = writer.into_inner().unwrap_or_else(PoisonError::into_inner);
    writer.flush();
    let goes_on = !reader.is_over && !writer.is_over;
    writer.rest.extend(reader.begun);
    Carried {
        bytes_read: reader.bytes,
        bytes_written: writer.output.bytes,
        lines: writer.lines,
        waited_for_input: reader.waited,
        waited_for_output: writer.output.waited,
        unwritten: writer.output.unwritten,
        rest: writer.rest,
        goes_on,
        worked: writer.worked,
        followers: writer.followers,
    }
}

/// What a thread works with.
struct Memory {
    /// The rest of a record, and a chunk.
    input: ReadBuffer,
    out: Vec<u8>,
}

impl Memory {
    fn of(chunk_bytes: usize) -> Self {
        Self {
            input: ReadBuffer::of(2 * chunk_bytes),
            out: vec![0; OUTPUT_CHUNKS * chunk_bytes],
        }
    }
}

/// That of chunks of the usual size, kept from one call to the next: given back four times a second, it would stay with the allocator in pieces.
static SPARE: Mutex<Vec<Memory>> = Mutex::new(Vec::new());

/// What the threads share.
struct Stage {
    input: RawFd,
    chunk_bytes: usize,
    deadline: Instant,
    /// Nothing more is to be read, for what follows is the caller's.
    is_over: AtomicBool,
    reader: Mutex<Reader>,
    writer: Mutex<Writer>,
    /// Told whenever a chunk is written.
    written: Condvar,
}

/// Belongs to the thread that reads.
#[derive(Default)]
struct Reader {
    /// What was read already of the record that comes next.
    begun: Vec<u8>,
    chunks: u64,
    bytes: u64,
    waited: Duration,
    /// Nothing more can be read here.
    is_over: bool,
}

/// Belongs to the thread whose chunk is the next one to be written.
struct Writer {
    output: CarryOutput,
    chunks: u64,
    lines: u64,
    /// From here on all is the caller's: what could not be written, and the input that follows it.
    is_over: bool,
    rest: Vec<u8>,
    worked: Duration,
    followers: Vec<Followed>,
}

impl Writer {
    fn of(output: RawFd) -> Self {
        Self {
            output: CarryOutput::of(output),
            chunks: 0,
            lines: 0,
            is_over: false,
            rest: Vec::new(),
            worked: Duration::ZERO,
            followers: Vec::new(),
        }
    }

    fn flush(&mut self) {
        self.output.flush();
        self.is_over |= self.output.is_closed();
    }

    fn followed(&mut self, step: &Step) {
        self.worked += step.worked;
        if self.followers.len() < step.followers.len() {
            self.followers.resize_with(step.followers.len(), Followed::default);
        }
        for (all, more) in self.followers.iter_mut().zip(&step.followers) {
            all.add(more);
            self.is_over |= !more.rest.is_empty();
        }
    }
}

/// Whole records.
struct Chunk {
    /// How many come before it.
    number: u64,
    /// Where they are.
    start: usize,
    end: usize,
    /// Whether there may be more to read at once.
    is_bulk: bool,
}

impl Stage {
    fn work(&self, worker: &mut impl ChunkWork) {
        let is_usual = self.chunk_bytes == CARRY_BYTES;
        let spare = if is_usual { locked(&SPARE).pop() } else { None };
        let mut memory = spare.unwrap_or_else(|| Memory::of(self.chunk_bytes));
        self.work_in(&mut memory, worker);
        if is_usual {
            locked(&SPARE).push(memory);
        }
    }

    fn work_in(&self, Memory { input, out }: &mut Memory, worker: &mut impl ChunkWork) {
        let mut kept = None;
        loop {
            let mut reader = kept.take().unwrap_or_else(|| locked(&self.reader));
            let bytes = input.bytes();
            let Some(chunk) = self.read(&mut reader, bytes, worker) else {
                return;
            };
            if chunk.is_bulk {
                drop(reader);
            } else {
                kept = Some(reader);
            }
            self.process(&bytes[chunk.start..chunk.end], &chunk, worker, out);
            if out.len() > MAX_KEPT_BYTES {
                *out = vec![0; OUTPUT_CHUNKS * self.chunk_bytes];
            }
        }
    }

    /// The next chunk, in `bytes`: what is read goes where there is room for as much as is read before it, which is where a page begins, and
    /// what there is already goes before that.
    fn read(&self, reader: &mut Reader, bytes: &mut [u8], worker: &impl ChunkWork) -> Option<Chunk> {
        if reader.is_over || self.is_over.load(Ordering::Relaxed) || Instant::now() >= self.deadline {
            return None;
        }
        // It ends here, unless there is a record.
        reader.is_over = true;
        let begun = reader.begun.len();
        if begun > self.chunk_bytes {
            return None;
        }
        let start = self.chunk_bytes - begun;
        bytes[start..self.chunk_bytes].copy_from_slice(&reader.begun);
        let count = self.read_when_ready(reader, &mut bytes[self.chunk_bytes..])?;
        let end = self.chunk_bytes + count;
        let cut = worker.cut(&bytes[start..end]);
        reader.bytes += count as u64;
        reader.begun.clear();
        reader.begun.extend_from_slice(&bytes[start + cut..end]);
        if cut == 0 {
            return None;
        }
        reader.is_over = false;
        let number = reader.chunks;
        reader.chunks += 1;
        Some(Chunk {
            number,
            start,
            end: start + cut,
            is_bulk: count == self.chunk_bytes,
        })
    }

    /// `None`: nothing more can be read, because the input ended, failed, is not asked for any more, or has nothing in time.
    fn read_when_ready(&self, reader: &mut Reader, bytes: &mut [u8]) -> Option<usize> {
        loop {
            if !is_ready(self.input, libc::POLLIN) {
                // Of those who are at work one may find that nothing more is to be read. Only when nobody is, it can be waited for long.
                let mut writer = self.turn_of(reader.chunks);
                writer.flush();
                if writer.is_over {
                    self.is_over.store(true, Ordering::Relaxed);
                }
                drop(writer);
                if self.is_over.load(Ordering::Relaxed) {
                    return None;
                }
                let began = Instant::now();
                let is_ready = until_ready_or(self.input, libc::POLLIN, self.deadline);
                reader.waited += began.elapsed();
                if !is_ready {
                    reader.is_over = false;
                    return None;
                }
            }
            // SAFETY: the buffer is as long as is said.
            let count = unsafe { libc::read(self.input, bytes.as_mut_ptr().cast(), bytes.len()) };
            match usize::try_from(count) {
                Ok(0) => return None,
                Ok(count) => return Some(count),
                Err(_) if is_passing() => {}
                Err(_) => return None,
            }
        }
    }

    /// Works on a chunk and writes what comes of it in its turn.
    fn process(&self, bytes: &[u8], chunk: &Chunk, worker: &mut impl ChunkWork, out: &mut Vec<u8>) {
        let mut turn = None;
        let mut at = 0;
        loop {
            // A worker that panics has not come any further.
            let step = catch_unwind(AssertUnwindSafe(|| worker.run(bytes, at, out, 0)))
                .unwrap_or(Step { at, ..Step::default() });
            if step.is_full && step.length == 0 {
                out.resize(2 * out.len(), 0);
                continue;
            }
            let writer = turn.get_or_insert_with(|| self.turn_of(chunk.number));
            if !writer.is_over {
                writer.lines += step.lines as u64;
                at = step.at;
                match worker.take(&out[..step.length]) {
                    None => writer.output.put(&out[..step.length]),
                    Some(is_room) => writer.is_over |= !is_room,
                }
                writer.followed(&step);
                writer.is_over |= writer.output.is_closed() || (at < bytes.len() && !step.is_full);
            }
            if writer.is_over || at == bytes.len() {
                writer.rest.extend_from_slice(&bytes[at..]);
                writer.chunks += 1;
                if !chunk.is_bulk {
                    writer.flush();
                }
                if writer.is_over {
                    self.is_over.store(true, Ordering::Relaxed);
                }
                break;
            }
        }
        drop(turn);
        self.written.notify_all();
    }

    /// Waits until all that comes before it is written.
    fn turn_of(&self, number: u64) -> MutexGuard<'_, Writer> {
        self.written
            .wait_while(locked(&self.writer), |writer| writer.chunks < number)
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
