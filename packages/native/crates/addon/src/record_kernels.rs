//! The kernels of NDJSON and JSON, as JavaScript sees them.

use cuprum_records::{self as records, Condition, Operand, Outcome, Piece, RecordProgram};
use napi::bindgen_prelude::{BufferSlice, Either};
use napi_derive::napi;

use crate::carry::{Carried, Course, Follower, Sharing, carry};
use crate::chunks::Lines;
use crate::pipes::Thrown;
use crate::progress::{Progress, lines};

#[napi]
pub struct JsonElements(records::JsonElements);

#[napi]
impl JsonElements {
    #[napi(constructor)]
    pub fn new(max_record_bytes: f64) -> Self {
        let max_record_bytes = max_record_bytes as usize;
        Self(records::JsonElements { max_record_bytes })
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
}

#[napi(object, object_to_js = false)]
pub struct RawRecordProgram {
    pub paths: Vec<Vec<String>>,
    /// The condition, operands first; see `decoded`.
    pub condition: Vec<u32>,
    pub numbers: Vec<f64>,
    pub texts: Vec<String>,
    /// What is written before and after a record that is kept, instead of nothing and a newline.
    pub before: Option<String>,
    pub after: Option<String>,
    /// The slot whose value decides.
    pub if_true: Option<u32>,
    /// Slots, and what stands between them.
    pub pieces: Vec<Either<u32, String>>,
}

#[napi]
pub struct Records {
    records: records::Records,
    sharing: Sharing,
}

#[napi]
impl Records {
    #[napi(constructor, catch_unwind)]
    pub fn new(program: RawRecordProgram, sharing: Sharing) -> Result<Self, Thrown> {
        let condition = decoded(&program).ok_or_else(|| misused("a condition that makes no sense"))?;
        let slots = program.paths.len();
        let slot = |slot: u32| {
            let slot = slot as usize;
            if slot < slots {
                Ok(slot)
            } else {
                Err(misused("a slot that is not there"))
            }
        };
        let result = if let Some(decides) = program.if_true {
            Outcome::IfTrue { slot: slot(decides)? }
        } else if program.pieces.is_empty() {
            Outcome::Record {
                before: program.before.unwrap_or_default().into_bytes(),
                after: program.after.unwrap_or_else(|| "\n".to_owned()).into_bytes(),
            }
        } else {
            let pieces = program.pieces.into_iter().map(|piece| match piece {
                Either::A(place) => Ok(Piece::Slot(slot(place)?)),
                Either::B(text) => Ok(Piece::Bytes(text.into_bytes())),
            });
            Outcome::Built(pieces.collect::<Result<_, Thrown>>()?)
        };
        let program = RecordProgram {
            paths: paths_of(program.paths)?,
            condition,
            result,
        };
        Ok(Self {
            records: records::Records::new(program, sharing.threads()),
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
        Ok(self.records.run(chunk, &mut out, length).into())
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
        let worker = || self.lines();
        let course = Course {
            input,
            output,
            begun,
            milliseconds,
            followers: &followers,
        };
        carry(course, &self.sharing, worker)
    }
}

impl Records {
    pub(crate) fn lines(&self) -> Lines {
        Lines::Records(self.records.worker())
    }
}

/// The condition, of which the operands come before the operators: 0 N slot, 1 null, 2 false, 3 true, 4 N number, 5 N text;
/// 10 to 15 the comparisons == != < <= > >=; 20 and, 21 or, 22 not; 23 N whether a slot is neither false nor null.
///
/// `None` when it is none of these; `Some(None)` for no condition.
fn decoded(program: &RawRecordProgram) -> Option<Option<Condition>> {
    let mut codes = program.condition.iter().copied();
    let mut operands: Vec<Operand> = Vec::new();
    let mut conditions: Vec<Condition> = Vec::new();
    let slot_of = |index: Option<u32>| {
        index
            .map(|index| index as usize)
            .filter(|&slot| slot < program.paths.len())
    };
    while let Some(code) = codes.next() {
        match code {
            0 => operands.push(Operand::Slot(slot_of(codes.next())?)),
            1 => operands.push(Operand::Null),
            2 | 3 => operands.push(Operand::Boolean(code == 3)),
            4 => operands.push(Operand::Number(*program.numbers.get(codes.next()? as usize)?)),
            5 => operands.push(Operand::Text(
                program.texts.get(codes.next()? as usize)?.clone().into_bytes(),
            )),
            10..=15 => {
                use records::Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
                let comparison = [Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual][code as usize - 10];
                let (right, left) = (operands.pop()?, operands.pop()?);
                conditions.push(Condition::Compare(comparison, left, right));
            }
            20 | 21 => {
                let (right, left) = (Box::new(conditions.pop()?), Box::new(conditions.pop()?));
                conditions.push(if code == 20 {
                    Condition::And(left, right)
                } else {
                    Condition::Or(left, right)
                });
            }
            22 => {
                let condition = Box::new(conditions.pop()?);
                conditions.push(Condition::Not(condition));
            }
            23 => conditions.push(Condition::Truthy(slot_of(codes.next())?)),
            _ => return None,
        }
    }
    let condition = conditions.pop();
    if operands.is_empty() && conditions.is_empty() {
        Some(condition)
    } else {
        None
    }
}

/// Paths, each of which has as many keys as a kernel can do with.
pub(crate) fn paths_of(paths: Vec<Vec<String>>) -> Result<Vec<Vec<Vec<u8>>>, Thrown> {
    let is_fine = |path: &Vec<String>| (1..=records::MAX_PATH_KEYS).contains(&path.len());
    if !paths.iter().all(is_fine) {
        return Err(misused("a path that is too short or too long"));
    }
    let bytes_of = |path: Vec<String>| path.into_iter().map(String::into_bytes).collect();
    Ok(paths.into_iter().map(bytes_of).collect())
}

pub(crate) fn misused(what: &str) -> Thrown {
    Thrown::new("BAD_OPTION", format!("a kernel was given {what}"))
}
