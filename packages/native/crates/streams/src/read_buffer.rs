//! Memory that the kernel copies into.

/// What a pipe holds, where nobody asked for more: a shorter read means that it is empty.
const READ_BYTES: usize = 64 * 1024;

/// AMD's Zen 3 copies at a fifth of its speed to the bytes 1 to 31 of a page from the beginning of another (`rep movsb`, by which
/// Linux copies from pipes and files), and that is where an allocator puts what is large: this begins with a page.
pub(crate) struct ReadBuffer {
    memory: Vec<u8>,
    start: usize,
    length: usize,
}

impl ReadBuffer {
    pub(crate) fn new() -> Self {
        Self::of(READ_BYTES)
    }

    pub(crate) fn of(length: usize) -> Self {
        let memory = vec![0; PAGE_BYTES + length];
        let start = memory.as_ptr().align_offset(PAGE_BYTES);
        Self { memory, start, length }
    }

    pub(crate) fn bytes(&mut self) -> &mut [u8] {
        &mut self.memory[self.start..][..self.length]
    }
}

const PAGE_BYTES: usize = 4096;
