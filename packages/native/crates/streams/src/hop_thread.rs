//! The thread of a hop: its start, its panics, its signals.

use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use crate::control::Control;
use crate::outcome::{CopyOutcome, End, Failure, Outcome};
use crate::refused::Refused;

/// Hops need little: their buffers are on the heap.
const STACK_BYTES: usize = 256 * 1024;

/// Runs `carry` on a thread of its own and tells `on_end` how it ended, when everything that it owned has been closed.
///
/// `carry` owns the hop's descriptors from its first instruction on, so that they are closed by a panic as well.
pub(crate) fn start<Carry, OnEnd>(control: Arc<Control>, carry: Carry, on_end: OnEnd) -> Result<(), Refused>
where
    Carry: FnOnce(&Control) -> (End, Option<CopyOutcome>) + Send + 'static,
    OnEnd: FnOnce(Outcome) + Send + 'static,
{
    let body = move || {
        block_signals();
        let (end, copy) = catch_unwind(AssertUnwindSafe(|| carry(&control)))
            .unwrap_or_else(|panic| (End::Failed(Failure::of_panic(&*panic)), None));
        control.close_bell();
        on_end(Outcome {
            bytes_read: control.read(),
            bytes_written: control.written(),
            end,
            copy,
        });
    };
    thread::Builder::new()
        .name("cuprum hop".into())
        .stack_size(STACK_BYTES)
        .spawn(body)
        .map_err(|cause| Refused::system("no thread can be started", &cause))?;
    Ok(())
}

/// Signals are the main thread's business. With SIGPIPE blocked, a write to a closed pipe is EPIPE whatever the process
/// does with the signal.
fn block_signals() {
    let mut all = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: sigfillset fills the set, and the call concerns this thread only.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_BLOCK, all.as_ptr(), std::ptr::null_mut());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn a_panic_becomes_a_failure_that_quotes_it() {
        let (sender, outcomes) = mpsc::channel();
        let control = Control::new().unwrap();
        let carry = |control: &Control| {
            control.count_read(3);
            panic!("out of {}", "luck")
        };
        start(control.clone(), carry, move |outcome| sender.send(outcome).unwrap()).unwrap();
        let outcome = outcomes.recv().unwrap();
        assert_eq!(outcome.bytes_read, 3);
        let End::Failed(failure) = outcome.end else {
            panic!("{outcome:?}")
        };
        assert_eq!(failure.errno, None);
        assert_eq!(failure.message, "a defect in the native backend: out of luck");
        assert_eq!(control.bell_descriptor(), None);
    }
}
