//! Looks at the server and at every client as the best current practice would (RFC 9700, OAuth 2.1, OpenID Connect), and
//! says what is worth changing, why and how. Changes nothing.
//!
//! Rules are rows of tables: of the server, of an API, of a client. What cannot be set here at all needs no rule: there is
//! no implicit and no password grant, no unsigned ID token, no public client without PKCE or with refresh tokens that do not
//! rotate. Clients that are disabled are not looked at.

mod client;
mod server;
mod uris;

use kernel::Ctx;
use serde::Serialize;
use token::client::Client;
use token::client::register::{Against, JudgeUrl, Warnings, validate};
use token::keys::KeyPlan;
use token::{Clients, Resources};

use crate::actor::Actor;
use crate::authority::Permission;
use crate::fault::AdminFault;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A specification forbids it.
    Error,
    /// A specification advises against it.
    Warning,
    /// It may be meant; somebody should know.
    Note,
}

/// One thing worth changing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// `server`, or `api` or `client` and its identifier.
    pub subject: String,
    /// Which rule; never changes its meaning.
    pub rule: &'static str,
    /// What was seen, and what can come of it.
    pub reason: String,
    /// What to do.
    pub remedy: String,
    /// Where it is written.
    pub spec: &'static str,
}

/// What was seen and what to do, of a rule that is not kept.
type Objection = (String, String);

/// A rule about one kind of thing.
struct Rule<T> {
    id: &'static str,
    severity: Severity,
    spec: &'static str,
    look: fn(&T) -> Option<Objection>,
}

/// A row.
const fn rule<T>(
    id: &'static str,
    severity: Severity,
    spec: &'static str,
    look: fn(&T) -> Option<Objection>,
) -> Rule<T> {
    Rule {
        id,
        severity,
        spec,
        look,
    }
}

/// The findings of a table on one thing.
fn judge<T>(rules: &[Rule<T>], subject: &str, seen: &T) -> Vec<Finding> {
    let finding = |rule: &Rule<T>| {
        let (reason, remedy) = (rule.look)(seen)?;
        Some(Finding {
            severity: rule.severity,
            subject: subject.to_owned(),
            rule: rule.id,
            reason,
            remedy,
            spec: rule.spec,
        })
    };
    rules.iter().filter_map(finding).collect()
}

/// Clients at once.
const PAGE: u32 = 500;
/// Clients that are looked at while somebody waits for a page.
const GLANCED_AT: usize = 1_000;

/// Whether every client was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// All of them.
    Everything,
    /// The first of them: there may be more to find.
    Beginning,
}

/// Everything worth changing, by weight. `urls` judges where this provider would send requests to a client.
///
/// # Errors
/// `Storage`.
pub fn look(
    tx: &mut (impl Clients + Resources + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    urls: &dyn JudgeUrl,
    plan: &KeyPlan,
) -> Result<Vec<Finding>, AdminFault> {
    actor.require(Permission::ViewApplications)?;
    examine(tx, ctx, (urls, plan), usize::MAX).map(|(findings, _)| findings)
}

/// As [`look`], but at no more clients than a page may wait for.
///
/// # Errors
/// `Storage`.
pub fn glance(
    tx: &mut (impl Clients + Resources + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    urls: &dyn JudgeUrl,
    plan: &KeyPlan,
) -> Result<(Vec<Finding>, Reach), AdminFault> {
    actor.require(Permission::ViewApplications)?;
    examine(tx, ctx, (urls, plan), GLANCED_AT)
}

/// Looks at about so many clients, for those who asked for the permission.
fn examine(
    tx: &mut (impl Clients + Resources + ?Sized),
    ctx: &Ctx,
    (urls, plan): (&dyn JudgeUrl, &KeyPlan),
    most: usize,
) -> Result<(Vec<Finding>, Reach), AdminFault> {
    let catalogue = tx.catalogue()?;
    let against = Against {
        urls,
        catalogue: &catalogue,
    };
    let mut findings = server::look(ctx, plan, &catalogue);
    let (mut last, mut looked) = (None::<String>, 0);
    let reach = loop {
        let page = tx.clients(last.as_deref(), PAGE)?;
        let Some(end) = page.last() else {
            break Reach::Everything;
        };
        if looked >= most {
            break Reach::Beginning;
        }
        last = Some(end.client_id.clone());
        looked += page.len();
        for client in page.iter().filter(|client| client.enabled) {
            findings.extend(registration(client, against));
            findings.extend(client::look(client, ctx));
        }
    };
    // Stable: subjects stay together within a weight.
    findings.sort_by_key(|finding| finding.severity);
    Ok((findings, reach))
}

/// What registration would say today. A client may be older than a rule, or the rules of the network may have changed.
fn registration(client: &Client, against: Against<'_>) -> Vec<Finding> {
    let subject = subject(client);
    let finding = |severity, rule, reason: String, remedy: &str| Finding {
        severity,
        subject: subject.clone(),
        rule,
        reason,
        remedy: remedy.to_owned(),
        spec: "RFC 7591 2",
    };
    match validate(&client.metadata, &client.policy, against) {
        Ok(Warnings(warnings)) => warnings
            .into_iter()
            .map(|text| {
                finding(
                    Severity::Note,
                    "odd-registration",
                    text,
                    "change it if it is not meant",
                )
            })
            .collect(),
        Err(faults) => faults
            .iter()
            .map(|fault| {
                let remedy = "mend it with `signet client update`; as it is, no other change is accepted";
                finding(Severity::Error, "refused-today", fault.to_string(), remedy)
            })
            .collect(),
    }
}

fn subject(client: &Client) -> String {
    format!("client {}", client.client_id)
}

#[cfg(test)]
mod tests;
