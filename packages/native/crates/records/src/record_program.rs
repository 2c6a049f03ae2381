//! What is done with a record: a condition on the values at a few paths of it, and what is written then.
//!
//! The programs come from `stages/native-filter.ts`, as numbers and texts.

use std::cmp::Ordering;

use crate::json_scan::NotUsual;

/// What a record is held against, and what becomes of it.
#[derive(Debug)]
pub struct RecordProgram {
    /// The paths whose values are looked at or written; may be none.
    pub paths: Vec<Vec<Vec<u8>>>,
    pub condition: Option<Condition>,
    pub result: Outcome,
}

#[derive(Debug)]
pub enum Outcome {
    /// The record's own bytes, between these.
    Record { before: Vec<u8>, after: Vec<u8> },
    /// The record, if the value of this slot is true; nothing, if it is false or null.
    IfTrue { slot: usize },
    /// A record made of these pieces.
    Built(Vec<Piece>),
}

#[derive(Debug)]
pub enum Piece {
    Bytes(Vec<u8>),
    /// The value of a path, or null.
    Slot(usize),
}

#[derive(Debug)]
pub enum Condition {
    Compare(Comparison, Operand, Operand),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    Not(Box<Condition>),
    /// Neither false nor null.
    Truthy(usize),
}

#[derive(Clone, Copy, Debug)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug)]
pub enum Operand {
    Slot(usize),
    Null,
    Boolean(bool),
    Number(f64),
    Text(Vec<u8>),
}

/// A value as far as comparisons need it. The order of the kinds is jq's.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'text> {
    Null,
    False,
    True,
    Number(f64),
    Text(&'text [u8]),
    Array,
    Object,
}

impl Condition {
    /// `slots` gives the text of a slot's value; `None`: there is none, which is as null.
    ///
    /// # Errors
    /// When a value is such that the reference has to look at it.
    #[inline]
    pub(crate) fn holds<'record>(&self, slots: &impl Fn(usize) -> Option<&'record [u8]>) -> Result<bool, NotUsual> {
        match self {
            Self::Compare(comparison, left, right) => {
                let order = compare(left.value(slots)?, right.value(slots)?)?;
                Ok(match comparison {
                    Comparison::Equal => order.is_eq(),
                    Comparison::NotEqual => order.is_ne(),
                    Comparison::Less => order.is_lt(),
                    Comparison::LessOrEqual => order.is_le(),
                    Comparison::Greater => order.is_gt(),
                    Comparison::GreaterOrEqual => order.is_ge(),
                })
            }
            Self::And(left, right) => Ok(left.holds(slots)? && right.holds(slots)?),
            Self::Or(left, right) => Ok(left.holds(slots)? || right.holds(slots)?),
            Self::Not(condition) => Ok(!condition.holds(slots)?),
            Self::Truthy(slot) => Ok(slots(*slot).is_some_and(|text| !matches!(text[0], b'n' | b'f'))),
        }
    }
}

impl Operand {
    #[inline(always)]
    fn value<'value, 'record: 'value>(
        &'value self,
        slots: &impl Fn(usize) -> Option<&'record [u8]>,
    ) -> Result<Value<'value>, NotUsual> {
        match self {
            // Without a closure, which the compiler leaves a function of its own.
            Self::Slot(slot) => match slots(*slot) {
                None => Ok(Value::Null),
                Some(text) => value_of(text),
            },
            Self::Null => Ok(Value::Null),
            Self::Boolean(false) => Ok(Value::False),
            Self::Boolean(true) => Ok(Value::True),
            Self::Number(number) => Ok(Value::Number(*number)),
            Self::Text(text) => Ok(Value::Text(text)),
        }
    }
}

#[inline(always)]
pub(crate) fn value_of(text: &[u8]) -> Result<Value<'_>, NotUsual> {
    Ok(match text[0] {
        b'n' => Value::Null,
        b'f' => Value::False,
        b't' => Value::True,
        b'[' => Value::Array,
        b'{' => Value::Object,
        b'"' => {
            let inner = &text[1..text.len() - 1];
            if inner.contains(&b'\\') {
                return Err(NotUsual);
            }
            Value::Text(inner)
        }
        _ => Value::Number(number_of(text)?),
    })
}

/// Up to 15 digits: an integer, which is exact, divided by a power of ten, which is exact too, so that the one rounding gives the
/// nearest double (Clinger 1990, the fast path). What is longer or has an exponent may mean more than a double.
pub(crate) fn number_of(text: &[u8]) -> Result<f64, NotUsual> {
    const POWERS: [f64; 16] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ];
    let (negative, text) = text.strip_prefix(b"-").map_or((false, text), |rest| (true, rest));
    if text.len() > 16 {
        return Err(NotUsual);
    }
    let mut digits = 0_u64;
    let mut decimals = 0;
    let mut after_point = 0;
    for &byte in text {
        match byte {
            b'0'..=b'9' => {
                digits = digits * 10 + u64::from(byte - b'0');
                decimals += after_point;
            }
            b'.' => after_point = 1,
            _ => return Err(NotUsual),
        }
    }
    if digits > 999_999_999_999_999 {
        return Err(NotUsual);
    }
    let magnitude = digits as f64 / POWERS[decimals];
    Ok(if negative { -magnitude } else { magnitude })
}

/// jq's order. Texts are in that of their code points, which is that of their bytes.
pub(crate) fn compare(left: Value<'_>, right: Value<'_>) -> Result<Ordering, NotUsual> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.partial_cmp(&right).ok_or(NotUsual),
        (Value::Text(left), Value::Text(right)) => Ok(left.cmp(right)),
        (Value::Array, Value::Array) | (Value::Object, Value::Object) => Err(NotUsual),
        _ => Ok(rank(left).cmp(&rank(right))),
    }
}

fn rank(value: Value<'_>) -> u8 {
    match value {
        Value::Null => 0,
        Value::False => 1,
        Value::True => 2,
        Value::Number(_) => 3,
        Value::Text(_) => 4,
        Value::Array => 5,
        Value::Object => 6,
    }
}
