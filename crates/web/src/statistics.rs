//! Numbers for the console, stored by the hour: what this process has counted since the last time, and how many sessions
//! live. Called once a minute by a job; no request waits for it.

use admin::Ports;
use admin::statistics;
use kernel::{Access, StorageFault, work};

use crate::state::AppState;

/// Adds what was counted since the last time. Waits for storage: not for async threads.
///
/// # Errors
/// Storage. What could not be stored is part of the next time.
pub fn store(state: &AppState) -> Result<(), StorageFault> {
    let counted = state.rollup.counted(&state.metrics);
    if !counted.is_empty() {
        let (ctx, samples) = (state.ctx.clone(), counted.clone());
        work::run::<dyn Ports, _, _>(&*state.store, Access::Write, move |tx| {
            statistics::add(tx, &ctx, &samples)
        })?;
        state.rollup.stored(&counted);
    }
    count_sessions(state)
}

/// Once an hour. Counting is a unit of work that only reads, because it may look at many rows.
fn count_sessions(state: &AppState) -> Result<(), StorageFault> {
    let hour = statistics::hour_of(state.ctx.now());
    if !state.rollup.begins(hour) {
        return Ok(());
    }
    let ctx = state.ctx.clone();
    let sample = work::run::<dyn Ports, _, StorageFault>(&*state.store, Access::Read, move |tx| {
        statistics::sessions_now(tx, &ctx)
    })?;
    if let Some(sample) = sample {
        let ctx = state.ctx.clone();
        work::run::<dyn Ports, _, _>(&*state.store, Access::Write, move |tx| {
            statistics::keep_sessions(tx, &ctx, &sample)
        })?;
    }
    state.rollup.has_sessions(hour);
    Ok(())
}
