//! While nobody owns the server, whoever starts it is told how somebody becomes its owner.

use admin::{Actor, AdminFault, Ports, setup};
use kernel::{Access, work};

use crate::provider::Provider;

/// Prints a link on standard error, unless there is an owner. One for each start: a link that was lost is replaced on the
/// command line, and a newer one voids it.
pub(super) fn invite(provider: &Provider) {
    let ctx = provider.state.ctx.clone();
    let made = work::run::<dyn Ports, _, AdminFault>(&*provider.store, Access::Write, move |ports| {
        setup::begin(ports, &ctx, &Actor::named("server"))
    });
    match made {
        Ok(token) => {
            let path = format!("/setup/{}", token.expose());
            let url = provider.state.ctx.issuer.url(&path);
            eprintln!(
                "No administrator exists yet. Open this link once, within 60 minutes:\n    {url}\n\
                 Lost it?   signet admin setup-link"
            );
        }
        // There is an owner.
        Err(AdminFault::Conflict(_)) => {}
        Err(fault) => tracing::warn!(%fault, "no link to set the server up could be made"),
    }
}
