//! Memory that a hop's thread fills and its observer reads, in turn.

use std::cell::UnsafeCell;

/// How many batches an observer may hold before the hop waits for it.
pub const SLOT_COUNT: u32 = 4;

/// What fits into one slot: what a pipe holds, where nobody asked for more.
pub const SLOT_BYTES: usize = 64 * 1024;

/// Memory that the kernel copies into, on a page of its own: AMD's Zen 3 copies at a fifth of its speed to the bytes 1 to 31 of a
/// page, and that is where an allocator puts what is large.
#[repr(C, align(4096))]
struct Slot([UnsafeCell<u8>; SLOT_BYTES]);

/// As many pieces of memory as there are slots. A slot belongs to the thread until it is sent, and to the observer from then
/// until it is acknowledged: `Control` keeps account of that.
pub struct Slots {
    memory: Box<[Slot]>,
}

// SAFETY: whoever reaches into a slot has promised that it is theirs.
unsafe impl Sync for Slots {}

impl Slots {
    #[expect(clippy::new_without_default, reason = "it is not small")]
    pub fn new() -> Self {
        Self {
            memory: (0..SLOT_COUNT)
                .map(|_| Slot([const { UnsafeCell::new(0) }; SLOT_BYTES]))
                .collect(),
        }
    }

    /// The whole memory, slot after slot.
    pub fn start(&self) -> *mut u8 {
        self.memory.as_ptr().cast_mut().cast()
    }

    pub fn length(&self) -> usize {
        self.memory.len() * SLOT_BYTES
    }

    /// # Safety
    /// The slot has been sent to the caller, and is not acknowledged while the bytes are used.
    pub unsafe fn sent(&self, slot: u32, length: usize) -> &[u8] {
        let slot = &self.memory[slot as usize].0[..length];
        // SAFETY: within the memory; nobody writes to it, as the caller promises.
        unsafe { std::slice::from_raw_parts(UnsafeCell::raw_get(slot.as_ptr()), length) }
    }

    /// # Safety
    /// The slot is free, and is not sent while the bytes are used. Only the hop's thread may ask.
    #[expect(clippy::mut_from_ref, reason = "a free slot is the thread's alone")]
    pub(crate) unsafe fn free(&self, slot: u32) -> &mut [u8] {
        let slot = &self.memory[slot as usize].0;
        // SAFETY: within the memory; nobody else has it, as the caller promises.
        unsafe { std::slice::from_raw_parts_mut(UnsafeCell::raw_get(slot.as_ptr()), SLOT_BYTES) }
    }
}
