//! What lines are, said simply, and what `Lines` makes of the same bytes.

use cuprum_streams::{LineBatch, Lines};

/// Each line or piece, and whether it goes on.
pub fn split(bytes: &[u8], cuts: &[usize], max: usize) -> Vec<(String, bool)> {
    let mut parts = Vec::new();
    let mut emit = |LineBatch { text, unfinished }| {
        let last = text.split('\n').count() - 1;
        parts.extend(
            text.split('\n')
                .enumerate()
                .map(|(at, line)| (line.to_string(), unfinished && at == last)),
        );
    };
    let mut lines = Lines::new(max);
    let mut cuts: Vec<usize> = cuts
        .iter()
        .map(|cut| cut % (bytes.len() + 1))
        .chain([0, bytes.len()])
        .collect();
    cuts.sort_unstable();
    for window in cuts.windows(2) {
        lines.push(&bytes[window[0]..window[1]], &mut emit);
    }
    lines.finish(&mut emit);
    parts
}

/// What the lines are, said simply.
pub fn expected(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines: Vec<&str> = text.split('\n').collect();
    let last = lines.pop().unwrap_or_default();
    let mut lines: Vec<String> = lines
        .into_iter()
        .map(|line| line.strip_suffix('\r').unwrap_or(line).to_string())
        .collect();
    if !last.is_empty() {
        lines.push(last.to_string());
    }
    lines
}

/// Pieces put together again.
pub fn whole(parts: Vec<(String, bool)>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut begun = String::new();
    for (part, unfinished) in parts {
        begun.push_str(&part);
        if !unfinished {
            lines.push(std::mem::take(&mut begun));
        }
    }
    assert_eq!(begun, "", "a piece without its rest");
    lines
}
