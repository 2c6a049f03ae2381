//! The hops that run for each JavaScript environment, so that none outlives the worker that started it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cuprum_streams::Control;
use napi::bindgen_prelude::{Env, Result};

/// By the address of the environment.
static RUNNING: Mutex<Vec<(usize, Arc<Control>)>> = Mutex::new(Vec::new());

/// Told whenever a hop is over.
static OVER: Condvar = Condvar::new();

/// How long an environment that ends waits at most for its cancelled hops, which wake at once and close what they own.
const PATIENCE: Duration = Duration::from_secs(5);

/// Cancels whatever runs for this environment when it is torn down, and waits until nothing does: after these hooks the environment
/// frees what the hops' threads call.
pub(crate) fn cancel_at_end_of(env: &Env) -> Result<()> {
    let key = key(env);
    env.add_env_cleanup_hook(key, |key| {
        let running = running();
        for (_, control) in running.iter().filter(|(owner, _)| *owner == key) {
            control.cancel();
        }
        let is_at_work = |running: &mut Vec<(usize, Arc<Control>)>| running.iter().any(|(owner, _)| *owner == key);
        let (mut running, _) = OVER
            .wait_timeout_while(running, PATIENCE, is_at_work)
            .unwrap_or_else(PoisonError::into_inner);
        running.retain(|(owner, _)| *owner != key);
    })?;
    Ok(())
}

pub(crate) fn add(env: &Env, control: &Arc<Control>) {
    running().push((key(env), control.clone()));
}

pub(crate) fn remove(control: &Arc<Control>) {
    running().retain(|(_, other)| !Arc::ptr_eq(other, control));
    OVER.notify_all();
}

fn running() -> MutexGuard<'static, Vec<(usize, Arc<Control>)>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

fn key(env: &Env) -> usize {
    env.raw() as usize
}
