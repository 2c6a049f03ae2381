//! Records that meet those of a table: the twin of the usual case of `stages/join/left-record.ts`.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::dispatch::dispatched;
use crate::halves::Halves;
use crate::json_scan::NotUsual;
use crate::key_bytes::{add_matching, hash};
use crate::progress::{Chunk, Progress};
use crate::record_fields::RecordFields;
use crate::record_lines::{RecordWork, Written, put, work};

/// How records meet those of a table.
#[derive(Debug)]
pub struct JoinProgram {
    /// The different paths that are looked at.
    pub paths: Vec<Vec<Vec<u8>>>,
    /// The slots of those that records are matched by.
    pub keys: Vec<usize>,
    /// Whether text never matches a number.
    pub is_strict: bool,
    /// Slots that have to be there, and slots that must not, so that the members of the table have the right names.
    pub present: Vec<usize>,
    pub absent: Vec<usize>,
    pub matched: Matched,
    /// Without a match; none: nothing is written.
    pub unmatched: Option<Vec<u8>>,
}

/// What is written for a record with matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matched {
    Nothing,
    /// The record itself.
    Record,
    /// For each match the record with its members.
    Pairs,
}

/// The members of records, as they are added to others, by key.
#[derive(Debug, Default)]
pub struct JoinTable {
    hashes: RandomState,
    /// The first ones.
    index: HashTable<u32>,
    keys: Vec<u8>,
    members: Vec<u8>,
    rows: Vec<JoinRow>,
}

#[derive(Debug)]
struct JoinRow {
    hash: u64,
    key: Range<usize>,
    members: Range<usize>,
    /// The next one with the same key, and, of the first one, the last; 0: none.
    next: u32,
    last: u32,
}

/// Joins record after record.
#[derive(Debug)]
pub struct Join {
    first: JoinWorker,
    second: JoinWorker,
    halves: Halves,
}

/// Joins record after record, on one thread.
#[derive(Debug)]
pub struct JoinWorker {
    shared: Arc<Shared>,
    fields: RecordFields,
    key: Vec<u8>,
    met: u32,
}

#[derive(Debug)]
struct Shared {
    program: JoinProgram,
    table: JoinTable,
    /// See [`Join::met`].
    met: AtomicU32,
}

/// The most keys that records can be matched by here.
pub const MAX_JOIN_KEYS: usize = 31;
const MET_RECORD: u32 = 1 << MAX_JOIN_KEYS;

impl JoinTable {
    /// Adds a record after those that are there.
    pub fn add(&mut self, key: &[u8], members: &[u8]) {
        let hash = hash(&self.hashes, key);
        let row = self.rows.len() as u32;
        let first = self.first(hash, key);
        let key = match first {
            Some(first) => self.rows[first].key.clone(),
            None => added(&mut self.keys, key),
        };
        let members = added(&mut self.members, members);
        self.rows.push(JoinRow {
            hash,
            key,
            members,
            next: 0,
            last: row,
        });
        match first {
            Some(first) => {
                let last = self.rows[first].last;
                self.rows[last as usize].next = row;
                self.rows[first].last = row;
            }
            None => {
                let Self { index, rows, .. } = self;
                index.insert_unique(hash, row, |&other| rows[other as usize].hash);
            }
        }
    }

    #[inline(always)]
    fn first(&self, hash: u64, key: &[u8]) -> Option<usize> {
        let same = |&row: &u32| &self.keys[self.rows[row as usize].key.clone()] == key;
        self.index.find(hash, same).map(|&row| row as usize)
    }

    /// The members of a record, and the record after it that has the same key.
    #[inline(always)]
    fn row(&self, row: usize) -> (&[u8], Option<usize>) {
        let JoinRow { members, next, .. } = &self.rows[row];
        let next = if *next == 0 { None } else { Some(*next as usize) };
        (&self.members[members.clone()], next)
    }
}

fn added(all: &mut Vec<u8>, bytes: &[u8]) -> Range<usize> {
    let start = all.len();
    all.extend_from_slice(bytes);
    start..all.len()
}

impl Join {
    /// At most so many `threads` work at once: two are of use, one is the caller's alone.
    ///
    /// # Panics
    /// When a path of the program has no key, or more than [`crate::MAX_PATH_KEYS`].
    pub fn new(program: JoinProgram, table: JoinTable, threads: usize) -> Self {
        let shared = Arc::new(Shared {
            program,
            table,
            met: AtomicU32::new(0),
        });
        Self {
            first: JoinWorker::new(Arc::clone(&shared)),
            second: JoinWorker::new(shared),
            halves: Halves::of(threads),
        }
    }

    /// One that does the same on a thread of its own.
    pub fn worker(&self) -> JoinWorker {
        JoinWorker::new(Arc::clone(&self.first.shared))
    }

    /// Joins the whole lines of the chunk, and writes to `out[length..]`.
    pub fn run(&mut self, chunk: Chunk<'_>, out: &mut [u8], length: usize) -> Progress {
        let Self { first, second, halves } = self;
        halves.run(
            chunk,
            out,
            length,
            |part, out, length| first.run(part, out, length),
            |part, out, length| second.run(part, out, length),
        )
    }

    /// A bit for each key, the first one's the lowest: whether a record had a value for it. The highest bit: whether there was a record.
    pub fn met(&self) -> u32 {
        self.first.shared.met.load(Ordering::Relaxed)
    }
}

impl JoinWorker {
    fn new(shared: Arc<Shared>) -> Self {
        Self {
            fields: RecordFields::new(&shared.program.paths),
            shared,
            key: Vec::new(),
            met: 0,
        }
    }

    dispatched! {
        /// Joins the whole lines of the chunk, and writes to `out[length..]`.
        pub fn run(self: &mut JoinWorker, chunk: Chunk<'_>, out: &mut [u8], length: usize) -> Progress => work
    }
}

impl RecordWork for JoinWorker {
    #[inline(always)]
    fn fields(&mut self) -> Option<&mut RecordFields> {
        Some(&mut self.fields)
    }

    #[inline(always)]
    fn write(
        &mut self,
        bytes: &[u8],
        record: Range<usize>,
        out: &mut [u8],
        length: usize,
    ) -> Result<Written, NotUsual> {
        let Self {
            shared,
            fields,
            key,
            met,
        } = self;
        let Shared { program, table, .. } = &**shared;
        let is_there = |&slot: &usize| fields.value(bytes, slot).is_some();
        if !program.present.iter().all(is_there) || program.absent.iter().any(is_there) {
            return Err(NotUsual);
        }
        key.clear();
        let mut met_now = MET_RECORD;
        let mut has_key = true;
        for (index, &slot) in program.keys.iter().enumerate() {
            match fields.value(bytes, slot) {
                None | Some(b"null") => has_key = false,
                Some(text) => {
                    met_now |= 1 << index;
                    if has_key {
                        add_matching(text, program.is_strict, key)?;
                    }
                }
            }
        }
        if *met & met_now != met_now {
            *met |= met_now;
            shared.met.fetch_or(met_now, Ordering::Relaxed);
        }
        let first = if has_key {
            table.first(hash(&table.hashes, key), key)
        } else {
            None
        };
        let record = &bytes[record];
        let Some(first) = first else {
            return Ok(match &program.unmatched {
                None => Written::Nothing,
                Some(members) => put_pair(record, members, out, length),
            });
        };
        match program.matched {
            Matched::Nothing => Ok(Written::Nothing),
            Matched::Record => Ok(put_pair(record, b"", out, length)),
            Matched::Pairs => {
                let mut at = length;
                let mut row = Some(first);
                while let Some(this) = row {
                    let (members, next) = table.row(this);
                    match put_pair(record, members, out, at) {
                        Written::UpTo(end) => at = end,
                        other => return Ok(other),
                    }
                    row = next;
                }
                Ok(Written::UpTo(at))
            }
        }
    }
}

/// Writes the record with these members at its end.
#[inline(always)]
fn put_pair(record: &[u8], members: &[u8], out: &mut [u8], length: usize) -> Written {
    if members.is_empty() {
        return put(&[record, b"\n"], out, length);
    }
    // The brace that closes the record, and blanks before it, make room.
    let mut end = record.len() - 1;
    while record[end - 1] <= b' ' {
        end -= 1;
    }
    let comma: &[u8] = if record[end - 1] == b'{' { b"" } else { b"," };
    put(&[&record[..end], comma, members, b"}\n"], out, length)
}
