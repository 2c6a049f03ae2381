//! Where the cells of CSV may end.

use crate::block::{Block, WIDTH, load};

/// Where cells may end, a window of bytes at a time, so that to find the next end takes no look at the bytes.
pub(crate) struct Stops<B> {
    delimiters: B,
    /// Where the window begins.
    base: usize,
    /// The stops in the window that were not passed.
    mask: u64,
}

impl<B: Block> Stops<B> {
    #[inline(always)]
    pub(crate) unsafe fn at(bytes: &[u8], at: usize, delimiter: u8) -> Self {
        let mut stops = Self {
            // SAFETY: as the caller promises.
            delimiters: unsafe { B::splat(delimiter) },
            base: at,
            mask: 0,
        };
        // SAFETY: as the caller promises.
        unsafe { stops.move_to(bytes, at) };
        stops
    }

    #[inline(always)]
    pub(crate) unsafe fn move_to(&mut self, bytes: &[u8], at: usize) {
        self.base = at;
        // SAFETY: as the caller promises.
        unsafe {
            let low = load::<B>(bytes, at).stops(self.delimiters);
            let high = load::<B>(bytes, at + WIDTH).stops(self.delimiters);
            self.mask = u64::from(low) | u64::from(high) << WIDTH;
        }
    }

    /// The next stop, or the end of the bytes.
    #[inline(always)]
    pub(crate) unsafe fn next(&mut self, bytes: &[u8]) -> usize {
        while self.mask == 0 {
            // SAFETY: as the caller promises. Beyond the end there are line feeds, which stop this.
            unsafe { self.move_to(bytes, self.base + 2 * WIDTH) };
        }
        self.base + self.mask.trailing_zeros() as usize
    }

    /// Passes the stop that is next.
    #[inline(always)]
    pub(crate) fn pass(&mut self) {
        self.mask &= self.mask.wrapping_sub(1);
    }
}
