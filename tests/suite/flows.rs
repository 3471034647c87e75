//! "Why can't they sign in?" Every refusal prints an id, and under that id an administrator finds the request, the check that
//! failed and its specification; never a secret, and never more records than there is room for.

mod pages;
mod records;
mod refusals;
mod repair;

use admin::flows::{self, Glance};
use admin::{Actor, AdminFault, Role};
use kernel::id::UserId;
use kernel::{SystemEntropy, Timestamp};
use reqwest::header::HeaderMap;
use token::flow::{Flow, Verdict};

use crate::rig::Provider;

/// The id an answer came with, which is also what its page prints.
fn id_of(headers: &HeaderMap) -> String {
    headers["x-correlation-id"].to_str().unwrap().to_owned()
}

/// An administrator with one role.
fn with_role(role: Role) -> Actor {
    Actor::person(UserId::generate(&SystemEntropy), [role])
}

/// What `actor` finds under `id`.
fn find_as(provider: &Provider, actor: Actor, id: &str) -> Result<Flow, AdminFault> {
    let id = id.to_owned();
    provider.administer(move |ports, ctx| Ok(flows::find(ports, ctx, &actor, &id)))
}

/// What support finds under the id of an answer.
#[track_caller]
fn opened(provider: &Provider, headers: &HeaderMap) -> Flow {
    find_as(provider, with_role(Role::Support), &id_of(headers)).unwrap()
}

/// Name and section of the check that failed.
#[track_caller]
fn failed(flow: &Flow) -> (String, String) {
    let mut failed = flow
        .refused
        .checks
        .iter()
        .filter(|check| check.verdict == Verdict::Failed);
    let check = failed
        .next()
        .unwrap_or_else(|| panic!("no check failed: {flow:?}"));
    assert_eq!(failed.next(), None, "{flow:?}");
    (check.name.to_string(), check.section.to_string())
}

/// Every record there is, the newest first.
fn all(provider: &Provider) -> Vec<Glance> {
    provider.administer(|ports, _| Ok(ports.recent_flows(None, Timestamp::from_secs(0), 100_000)?))
}
