//! The values at a few paths of a record, which is checked as a whole: the twin of `filter/record-fields.ts`.

use crate::block::{Block, WIDTH, load};
use crate::json_scan::{NotUsual, Scan, byte_at, scan_string, scan_value, skip_blanks};

/// Finds the values of paths in record after record.
#[derive(Debug)]
pub(crate) struct RecordFields {
    /// The first one is that of the record itself.
    levels: Vec<Level>,
    /// Where the value of each path stands; an end of 0: nowhere.
    places: Vec<(usize, usize)>,
}

/// The keys of one level of objects that paths go through or end at.
#[derive(Debug, Default)]
struct Level {
    wanted: Vec<Wanted>,
    /// The keys of the last object of this level, in order: records of one source mostly have the same ones.
    expected: Vec<Expected>,
    /// The slots of everything at this level and below it.
    slots: Vec<usize>,
}

#[derive(Debug)]
struct Wanted {
    key: Vec<u8>,
    slot: Option<usize>,
    below: Option<usize>,
}

/// What stands between one value of an object and the next, `,"name":`, or before its first one, `"name":`; with blanks, but for those
/// before the value.
#[derive(Debug)]
struct Expected {
    text: [u8; WIDTH],
    /// A bit for each byte of it.
    mask: u32,
    length: usize,
    /// Which of the wanted keys it is.
    wanted: Option<usize>,
}

/// An object that is being read while one inside it is.
#[derive(Clone, Copy, Default)]
struct Outer {
    level: usize,
    nth: usize,
    /// What becomes of the inner object.
    slot: Option<usize>,
    start: usize,
}

/// The most keys that a path can have.
pub const MAX_PATH_KEYS: usize = 8;

/// Objects with more keys than this are read key by key.
const MAX_EXPECTED_KEYS: usize = 256;

impl RecordFields {
    /// # Panics
    /// When a path has no key, or more than [`MAX_PATH_KEYS`].
    pub(crate) fn new(paths: &[Vec<Vec<u8>>]) -> Self {
        assert!(paths.iter().all(|path| (1..=MAX_PATH_KEYS).contains(&path.len())));
        let all: Vec<(usize, &[Vec<u8>])> = paths.iter().map(Vec::as_slice).enumerate().collect();
        let mut levels = Vec::new();
        add_level(&all, &mut levels);
        Self {
            levels,
            places: vec![(0, 0); paths.len()],
        }
    }

    /// The value of a path in the record that was scanned last.
    #[inline(always)]
    pub(crate) fn value<'bytes>(&self, bytes: &'bytes [u8], slot: usize) -> Option<&'bytes [u8]> {
        let (start, end) = self.places[slot];
        if end == 0 { None } else { Some(&bytes[start..end]) }
    }

    /// Scans the object at `start` and returns where it ends.
    ///
    /// # Safety
    /// The processor has what `B` needs.
    #[inline(always)]
    pub(crate) unsafe fn scan<B: Block>(&mut self, bytes: &[u8], start: usize) -> Scan {
        let Self { levels, places } = self;
        places.fill((0, 0));
        let mut outer = [Outer::default(); MAX_PATH_KEYS];
        let mut depth = 0;
        let mut level = 0;
        // Keys of the object at hand so far.
        let mut nth = 0;
        // After the bracket that opens it, or after a value.
        let mut at = start + 1;
        loop {
            // Without a closure, which the compiler may leave a function of its own, without vectors.
            let wanted = if let Some(expected) = levels[level].expected.get(nth)
                // SAFETY: as the caller promises; the text is a block.
                && unsafe { load::<B>(bytes, at).equal(B::load(expected.text.as_ptr())) } & expected.mask == expected.mask
            {
                at += expected.length;
                expected.wanted
            } else {
                let begin = at;
                at = skip_blanks(bytes, at);
                match byte_at(bytes, at) {
                    b'}' => {
                        at += 1;
                        if depth == 0 {
                            return Ok(at);
                        }
                        depth -= 1;
                        let Outer { slot, start, .. } = outer[depth];
                        (level, nth) = (outer[depth].level, outer[depth].nth);
                        if let Some(slot) = slot {
                            places[slot] = (start, at);
                        }
                        continue;
                    }
                    b',' if nth > 0 => at = skip_blanks(bytes, at + 1),
                    _ if nth == 0 => {}
                    _ => return Err(NotUsual),
                }
                if byte_at(bytes, at) != b'"' {
                    return Err(NotUsual);
                }
                // SAFETY: as the caller promises.
                let end = unsafe { scan_string::<B>(bytes, at)? };
                if byte_at(bytes, end) != b':' {
                    return Err(NotUsual);
                }
                let wanted = levels[level].learn(&bytes[begin..=end], &bytes[at + 1..end - 1], nth)?;
                at = end + 1;
                wanted
            };
            nth += 1;
            at = skip_blanks(bytes, at);
            let value = at;
            let mut place = None;
            if let Some(index) = wanted {
                let Wanted { slot, below, .. } = levels[level].wanted[index];
                if let Some(below) = below {
                    let first = byte_at(bytes, at);
                    if first != b'{' && first != b'n' {
                        return Err(NotUsual);
                    }
                    // A key that is there twice: the last one counts.
                    for &slot in &levels[below].slots {
                        places[slot] = (0, 0);
                    }
                    if first == b'{' {
                        outer[depth] = Outer {
                            level,
                            nth,
                            slot,
                            start: value,
                        };
                        depth += 1;
                        level = below;
                        nth = 0;
                        at += 1;
                        continue;
                    }
                }
                place = slot;
            }
            // SAFETY: as the caller promises.
            at = unsafe { scan_value::<B>(bytes, at)? };
            if let Some(slot) = place {
                places[slot] = (value, at);
            }
        }
    }
}

/// Adds the level that these paths begin at, and those below it; returns its index.
fn add_level(paths: &[(usize, &[Vec<u8>])], levels: &mut Vec<Level>) -> usize {
    let index = levels.len();
    levels.push(Level {
        slots: paths.iter().map(|&(slot, _)| slot).collect(),
        ..Level::default()
    });
    let mut keys: Vec<&Vec<u8>> = Vec::new();
    for (_, path) in paths {
        if !keys.contains(&&path[0]) {
            keys.push(&path[0]);
        }
    }
    for key in keys {
        let under: Vec<_> = paths.iter().filter(|(_, path)| path[0] == *key).collect();
        let slot = under.iter().find(|(_, path)| path.len() == 1).map(|&&(slot, _)| slot);
        let deeper: Vec<_> = under
            .iter()
            .filter(|(_, path)| path.len() > 1)
            .map(|&&(slot, path)| (slot, &path[1..]))
            .collect();
        let below = if deeper.is_empty() {
            None
        } else {
            Some(add_level(&deeper, levels))
        };
        levels[index].wanted.push(Wanted {
            key: key.clone(),
            slot,
            below,
        });
    }
    index
}

impl Level {
    /// The nth key of the object at hand has this name, and stands there in this text: which of the wanted ones it is.
    fn learn(&mut self, text: &[u8], name: &[u8], nth: usize) -> Result<Option<usize>, NotUsual> {
        if name.contains(&b'\\') {
            return Err(NotUsual);
        }
        let wanted = self.wanted.iter().position(|wanted| wanted.key == name);
        if text.len() <= WIDTH && nth < MAX_EXPECTED_KEYS && nth <= self.expected.len() {
            let mut padded = [0; WIDTH];
            padded[..text.len()].copy_from_slice(text);
            let expected = Expected {
                text: padded,
                mask: u32::MAX >> (WIDTH - text.len()),
                length: text.len(),
                wanted,
            };
            if nth < self.expected.len() {
                self.expected[nth] = expected;
            } else {
                self.expected.push(expected);
            }
        }
        Ok(wanted)
    }
}
