//! What a running hop shares with whoever started it.

use std::io;
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::bell::Bell;

/// How many batches an observer may hold before the hop waits for it.
pub const MAX_IN_FLIGHT: u32 = 4;

/// Counters and the way to end a hop early. Everything here may be called from any thread, also after the hop's end.
pub struct Control {
    cancelled: AtomicBool,
    in_flight: AtomicU32,
    read: AtomicU64,
    written: AtomicU64,
    /// Whether the thread waits for input, and for nothing else.
    idle: AtomicBool,
    bell: Mutex<Option<Bell>>,
}

impl Control {
    pub fn new() -> io::Result<Arc<Self>> {
        Ok(Arc::new(Self {
            cancelled: AtomicBool::new(false),
            in_flight: AtomicU32::new(0),
            read: AtomicU64::new(0),
            written: AtomicU64::new(0),
            idle: AtomicBool::new(false),
            bell: Mutex::new(Some(Bell::new()?)),
        }))
    }

    /// Ends the hop promptly, also out of a read or a write that waits. After its end: does nothing.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
        self.ring();
    }

    /// The observer is done with one batch.
    pub fn acknowledge(&self) {
        // An acknowledgement too many is the caller's mistake, and must not open the bound.
        let one_less = |count: u32| count.checked_sub(1);
        if self
            .in_flight
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less)
            .is_ok()
        {
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
        self.idle.load(Ordering::SeqCst) && self.in_flight.load(Ordering::SeqCst) == 0
    }

    pub(crate) fn set_idle(&self, idle: bool) {
        self.idle.store(idle, Ordering::SeqCst);
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }

    pub(crate) fn is_full(&self) -> bool {
        self.in_flight.load(Ordering::SeqCst) >= MAX_IN_FLIGHT
    }

    pub(crate) fn send_one(&self) {
        self.in_flight.fetch_add(1, Ordering::SeqCst);
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
