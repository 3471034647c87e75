//! Signs where the audit trail stands, where that is due. Every node looks; units of work that write take turns, so that who
//! comes second finds it done.

use std::sync::Arc;

use admin::audit::checkpoint;
use admin::{Actor, AdminFault, Ports};
use kernel::{Access, work};

use crate::provider::Provider;

/// Looks, and signs. What fails is tried again by the next look.
pub(super) fn make(provider: &Provider) {
    match sign(provider) {
        Ok(Some(checkpoint)) => {
            tracing::info!(
                seq = checkpoint.seq,
                kid = checkpoint.kid,
                "the audit trail was signed"
            );
        }
        Ok(None) => {}
        Err(fault) => tracing::warn!(%fault, "the audit trail could not be signed"),
    }
}

fn sign(provider: &Provider) -> Result<Option<token::Checkpoint>, AdminFault> {
    let (ctx, ring) = (Arc::clone(&provider.state.ctx), provider.state.ring.get());
    let (same_ctx, same_ring) = (Arc::clone(&ctx), Arc::clone(&ring));
    let is_due = work::run::<dyn Ports, _, AdminFault>(&*provider.store, Access::Read, move |ports| {
        checkpoint::is_due(ports, &ctx, &ring)
    })?;
    if !is_due {
        return Ok(None);
    }
    work::run::<dyn Ports, _, _>(&*provider.store, Access::Write, move |ports| {
        checkpoint::sign(ports, &same_ctx, &Actor::named("server"), &same_ring)
    })
}
