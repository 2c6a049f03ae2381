//! The Node-API binding of `cuprum-streams` and `cuprum-records`: converts values, and nothing else. `src/native.ts` describes it to users.

mod carry;
mod chunks;
mod csv_kernels;
mod hop;
mod pipes;
mod progress;
mod record_kernels;

mod running;
mod sequence;
mod table_kernels;

use napi::bindgen_prelude::{Env, Object, Result};
use napi_derive::napi;

/// The loader compares it with its own.
#[napi]
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Counts up with each change of what this module exports: a module that an earlier build left behind is told from its loader.
#[napi]
pub const INTERFACE: u32 = 7;

/// Runs once in the main thread and in each worker that loads the module.
#[napi(module_exports)]
pub fn init(_exports: Object, env: Env) -> Result<()> {
    running::cancel_at_end_of(&env)
}
