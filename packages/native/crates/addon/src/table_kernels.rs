//! The kernels that group records and join them, as JavaScript sees them.

use cuprum_records::{self as records, Aggregate, GroupProgram, JoinProgram, JoinTable, Matched, State};
use napi::bindgen_prelude::{Buffer, BufferSlice, Float64Array, Uint32Array};
use napi_derive::napi;

use crate::carry::{Carried, Course, Follower, Sharing, carry};
use crate::chunks::Lines;
use crate::pipes::Thrown;
use crate::progress::{Progress, lines};
use crate::record_kernels::{misused, paths_of};

#[napi(object, object_to_js = false)]
pub struct RawGroupProgram {
    pub paths: Vec<Vec<String>>,
    /// Slots.
    pub by: Vec<u32>,
    /// For each aggregate its kind (0 records, 1 values, 2 sum, 3 least, 4 greatest, 5 first, 6 last) and its slot.
    pub aggregates: Vec<u32>,
    pub group_bytes: f64,
    pub max_bytes: f64,
}

/// Some groups, one after the other.
#[napi(object, object_from_js = false)]
pub struct GroupStates {
    /// For each group a line, a comma and an array of JSON: the values that make it, and of what its aggregates remember.
    pub texts: Buffer,
    /// For each aggregate of each group: count, sum, and what rounding took from the sum.
    pub numbers: Float64Array,
}

#[napi]
pub struct Groups {
    groups: records::Groups,
    sharing: Sharing,
}

#[napi]
impl Groups {
    #[napi(constructor, catch_unwind)]
    pub fn new(program: RawGroupProgram, sharing: Sharing) -> Result<Self, Thrown> {
        let slots = program.paths.len();
        let slot_of = |slot: u32| slot_in(slot, slots);
        let aggregates = program.aggregates.chunks(2).map(|pair| {
            let &[kind, slot] = pair else {
                return Err(misused("an aggregate without a slot"));
            };
            Ok(match kind {
                0 => Aggregate::Records,
                1 => Aggregate::Values(slot_of(slot)?),
                2 => Aggregate::Sum(slot_of(slot)?),
                3 => Aggregate::Least(slot_of(slot)?),
                4 => Aggregate::Greatest(slot_of(slot)?),
                5 => Aggregate::First(slot_of(slot)?),
                6 => Aggregate::Last(slot_of(slot)?),
                _ => return Err(misused("an aggregate that is none")),
            })
        });
        let program = GroupProgram {
            aggregates: aggregates.collect::<Result<_, _>>()?,
            by: program.by.iter().map(|&slot| slot_of(slot)).collect::<Result<_, _>>()?,
            paths: paths_of(program.paths)?,
            group_bytes: program.group_bytes as usize,
            max_bytes: program.max_bytes as usize,
        };
        Ok(Self {
            groups: records::Groups::new(program),
            sharing,
        })
    }

    /// Takes records into their groups; writes nothing.
    #[napi(catch_unwind)]
    pub fn run(
        &mut self,
        bytes: &[u8],
        start: u32,
        end: u32,
        out: BufferSlice<'_>,
        length: u32,
    ) -> Result<Progress, Thrown> {
        let (chunk, length) = lines(bytes, start, end, &out, length)?;
        let progress = self.groups.run(chunk);
        Ok(records::Progress { length, ..progress }.into())
    }

    /// Goes on from `begun`, without a whole line, with what it reads itself. Nothing is written, and nobody can follow.
    #[napi(catch_unwind)]
    pub fn carry(
        &self,
        input: i32,
        output: i32,
        begun: &[u8],
        milliseconds: u32,
        _followers: Vec<Follower<'_>>,
    ) -> Carried {
        let course = Course {
            input,
            output,
            begun,
            milliseconds,
            followers: &[],
        };
        carry(course, &self.sharing, || self.lines())
    }

    #[napi(getter)]
    pub fn count(&self) -> u32 {
        self.groups.table().len() as u32
    }

    #[napi(getter)]
    pub fn is_full(&self) -> bool {
        self.groups.table().is_full()
    }

    /// Adds a group that is not there: its key, the texts of the values that make it, and what its aggregates remember. False: that cannot be
    /// gone on with here.
    #[napi(catch_unwind)]
    pub fn begin(&self, key: &[u8], texts: String, numbers: Vec<f64>, values: Vec<String>) -> bool {
        let states = numbers.chunks_exact(3).zip(values).map(|(numbers, value)| State {
            count: numbers[0],
            sum: numbers[1],
            rest: numbers[2],
            text: value.into_bytes(),
        });
        let states = states.collect();
        let group = self.groups.begin(key, texts.as_bytes());
        self.groups.table().set_states(group, states)
    }

    /// The groups from `start` on to `end`, in the order in which they first appeared.
    #[napi(catch_unwind)]
    pub fn states(&self, start: u32, end: u32) -> GroupStates {
        let table = self.groups.table();
        let mut texts = Vec::new();
        let mut numbers = Vec::new();
        for group in start as usize..(end as usize).min(table.len()) {
            texts.extend_from_slice(b",[");
            texts.extend_from_slice(table.texts(group));
            let mut is_first = table.texts(group).is_empty();
            for State { count, sum, rest, text } in table.states(group) {
                if !is_first {
                    texts.push(b',');
                }
                is_first = false;
                texts.extend_from_slice(if text.is_empty() { b"null" } else { text });
                numbers.extend([*count, *sum, *rest]);
            }
            texts.extend_from_slice(b"]\n");
        }
        GroupStates {
            texts: texts.into(),
            numbers: numbers.into(),
        }
    }

    /// Forgets all groups.
    #[napi]
    pub fn clear(&self) {
        self.groups.table().clear();
    }
}

impl Groups {
    pub(crate) fn lines(&self) -> Lines {
        Lines::Groups(self.groups.worker())
    }
}

#[napi(object, object_to_js = false)]
pub struct RawJoinProgram {
    pub paths: Vec<Vec<String>>,
    /// Slots, so for the next two.
    pub keys: Vec<u32>,
    pub is_strict: bool,
    pub present: Vec<u32>,
    pub absent: Vec<u32>,
    /// What is written for a record with matches: 0 nothing, 1 the record, 2 a record for each match.
    pub matched: u32,
    /// What is added to a record without one; nothing is written if it is not there.
    pub unmatched: Option<String>,
}

#[napi]
pub struct Join {
    join: records::Join,
    sharing: Sharing,
}

#[napi]
impl Join {
    /// The keys of all records that are met, and what is added to those that meet them, each in a row: `ends` has where each of both ends.
    #[napi(constructor, catch_unwind)]
    pub fn new(
        program: RawJoinProgram,
        keys: &[u8],
        members: &[u8],
        ends: Uint32Array,
        sharing: Sharing,
    ) -> Result<Self, Thrown> {
        let slots = program.paths.len();
        let slots_of = |all: &[u32]| {
            let slots = all.iter().map(|&slot| slot_in(slot, slots));
            slots.collect::<Result<Vec<_>, Thrown>>()
        };
        if program.keys.is_empty() || program.keys.len() > records::MAX_JOIN_KEYS {
            return Err(misused("too many or too few keys"));
        }
        let mut table = JoinTable::default();
        let (mut key_start, mut members_start) = (0, 0);
        for pair in ends.chunks_exact(2) {
            let (key_end, members_end) = (pair[0] as usize, pair[1] as usize);
            match (keys.get(key_start..key_end), members.get(members_start..members_end)) {
                (Some(key), Some(members)) => table.add(key, members),
                _ => return Err(misused("records that are not there")),
            }
            (key_start, members_start) = (key_end, members_end);
        }
        let program = JoinProgram {
            keys: slots_of(&program.keys)?,
            present: slots_of(&program.present)?,
            absent: slots_of(&program.absent)?,
            is_strict: program.is_strict,
            matched: match program.matched {
                0 => Matched::Nothing,
                1 => Matched::Record,
                _ => Matched::Pairs,
            },
            unmatched: program.unmatched.map(String::into_bytes),
            paths: paths_of(program.paths)?,
        };
        Ok(Self {
            join: records::Join::new(program, table, sharing.threads()),
            sharing,
        })
    }

    #[napi(catch_unwind)]
    pub fn run(
        &mut self,
        bytes: &[u8],
        start: u32,
        end: u32,
        mut out: BufferSlice<'_>,
        length: u32,
    ) -> Result<Progress, Thrown> {
        let (chunk, length) = lines(bytes, start, end, &out, length)?;
        Ok(self.join.run(chunk, &mut out, length).into())
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
        let course = Course {
            input,
            output,
            begun,
            milliseconds,
            followers: &followers,
        };
        carry(course, &self.sharing, || self.lines())
    }

    /// A bit for each key, the first one's the lowest: whether a record had a value for it. The highest bit: whether there was a record.
    #[napi(getter)]
    pub fn met(&self) -> u32 {
        self.join.met()
    }
}

impl Join {
    pub(crate) fn lines(&self) -> Lines {
        Lines::Join(self.join.worker())
    }
}

fn slot_in(slot: u32, slots: usize) -> Result<usize, Thrown> {
    let slot = slot as usize;
    if slot < slots {
        Ok(slot)
    } else {
        Err(misused("a slot that is not there"))
    }
}
