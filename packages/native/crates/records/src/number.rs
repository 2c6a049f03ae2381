//! Which text is more than text: the rules of `text/typed-text.ts`, which has the reasons.

/// What the text of a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    /// A JSON number that a double holds without changing it, `true` or `false`.
    Value,
    /// The same but for the zero before its point.
    BareFraction,
    Text,
}

/// No double needs more digits than this to be written exactly.
const MAX_NUMBER_BYTES: usize = 800;

/// Every decimal number of up to 15 significant digits survives a double (C's DBL_DIG).
pub(crate) const MAX_EXACT_DIGITS: usize = 15;

pub(crate) fn typed(text: &[u8]) -> Typed {
    let Some(&first) = text.first() else {
        return Typed::Text;
    };
    if matches!(first, b't' | b'f') {
        return if text == b"true" || text == b"false" {
            Typed::Value
        } else {
            Typed::Text
        };
    }
    let (sign, digits) = if first == b'-' {
        text.split_at(1)
    } else {
        text.split_at(0)
    };
    if digits.first() == Some(&b'.') {
        if text.len() > MAX_NUMBER_BYTES {
            return Typed::Text;
        }
        let whole: Vec<u8> = [sign, b"0", digits].concat();
        return if survives_double(&whole) {
            Typed::BareFraction
        } else {
            Typed::Text
        };
    }
    if text.len() <= MAX_NUMBER_BYTES && survives_double(text) {
        Typed::Value
    } else {
        Typed::Text
    }
}

/// Whether the text is a JSON number whose value a double holds: reading it and writing it again gives the same number.
fn survives_double(text: &[u8]) -> bool {
    let Some(parts) = Parts::of(text) else {
        return false;
    };
    let significant = parts.significant();
    if significant.0 == 0 {
        return true;
    }
    if significant.0 <= MAX_EXACT_DIGITS && parts.exponent == 0 && text.len() < 300 {
        return true;
    }
    // It is ASCII: its parts are digits, signs, a point and an exponent.
    let Ok(value) = std::str::from_utf8(text).unwrap_or("").parse::<f64>() else {
        return false;
    };
    if !value.is_finite() {
        return false;
    }
    // The shortest text that gives the same double, as ECMAScript's Number::toString has it.
    let written = format!("{value:e}");
    Parts::of(written.as_bytes()).is_some_and(|other| parts.same_number(&other))
}

/// A JSON number, taken apart.
struct Parts<'text> {
    whole: &'text [u8],
    fraction: &'text [u8],
    /// Far beyond what a double has when the text is.
    exponent: i64,
}

impl<'text> Parts<'text> {
    fn of(text: &'text [u8]) -> Option<Self> {
        let text = text.strip_prefix(b"-").unwrap_or(text);
        let (whole, rest) = digits(text);
        if whole.is_empty() || (whole.len() > 1 && whole[0] == b'0') {
            return None;
        }
        let (fraction, rest) = match rest.strip_prefix(b".") {
            Some(rest) => digits(rest),
            None => (&rest[..0], rest),
        };
        if rest.len() < text.len() - whole.len() && fraction.is_empty() && text[whole.len()] == b'.' {
            return None;
        }
        let exponent = match rest {
            [] => 0,
            [b'e' | b'E', power @ ..] => exponent_of(power)?,
            _ => return None,
        };
        Some(Self {
            whole,
            fraction,
            exponent,
        })
    }

    /// How many significant digits there are, and the power of ten of the first one, from the decimal point on.
    fn significant(&self) -> (usize, i64) {
        let total = self.whole.len() + self.fraction.len();
        let leading = self.all().take_while(|&digit| digit == b'0').count();
        if leading == total {
            return (0, 0);
        }
        let trailing = self
            .fraction
            .iter()
            .rev()
            .chain(self.whole.iter().rev())
            .take_while(|&&digit| digit == b'0')
            .count();
        let power = self.whole.len() as i64 + self.exponent - leading as i64;
        (total - leading - trailing, power)
    }

    fn same_number(&self, other: &Self) -> bool {
        let (count, power) = self.significant();
        let (other_count, other_power) = other.significant();
        if count != other_count || (count > 0 && power != other_power) {
            return false;
        }
        let first = |parts: &Self| parts.all().take_while(|&digit| digit == b'0').count();
        self.all()
            .skip(first(self))
            .take(count)
            .eq(other.all().skip(first(other)).take(count))
    }

    fn all(&self) -> impl Iterator<Item = u8> + use<'text> {
        self.whole.iter().chain(self.fraction.iter()).copied()
    }
}

fn exponent_of(power: &[u8]) -> Option<i64> {
    let (negative, text) = match power {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let (found, rest) = digits(text);
    if found.is_empty() || !rest.is_empty() {
        return None;
    }
    let magnitude = found.iter().fold(0_i64, |sum, &digit| {
        (sum * 10 + i64::from(digit - b'0')).min(1_000_000_000)
    });
    Some(if negative { -magnitude } else { magnitude })
}

fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().take_while(|byte| byte.is_ascii_digit()).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_a_double_holds_are_values() {
        for text in [
            "0",
            "-0",
            "42",
            "-17",
            "1.10",
            "1e3",
            "1E+3",
            "1.5e-7",
            "9007199254740992",
            "0.30000000000000004",
            "100000000000000000000",
            "1.7976931348623157e308",
            "5e-324",
            "0.00000000000000000",
            "true",
            "false",
        ] {
            assert_eq!(typed(text.as_bytes()), Typed::Value, "{text}");
        }
    }

    #[test]
    fn numbers_that_lack_only_a_zero_are_bare_fractions() {
        for text in [".5", "-.5", ".50", ".5e3"] {
            assert_eq!(typed(text.as_bytes()), Typed::BareFraction, "{text}");
        }
    }

    #[test]
    fn everything_else_is_text() {
        for text in [
            "",
            "-",
            ".",
            "-.",
            "5.",
            "007",
            "-01",
            "00",
            "1e",
            "1e+",
            "1e400",
            "-1e999",
            "1e-400",
            "9007199254740993",
            "0.1000000000000000055",
            ".1000000000000000055",
            "tru",
            "truex",
            "0x10",
            "1.2.3",
            "2024-01-02",
            ".5.",
            "1.e5",
            "1e99999999999999999999",
        ] {
            assert_eq!(typed(text.as_bytes()), Typed::Text, "{text}");
        }
    }
}
