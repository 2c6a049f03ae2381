//! What a running hop shares with whoever started it.

use std::os::fd::RawFd;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::bell::Bell;
use crate::refused::Refused;
use crate::slots::SLOT_COUNT;

/// Counters and the way to end a hop early. Everything here may be called from any thread, also after the hop's end.
pub struct Control {
    cancelled: AtomicBool,
    /// One bit for each slot that is the observer's.
    sent: AtomicU32,
    /// Whether the thread waits for a slot, so that an acknowledgement has to wake it.
    wants_slot: AtomicBool,
    read: AtomicU64,
    written: AtomicU64,
    /// Whether the thread waits for input, and for nothing else.
    idle: AtomicBool,
    bell: Mutex<Option<Bell>>,
}

impl Control {
    pub fn new() -> Result<Arc<Self>, Refused> {
        let bell = Bell::new().map_err(|cause| Refused::system("a hop cannot be started", &cause))?;
        Ok(Arc::new(Self {
            cancelled: AtomicBool::new(false),
            sent: AtomicU32::new(0),
            wants_slot: AtomicBool::new(false),
            read: AtomicU64::new(0),
            written: AtomicU64::new(0),
            idle: AtomicBool::new(false),
            bell: Mutex::new(Some(bell)),
        }))
    }

    /// Ends the hop promptly, also out of a read or a write that waits. After its end: does nothing.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
        self.ring();
    }

    /// The observer is done with a slot. One that it does not have is passed over.
    pub fn acknowledge(&self, slot: u32) {
        let bit = 1u32.checked_shl(slot).unwrap_or(0);
        let had_it = self.sent.fetch_and(!bit, Ordering::SeqCst) & bit != 0;
        if had_it && self.wants_slot.load(Ordering::SeqCst) {
            self.ring();
        }
    }

    /// Bytes that have arrived so far.
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Bytes that have gone on so far.
    pub fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// Whether the hop waits for input at this moment, and for nobody else: the observer holds nothing either.
    pub fn is_idle(&self) -> bool {
        self.idle.load(Ordering::SeqCst) && self.sent.load(Ordering::SeqCst) == 0
    }

    pub(crate) fn set_idle(&self, idle: bool) {
        self.idle.store(idle, Ordering::SeqCst);
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }

    /// A slot that the observer does not have. Only the hop's thread asks, and only it sends, so that it stays free.
    pub(crate) fn free_slot(&self) -> Option<u32> {
        let slot = self.sent.load(Ordering::SeqCst).trailing_ones();
        (slot < SLOT_COUNT).then_some(slot)
    }

    /// To be set before a last look for a free slot: what is acknowledged after that look wakes the thread.
    pub(crate) fn set_wants_slot(&self, wants: bool) {
        self.wants_slot.store(wants, Ordering::SeqCst);
    }

    pub(crate) fn send(&self, slot: u32) {
        self.sent.fetch_or(1 << slot, Ordering::SeqCst);
    }

    pub(crate) fn count_read(&self, bytes: usize) {
        self.read.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(crate) fn count_written(&self, bytes: usize) {
        self.written.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// What the hop's thread polls; open until that thread itself calls [`Control::close_bell`].
    pub(crate) fn bell_descriptor(&self) -> Option<RawFd> {
        self.bell
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map(Bell::descriptor)
    }

    pub(crate) fn close_bell(&self) {
        self.bell.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn ring(&self) {
        if let Some(bell) = self.bell.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            bell.ring();
        }
    }
}
