//! `client disable`, `enable` and `delete`: what counts at once, then part after part of what the client was given.

use admin::clients::retreat::{Progress, Rest, clear, take_back};
use admin::{AdminFault, Ports, clients};
use kernel::Ctx;
use token::Client;

use super::super::options::{Destroying, Writing};
use super::super::verb::{actor, destroy};
use crate::exit::Failure;
use crate::installation::{Installation, Keep};

/// Nothing of the client works once this has answered.
pub(super) fn disable(
    installation: &Installation,
    client_id: String,
    destroying: Destroying,
    question: &str,
) -> Result<Client, Failure> {
    let (id, keep) = (client_id.clone(), destroying.writing.keep());
    let client = destroy(installation, destroying, question, move |ports, ctx| {
        clients::disable(ports, ctx, &actor(), &id).map_err(Failure::from)
    })?;
    take_all_back(installation, &client_id, keep)?;
    Ok(client)
}

/// First what a `disable` that was interrupted may have left.
pub(super) fn enable(
    installation: &Installation,
    client_id: String,
    writing: Writing,
) -> Result<Client, Failure> {
    take_all_back(installation, &client_id, writing.keep())?;
    let enabled = installation.write(writing.keep(), move |ports, ctx| {
        clients::enable(ports, ctx, &actor(), &client_id)
    });
    enabled.map_err(|fault: AdminFault| fault.into())
}

/// A large client is disabled first, and cleared.
pub(super) fn delete(
    installation: &Installation,
    client_id: String,
    destroying: Destroying,
    question: &str,
) -> Result<Client, Failure> {
    let (id, keep) = (client_id.clone(), destroying.writing.keep());
    let mut deleted = destroy(installation, destroying, question, move |ports, ctx| {
        step(ports, ctx, &id).map_err(Failure::from)
    })?;
    if keep == Keep::Nothing && deleted.is_none() {
        // Parts that are not kept come to no end.
        return Ok(installation.read(move |ports, _| clients::find(ports, &actor(), &client_id))?);
    }
    loop {
        if let Some(client) = deleted {
            return Ok(client);
        }
        let id = client_id.clone();
        deleted = installation.write(keep, move |ports, ctx| step(ports, ctx, &id))?;
    }
}

/// The client, when it is gone.
fn step(ports: &mut dyn Ports, ctx: &Ctx, client_id: &str) -> Result<Option<Client>, AdminFault> {
    match clear(ports, ctx, &actor(), client_id)? {
        Rest::Some => Ok(None),
        Rest::None => clients::delete(ports, ctx, &actor(), client_id).map(Some),
    }
}

fn take_all_back(installation: &Installation, client_id: &str, keep: Keep) -> Result<(), AdminFault> {
    let mut progress = Progress::default();
    while !progress.is_done() {
        let (id, so_far) = (client_id.to_owned(), progress);
        progress = installation.write(keep, move |ports, ctx| {
            take_back(ports, ctx, &actor(), &id, so_far)
        })?;
    }
    Ok(())
}
