//! The hops that run for each JavaScript environment, so that none outlives the worker that started it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cuprum_streams::Control;
use napi::bindgen_prelude::{Env, Result};

/// By the address of the environment.
static RUNNING: Mutex<Vec<(usize, Arc<Control>)>> = Mutex::new(Vec::new());

/// Cancels whatever runs for this environment when it is torn down.
pub(crate) fn cancel_at_end_of(env: &Env) -> Result<()> {
    let key = key(env);
    env.add_env_cleanup_hook(key, |key| {
        running().retain(|(owner, control)| {
            if *owner == key {
                control.cancel();
            }
            *owner != key
        });
    })?;
    Ok(())
}

pub(crate) fn add(env: &Env, control: &Arc<Control>) {
    running().push((key(env), control.clone()));
}

pub(crate) fn remove(control: &Arc<Control>) {
    running().retain(|(_, other)| !Arc::ptr_eq(other, control));
}

fn running() -> MutexGuard<'static, Vec<(usize, Arc<Control>)>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

fn key(env: &Env) -> usize {
    env.raw() as usize
}
