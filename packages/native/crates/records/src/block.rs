//! Thirty-two bytes looked at together.
//!
//! A mask has a bit for each byte, the first byte's the lowest.

/// Bytes in a block.
pub(crate) const WIDTH: usize = 32;

pub(crate) trait Block: Copy {
    /// # Safety
    /// [`WIDTH`] bytes can be read at `from`, and the processor has what the implementation needs.
    unsafe fn load(from: *const u8) -> Self;

    /// # Safety
    /// [`WIDTH`] bytes can be written at `to`, and the processor has what the implementation needs.
    unsafe fn store(self, to: *mut u8);

    /// # Safety
    /// The processor has what the implementation needs; so for all that follow.
    unsafe fn splat(byte: u8) -> Self;

    /// Where the block has the byte that `other` is full of.
    unsafe fn equal(self, other: Self) -> u32;

    /// Where copying text has to stop: at `special` (a splat), quotation marks, backslashes and control characters.
    unsafe fn stops(self, special: Self) -> u32;

    /// Where a string of JSON has something to look at: quotation marks, backslashes and control characters.
    unsafe fn string_stops(self) -> u32;

    /// Where the digits are.
    unsafe fn digits(self) -> u32;
}

/// The block at `at`, with what lies beyond the end of `bytes` filled up with line feeds.
///
/// # Safety
/// The processor has what the implementation needs.
#[inline(always)]
pub(crate) unsafe fn load<B: Block>(bytes: &[u8], at: usize) -> B {
    if at + WIDTH <= bytes.len() {
        // SAFETY: that many bytes are there.
        return unsafe { B::load(bytes.as_ptr().add(at)) };
    }
    let mut padded = [b'\n'; WIDTH];
    let rest = bytes.get(at..).unwrap_or_default();
    padded[..rest.len()].copy_from_slice(rest);
    // SAFETY: the array is a block.
    unsafe { B::load(padded.as_ptr()) }
}

/// Writes the block at `at`.
///
/// # Safety
/// The processor has what the implementation needs.
#[inline(always)]
pub(crate) unsafe fn store<B: Block>(block: B, out: &mut [u8], at: usize) {
    let target = &mut out[at..at + WIDTH];
    // SAFETY: the slice is that long.
    unsafe { block.store(target.as_mut_ptr()) }
}

/// Eight bytes at a time, for every processor.
#[derive(Clone, Copy)]
pub(crate) struct Portable([u64; 4]);

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The high bit of each byte that is zero, exactly (Warren, Hacker's Delight, section 6-1).
#[inline(always)]
fn zeros(word: u64) -> u64 {
    !(((word & !HIGH) + !HIGH) | word | !HIGH)
}

/// The high bit of each byte that is less than `limit`, which is at most 0x80.
#[inline(always)]
fn below(word: u64, limit: u64) -> u64 {
    !((word & !HIGH) + (0x80 - limit) * ONES) & !word & HIGH
}

/// The eight high bits, side by side.
#[inline(always)]
fn gathered(marks: u64) -> u32 {
    ((marks >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32
}

impl Portable {
    #[inline(always)]
    fn mask(self, marks: impl Fn(usize, u64) -> u64) -> u32 {
        (0..4).fold(0, |mask, index| {
            mask | gathered(marks(index, u64::from_le(self.0[index]))) << (8 * index)
        })
    }
}

impl Block for Portable {
    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: as the caller promises; the words need not be aligned.
        Self(unsafe { from.cast::<[u64; 4]>().read_unaligned() })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        // SAFETY: as the caller promises; the words need not be aligned.
        unsafe { to.cast::<[u64; 4]>().write_unaligned(self.0) }
    }

    #[inline(always)]
    unsafe fn splat(byte: u8) -> Self {
        Self([u64::from(byte) * ONES; 4])
    }

    #[inline(always)]
    unsafe fn equal(self, other: Self) -> u32 {
        self.mask(|index, word| zeros(word ^ other.0[index]))
    }

    #[inline(always)]
    unsafe fn stops(self, special: Self) -> u32 {
        self.mask(|index, word| {
            zeros(word ^ special.0[index])
                | zeros(word ^ (u64::from(b'"') * ONES))
                | zeros(word ^ (u64::from(b'\\') * ONES))
                | below(word, 0x20)
        })
    }

    #[inline(always)]
    unsafe fn string_stops(self) -> u32 {
        self.mask(|_, word| {
            zeros(word ^ (u64::from(b'"') * ONES)) | zeros(word ^ (u64::from(b'\\') * ONES)) | below(word, 0x20)
        })
    }

    #[inline(always)]
    unsafe fn digits(self) -> u32 {
        self.mask(|_, word| below(word, 0x3a) & !below(word, 0x30))
    }
}

#[cfg(target_arch = "x86_64")]
pub(crate) use x86::Avx2;

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m256i, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_min_epu8, _mm256_movemask_epi8, _mm256_or_si256,
        _mm256_set1_epi8, _mm256_storeu_si256, _mm256_sub_epi8,
    };

    use super::Block;

    #[derive(Clone, Copy)]
    pub(crate) struct Avx2(__m256i);

    impl Block for Avx2 {
        #[inline(always)]
        unsafe fn load(from: *const u8) -> Self {
            // SAFETY: as the caller promises; so below.
            Self(unsafe { _mm256_loadu_si256(from.cast()) })
        }

        #[inline(always)]
        unsafe fn store(self, to: *mut u8) {
            // SAFETY: as the caller promises.
            unsafe { _mm256_storeu_si256(to.cast(), self.0) }
        }

        #[inline(always)]
        unsafe fn splat(byte: u8) -> Self {
            // SAFETY: the processor has AVX2, says the caller; so below.
            Self(unsafe { _mm256_set1_epi8(byte.cast_signed()) })
        }

        #[inline(always)]
        unsafe fn equal(self, other: Self) -> u32 {
            // SAFETY: as above.
            unsafe { _mm256_movemask_epi8(_mm256_cmpeq_epi8(self.0, other.0)) }.cast_unsigned()
        }

        #[inline(always)]
        unsafe fn stops(self, special: Self) -> u32 {
            // SAFETY: as above.
            unsafe {
                let marks = _mm256_or_si256(string_marks(self.0), _mm256_cmpeq_epi8(self.0, special.0));
                _mm256_movemask_epi8(marks).cast_unsigned()
            }
        }

        #[inline(always)]
        unsafe fn string_stops(self) -> u32 {
            // SAFETY: as above.
            unsafe { _mm256_movemask_epi8(string_marks(self.0)) }.cast_unsigned()
        }

        #[inline(always)]
        unsafe fn digits(self) -> u32 {
            // SAFETY: as above.
            unsafe {
                let offset = _mm256_sub_epi8(self.0, _mm256_set1_epi8(b'0'.cast_signed()));
                let digits = _mm256_cmpeq_epi8(_mm256_min_epu8(offset, _mm256_set1_epi8(9)), offset);
                _mm256_movemask_epi8(digits).cast_unsigned()
            }
        }
    }

    #[inline(always)]
    unsafe fn string_marks(block: __m256i) -> __m256i {
        // SAFETY: as above.
        unsafe {
            let quotes = _mm256_cmpeq_epi8(block, _mm256_set1_epi8(b'"'.cast_signed()));
            let backslashes = _mm256_cmpeq_epi8(block, _mm256_set1_epi8(b'\\'.cast_signed()));
            let low = _mm256_cmpeq_epi8(_mm256_min_epu8(block, _mm256_set1_epi8(0x1f)), block);
            _mm256_or_si256(_mm256_or_si256(quotes, backslashes), low)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each mask should be, byte by byte.
    fn agrees<B: Block>() {
        let mut seed = 0x2545_f491_4f6c_dd1d_u64;
        for _ in 0..2000 {
            let bytes: [u8; WIDTH] = std::array::from_fn(|_| {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                match seed % 8 {
                    0 => b"\"\\,\n\r09/:\x1f\x20\x7f\x80\xff\x00"[(seed >> 8) as usize % 15],
                    _ => (seed >> 16) as u8,
                }
            });
            let mask = |test: &dyn Fn(u8) -> bool| {
                (0..WIDTH).fold(0_u32, |mask, index| mask | u32::from(test(bytes[index])) << index)
            };
            let in_string = |byte: u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
            // SAFETY: the array is a block; whoever names AVX2 has asked for it.
            unsafe {
                let block = B::load(bytes.as_ptr());
                assert_eq!(block.equal(B::splat(b',')), mask(&|byte| byte == b','));
                assert_eq!(
                    block.stops(B::splat(b',')),
                    mask(&|byte| byte == b',' || in_string(byte))
                );
                assert_eq!(block.string_stops(), mask(&in_string));
                assert_eq!(block.digits(), mask(&|byte: u8| byte.is_ascii_digit()));
                let mut copy = [0; WIDTH];
                block.store(copy.as_mut_ptr());
                assert_eq!(copy, bytes);
            }
        }
    }

    #[test]
    fn portable_masks_are_right() {
        agrees::<Portable>();
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn vector_masks_are_right() {
        if std::is_x86_feature_detected!("avx2") {
            agrees::<Avx2>();
        }
    }
}
