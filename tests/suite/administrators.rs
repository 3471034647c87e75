//! Who manages Signet: the first owner by a link, roles that count at once, and nobody above their rank.

mod at_work;
mod first_owner;
mod rank;

use admin::{Actor, AdminFault, Administrator, Role, administrators, users};
use kernel::id::UserId;

use crate::actors::{Browser, Page};
use crate::rig::Provider;

/// A page of the console that everybody may open who may see keys.
const KEYS: &str = "/admin/keys";

/// The `sub` of somebody.
fn id(provider: &Provider, name: &'static str) -> UserId {
    provider.administer(move |ports, _| Ok(users::find(ports, &Actor::cli(), name)?.id))
}

/// Gives somebody exactly these roles, as the command line would.
fn give(provider: &Provider, name: &'static str, roles: &'static [Role]) {
    let who = Administrator::Person(id(provider, name));
    provider.administer(move |ports, ctx| {
        administrators::set_roles(ports, ctx, &Actor::cli(), &who, roles).map(drop)
    });
}

/// Somebody new with these roles.
fn hire(provider: &Provider, name: &'static str, roles: &'static [Role]) {
    let new = users::NewUser {
        username: name.to_owned(),
        ..users::NewUser::default()
    };
    provider.administer(|ports, ctx| users::create(ports, ctx, &Actor::cli(), new).map(drop));
    give(provider, name, roles);
}

/// How somebody acts by their roles of this moment.
fn acting(provider: &Provider, name: &'static str) -> Actor {
    let id = id(provider, name);
    provider.administer(move |ports, _| {
        let standing = administrators::roles_of(ports, &Actor::cli(), &Administrator::Person(id))?;
        Ok(Actor::person(id, standing.roles))
    })
}

/// Signs somebody in at the console and shows the page they land on.
fn enter(provider: &Provider, browser: &mut Browser, name: &str, path: &str) -> Page {
    browser.sign_in_as(&provider.url(path), name).page()
}

/// Does something that must be refused, and shows why.
#[track_caller]
fn refused<T: Send + 'static>(
    provider: &Provider,
    act: impl FnOnce(&mut dyn admin::Ports, &kernel::Ctx) -> Result<T, AdminFault> + Send + 'static,
) -> AdminFault {
    let outcome = provider.administer(move |ports, ctx| Ok(act(ports, ctx).map(drop)));
    outcome.expect_err("it was done")
}
