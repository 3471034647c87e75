//! Management use-cases against a store of maps.

mod clients;
mod people;
mod store;

use std::sync::Arc;

use kernel::{Ctx, FixedClock, Issuer, Policy, SeededEntropy, Timestamp};

pub(crate) fn ctx() -> Ctx {
    Ctx {
        clock: Arc::new(FixedClock::at(Timestamp::from_secs(1_763_000_000))),
        entropy: Arc::new(SeededEntropy::new(11)),
        issuer: Issuer::new("https://id.test"),
        policy: Policy::default(),
    }
}
