//! Management use-cases against a store of maps.

mod access;
mod administrators;
mod clients;
mod keys;
mod people;
mod permissions;
pub(crate) mod store;

use std::sync::Arc;

use kernel::{Ctx, FixedClock, Issuer, Policy, SeededEntropy, Timestamp};
use token::client::register::JudgeUrl;

/// Every place may be called.
pub(crate) struct Anywhere;

impl JudgeUrl for Anywhere {
    fn judge(&self, _: &str) -> Result<(), String> {
        Ok(())
    }
}

pub(crate) fn ctx() -> Ctx {
    Ctx {
        clock: Arc::new(FixedClock::at(Timestamp::from_secs(1_763_000_000))),
        entropy: Arc::new(SeededEntropy::new(11)),
        issuer: Issuer::new("https://id.test"),
        policy: Policy::default(),
    }
}
