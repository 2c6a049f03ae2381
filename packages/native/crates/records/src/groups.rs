//! Records in groups: the twin of the usual case of `stages/group/grouped-records.ts`.
//!
//! A worker, of which there may be several, makes an entry of each record: its group, and what its aggregates are given. A table takes the
//! entries in the order of the records, so that sums are rounded as in the reference.

use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::fast::RandomState;

use crate::dispatch::dispatched;
use crate::group_table::{GroupTable, is_comparable};
use crate::json_scan::NotUsual;
use crate::key_bytes::{add_value, hash};
use crate::progress::{Chunk, Progress, Stop};
use crate::record_fields::RecordFields;
use crate::record_lines::{RecordWork, Written, put, work};
use crate::record_program::number_of;

/// What makes a group, and what is said of it.
#[derive(Debug)]
pub struct GroupProgram {
    /// The different paths that are looked at.
    pub paths: Vec<Vec<Vec<u8>>>,
    /// The slots of those whose values make a group; none: all records are one.
    pub by: Vec<usize>,
    pub aggregates: Vec<Aggregate>,
    /// What a group is said to take in memory besides its texts.
    pub group_bytes: usize,
    /// When groups take more than this, no further records are taken. Those of one chunk may still have come.
    pub max_bytes: usize,
}

/// What is said of a group. All pass over null, but the number of records.
#[derive(Clone, Copy, Debug)]
pub enum Aggregate {
    Records,
    Values(usize),
    /// Sum and number.
    Sum(usize),
    Least(usize),
    Greatest(usize),
    First(usize),
    Last(usize),
}

/// Puts record after record into groups.
#[derive(Debug)]
pub struct Groups {
    worker: GroupWorker,
    entries: Vec<u8>,
}

/// Makes entries of records, on one thread.
#[derive(Debug)]
pub struct GroupWorker {
    program: Arc<GroupProgram>,
    table: Arc<Mutex<GroupTable>>,
    hashes: RandomState,
    fields: Option<RecordFields>,
    key: Vec<u8>,
    texts: Vec<u8>,
    given: Vec<u8>,
}

/// What comes before what is given to the aggregates: length of all that, hash, lengths of key and texts.
pub(crate) const ENTRY_HEAD: usize = 20;

impl Groups {
    /// # Panics
    /// When a path of the program has no key, or more than [`crate::MAX_PATH_KEYS`].
    pub fn new(program: GroupProgram) -> Self {
        let program = Arc::new(program);
        let hashes = RandomState::default();
        let table = Arc::new(Mutex::new(GroupTable::new(Arc::clone(&program))));
        Self {
            worker: GroupWorker::new(program, table, hashes),
            entries: vec![0; ENTRIES_BYTES],
        }
    }

    /// One that works on a thread of its own, for the same groups.
    pub fn worker(&self) -> GroupWorker {
        let GroupWorker {
            program, table, hashes, ..
        } = &self.worker;
        GroupWorker::new(Arc::clone(program), Arc::clone(table), hashes.clone())
    }

    /// Puts the records of the whole lines of the chunk into their groups.
    pub fn run(&mut self, chunk: Chunk<'_>) -> Progress {
        let Self { worker, entries } = self;
        let mut done = Progress::begun(chunk, 0);
        loop {
            let start = done.at;
            let more = worker.run(Chunk { start, ..chunk }, entries, 0);
            let is_room = worker.take(&entries[..more.length]);
            done = Progress {
                length: 0,
                ..done.and(more)
            };
            if more.stop != Stop::Room {
                return done;
            }
            if !is_room {
                let stop = Stop::Trouble;
                return Progress { stop, ..done };
            }
            if more.length == 0 {
                entries.resize(2 * entries.len(), 0);
            }
        }
    }

    /// The groups so far.
    pub fn table(&self) -> MutexGuard<'_, GroupTable> {
        self.worker.table()
    }

    /// Adds a group as it stands elsewhere, which is not there yet.
    pub fn begin(&self, key: &[u8], texts: &[u8]) -> usize {
        self.table().begin(hash(&self.worker.hashes, key), key, texts)
    }
}

/// Entries stay in the cache until they are taken.
const ENTRIES_BYTES: usize = 64 * 1024;

impl GroupWorker {
    fn new(program: Arc<GroupProgram>, table: Arc<Mutex<GroupTable>>, hashes: RandomState) -> Self {
        let fields = if program.paths.is_empty() {
            None
        } else {
            Some(RecordFields::new(&program.paths))
        };
        Self {
            program,
            table,
            hashes,
            fields,
            key: Vec::new(),
            texts: Vec::new(),
            given: Vec::new(),
        }
    }

    /// Writes an entry for each record of the whole lines of the chunk to `out[length..]`.
    pub fn run(&mut self, chunk: Chunk<'_>, out: &mut [u8], length: usize) -> Progress {
        if self.table().is_full() {
            return Progress {
                stop: Stop::Trouble,
                ..Progress::begun(chunk, length)
            };
        }
        self.entries(chunk, out, length)
    }

    dispatched! {
        fn entries(self: &mut GroupWorker, chunk: Chunk<'_>, out: &mut [u8], length: usize) -> Progress => work
    }

    /// Takes entries, which are those of the records that come next, into the table; whether that has room for more.
    pub fn take(&self, entries: &[u8]) -> bool {
        let mut table = self.table();
        table.take(entries);
        !table.is_full()
    }

    fn table(&self) -> MutexGuard<'_, GroupTable> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RecordWork for GroupWorker {
    #[inline(always)]
    fn fields(&mut self) -> Option<&mut RecordFields> {
        self.fields.as_mut()
    }

    #[inline(always)]
    fn write(
        &mut self,
        bytes: &[u8],
        _record: Range<usize>,
        out: &mut [u8],
        length: usize,
    ) -> Result<Written, NotUsual> {
        let Self {
            program,
            fields,
            key,
            texts,
            given,
            ..
        } = self;
        let text_of = |slot: usize| {
            let fields = fields.as_ref();
            fields.and_then(|fields| fields.value(bytes, slot)).unwrap_or(b"null")
        };
        key.clear();
        texts.clear();
        for &slot in &program.by {
            let text = text_of(slot);
            add_value(text, key)?;
            if !texts.is_empty() {
                texts.push(b',');
            }
            texts.extend_from_slice(text);
        }
        given.clear();
        for aggregate in &program.aggregates {
            match *aggregate {
                Aggregate::Records => {}
                Aggregate::Values(slot) => given.push(u8::from(text_of(slot)[0] != b'n')),
                Aggregate::Sum(slot) => put_number(text_of(slot), given)?,
                Aggregate::Least(slot) | Aggregate::Greatest(slot) => {
                    let text = text_of(slot);
                    if !is_comparable(text) {
                        return Err(NotUsual);
                    }
                    put_text(text, given);
                }
                Aggregate::First(slot) | Aggregate::Last(slot) => put_text(text_of(slot), given),
            }
        }
        let size = (ENTRY_HEAD + key.len() + texts.len() + given.len()) as u32;
        let head = [
            size.to_le_bytes(),
            (key.len() as u32).to_le_bytes(),
            (texts.len() as u32).to_le_bytes(),
        ];
        let hash = hash(&self.hashes, key).to_le_bytes();
        Ok(put(
            &[&head[0], &head[1], &head[2], &hash, key, texts, given],
            out,
            length,
        ))
    }
}

/// Whether there is a number, and the number.
#[inline(always)]
fn put_number(text: &[u8], given: &mut Vec<u8>) -> Result<(), NotUsual> {
    let number = match text[0] {
        b'n' => {
            given.push(0);
            return Ok(());
        }
        b'-' | b'0'..=b'9' => number_of(text).or_else(|_| long_number(text))?,
        _ => return Err(NotUsual),
    };
    given.push(1);
    given.extend_from_slice(&number.to_le_bytes());
    Ok(())
}

/// The nearest double, as ECMAScript's `Number` gives it.
fn long_number(text: &[u8]) -> Result<f64, NotUsual> {
    let text = std::str::from_utf8(text).map_err(|_| NotUsual)?;
    text.parse().map_err(|_| NotUsual)
}

/// The text of a value, after its length; no length for null.
#[inline(always)]
fn put_text(text: &[u8], given: &mut Vec<u8>) {
    let text = if text[0] == b'n' { b"" } else { text };
    given.extend_from_slice(&(text.len() as u32).to_le_bytes());
    given.extend_from_slice(text);
}
