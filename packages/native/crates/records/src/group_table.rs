//! The groups, and what was added to them.

use std::sync::Arc;

use hashbrown::HashTable;

use crate::groups::{Aggregate, ENTRY_HEAD, GroupProgram};
use crate::record_program::{Value, compare, value_of};

/// The groups in the order in which they first appeared.
#[derive(Debug)]
pub struct GroupTable {
    program: Arc<GroupProgram>,
    index: HashTable<u32>,
    groups: Vec<Group>,
    /// Key and texts of each group, in a row.
    bytes: Vec<u8>,
    /// Those of all aggregates of a group, then those of the next.
    states: Vec<State>,
    /// What all of it is said to take.
    taken_bytes: usize,
}

#[derive(Debug)]
struct Group {
    hash: u64,
    start: usize,
    key_end: usize,
    end: usize,
}

/// What is remembered of the values of a group, to say one thing about them.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct State {
    pub count: f64,
    /// As in `sketches/exact-sum.ts`.
    pub sum: f64,
    pub rest: f64,
    /// The JSON text of a value; empty: there is none.
    pub text: Vec<u8>,
}

impl GroupTable {
    pub(crate) fn new(program: Arc<GroupProgram>) -> Self {
        Self {
            program,
            index: HashTable::new(),
            groups: Vec::new(),
            bytes: Vec::new(),
            states: Vec::new(),
            taken_bytes: 0,
        }
    }

    pub fn len(&self) -> usize {
        self.groups.len()
    }

    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Whether no further records are to be taken.
    pub fn is_full(&self) -> bool {
        self.taken_bytes > self.program.max_bytes
    }

    /// The texts of the values that make the group, with commas between them.
    pub fn texts(&self, group: usize) -> &[u8] {
        let Group { key_end, end, .. } = self.groups[group];
        &self.bytes[key_end..end]
    }

    /// What is remembered of the group, an element for each aggregate.
    pub fn states(&self, group: usize) -> &[State] {
        let count = self.program.aggregates.len();
        &self.states[group * count..(group + 1) * count]
    }

    /// Sets it, if the texts are of values that can be compared here where that is to be done.
    pub fn set_states(&mut self, group: usize, states: Vec<State>) -> bool {
        let aggregates = &self.program.aggregates;
        let is_fine = |(aggregate, state): (&Aggregate, &State)| {
            let is_compared = matches!(aggregate, Aggregate::Least(_) | Aggregate::Greatest(_));
            !is_compared || state.text.is_empty() || is_comparable(&state.text)
        };
        if states.len() != aggregates.len() || !aggregates.iter().zip(&states).all(is_fine) {
            return false;
        }
        self.taken_bytes += states.iter().map(|state| TEXT_GROWTH * state.text.len()).sum::<usize>();
        self.states
            .splice(group * states.len()..(group + 1) * states.len(), states);
        true
    }

    /// Forgets all groups.
    pub fn clear(&mut self) {
        *self = Self::new(Arc::clone(&self.program));
    }

    pub(crate) fn begin(&mut self, hash: u64, key: &[u8], texts: &[u8]) -> usize {
        let group = self.groups.len();
        let start = self.bytes.len();
        self.bytes.extend_from_slice(key);
        let key_end = self.bytes.len();
        self.bytes.extend_from_slice(texts);
        let end = self.bytes.len();
        self.groups.push(Group {
            hash,
            start,
            key_end,
            end,
        });
        let Self { index, groups, .. } = self;
        index.insert_unique(hash, group as u32, |&other| groups[other as usize].hash);
        self.states
            .resize(self.states.len() + self.program.aggregates.len(), State::default());
        self.taken_bytes += self.program.group_bytes + TEXT_GROWTH * (end - start);
        group
    }

    /// Adds what the entries of records say, in their order.
    pub(crate) fn take(&mut self, entries: &[u8]) {
        let mut rest = entries;
        while !rest.is_empty() {
            let (head, after) = rest.split_at(ENTRY_HEAD);
            let part = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().unwrap_or_default()) as usize;
            let hash = u64::from_le_bytes(head[12..].try_into().unwrap_or_default());
            let (content, next) = after.split_at(part(0) - ENTRY_HEAD);
            let (key, content) = content.split_at(part(4));
            let (texts, given) = content.split_at(part(8));
            let group = self.find(hash, key).unwrap_or_else(|| self.begin(hash, key, texts));
            self.add(group, given);
            rest = next;
        }
    }

    #[inline(always)]
    fn find(&self, hash: u64, key: &[u8]) -> Option<usize> {
        let same = |&group: &u32| {
            let Group { start, key_end, .. } = self.groups[group as usize];
            &self.bytes[start..key_end] == key
        };
        self.index.find(hash, same).map(|&group| group as usize)
    }

    #[inline(always)]
    fn add(&mut self, group: usize, given: &[u8]) {
        let aggregates = &self.program.aggregates;
        let states = &mut self.states[group * aggregates.len()..];
        let mut taken = self.taken_bytes;
        let mut rest = given;
        for (aggregate, state) in aggregates.iter().zip(states) {
            match aggregate {
                Aggregate::Records => state.count += 1.0,
                Aggregate::Values(_) => {
                    state.count += f64::from(rest[0]);
                    rest = &rest[1..];
                }
                Aggregate::Sum(_) => {
                    let is_number = rest[0] == 1;
                    rest = &rest[1..];
                    if is_number {
                        let (number, next) = rest.split_at(8);
                        state.add(f64::from_le_bytes(number.try_into().unwrap_or_default()));
                        rest = next;
                    }
                }
                Aggregate::Least(_) | Aggregate::Greatest(_) | Aggregate::First(_) | Aggregate::Last(_) => {
                    let (length, next) = rest.split_at(4);
                    let length = u32::from_le_bytes(length.try_into().unwrap_or_default()) as usize;
                    let (text, next) = next.split_at(length);
                    rest = next;
                    if !text.is_empty() && state.is_replaced(*aggregate, text) {
                        taken = taken + TEXT_GROWTH * text.len() - TEXT_GROWTH * state.text.len();
                        state.text.clear();
                        state.text.extend_from_slice(text);
                    }
                }
            }
        }
        self.taken_bytes = taken;
    }
}

/// Whether the order of this value among others is known here.
pub(crate) fn is_comparable(text: &[u8]) -> bool {
    value_of(text).is_ok_and(|value| !matches!(value, Value::Array | Value::Object))
}

impl State {
    /// A sum of doubles whose rounding errors are summed, too (Neumaier 1974).
    #[inline(always)]
    fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        if sum.is_finite() {
            self.rest += if self.sum.abs() >= value.abs() {
                self.sum - sum + value
            } else {
                value - sum + self.sum
            };
        }
        self.sum = sum;
        self.count += 1.0;
    }

    /// Whether the value with this text takes the place of the one that is remembered.
    fn is_replaced(&self, aggregate: Aggregate, text: &[u8]) -> bool {
        if self.text.is_empty() {
            return true;
        }
        // Both were found to be comparable.
        let order = || compare(value_of(text).ok()?, value_of(&self.text).ok()?).ok();
        match aggregate {
            Aggregate::Least(_) => order().is_some_and(std::cmp::Ordering::is_lt),
            Aggregate::Greatest(_) => order().is_some_and(std::cmp::Ordering::is_gt),
            Aggregate::Last(_) => true,
            _ => false,
        }
    }
}

/// What a byte of text counts for: in the reference it is there several times, of two bytes a character.
const TEXT_GROWTH: usize = 5;
