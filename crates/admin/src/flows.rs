//! Why requests were refused: for those who help somebody who cannot sign in, and for those who keep an application's
//! registration in order.
//!
//! What a record is made of is `token::flow`'s; nothing here writes one.

use std::time::Duration;

use kernel::id::UserId;
use kernel::{Audit, Ctx, StorageFault, Timestamp};
use token::client::Client;
use token::client::register::JudgeUrl;
use token::flow::Flow;
use token::flow::authorization::FOREIGN_REDIRECT;
use token::{Clients, Resources};
use url::Url;

use crate::actor::Actor;
use crate::authority::Permission;
use crate::clients::{self, Registered, by_id};
use crate::fault::AdminFault;
use crate::ports::Administrators;

/// How long a record is kept.
pub const KEPT: Duration = Duration::from_secs(24 * 3600);
/// The most records that are kept, of all nodes together; the oldest go first.
pub const MOST: u32 = 20_000;
/// Lines of a list.
const PAGE: u32 = 50;

/// Records of refused requests.
pub trait Flows {
    /// Keeps these.
    ///
    /// # Errors
    /// Storage.
    fn record_flows(&mut self, flows: &[Flow]) -> Result<(), StorageFault>;
    /// The record of this correlation id, if it is younger than `since`.
    ///
    /// # Errors
    /// Storage.
    fn flow(&mut self, id: &str, since: Timestamp) -> Result<Option<Flow>, StorageFault>;
    /// The newest, of one client or of all.
    ///
    /// # Errors
    /// Storage.
    fn recent_flows(
        &mut self,
        client_id: Option<&str>,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Glance>, StorageFault>;
    /// What went wrong for a client, the most frequent first. `fix` is not known here.
    ///
    /// # Errors
    /// Storage.
    fn failures_of_client(
        &mut self,
        client_id: &str,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Failure>, StorageFault>;
    /// How many requests failed for which registered client, the most first. Anybody can name another: what they write there
    /// is nobody's failure.
    ///
    /// # Errors
    /// Storage.
    fn failures_by_client(
        &mut self,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<(String, u64)>, StorageFault>;
}

/// A line of a list of refused requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glance {
    /// Its correlation id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Where it came to.
    pub endpoint: String,
    /// Which client it named, if any.
    pub client_id: Option<String>,
    /// Whom it was about, where that is known and the reader may know it.
    pub user: Option<UserId>,
    /// What was wrong, in one word.
    pub error: String,
}

/// Requests of one client that failed alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What was wrong, in one word.
    pub error: String,
    /// The address that was not registered, where that was it.
    pub foreign_uri: Option<String>,
    /// How many.
    pub count: u64,
    /// When last.
    pub last: Timestamp,
    /// What can be done about it.
    pub fix: Fix,
}

/// What can be done about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fix {
    /// The address leads to a host the client uses already: it can be added as it is.
    AddRedirectUri,
    /// It leads elsewhere. Anybody can send such a request, so it is never offered; who knows it is right edits the client.
    ByHand,
    /// It has been registered meanwhile.
    Done,
    /// Nothing that could be done here.
    None,
}

/// The record of a correlation id, typed with or without its hyphen, in capitals or not.
///
/// # Errors
/// `Forbidden`; `NotFound` also for one that is too old; `Storage`.
pub fn find(
    tx: &mut (impl Flows + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    text: &str,
) -> Result<Flow, AdminFault> {
    actor.require(Permission::ViewFlows)?;
    let found = match correlation_id(text) {
        Some(id) => tx.flow(&id, oldest(ctx))?,
        None => None,
    };
    let mut flow = found.ok_or_else(|| AdminFault::not_found("record of a refused request", text.trim()))?;
    if !actor.may().contain(Permission::ViewPeople) {
        flow.refused.user = None;
    }
    Ok(flow)
}

/// A correlation id as it is printed, from what somebody typed or read out: I and L are 1, O is 0 (Crockford's base 32).
pub fn correlation_id(text: &str) -> Option<String> {
    let mut id = String::new();
    for letter in text.trim().chars().filter(|c| *c != '-' && *c != ' ') {
        id.push(match letter.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            other if other.is_ascii_alphanumeric() => other,
            _ => return None,
        });
    }
    if id.len() != 8 {
        return None;
    }
    id.insert(4, '-');
    Some(id)
}

/// The newest records, of one client or of all.
///
/// # Errors
/// `Forbidden`; `Storage`.
pub fn recent(
    tx: &mut (impl Flows + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    client_id: Option<&str>,
) -> Result<Vec<Glance>, AdminFault> {
    actor.require(Permission::ViewFlows)?;
    let mut found = tx.recent_flows(client_id, oldest(ctx), PAGE)?;
    if !actor.may().contain(Permission::ViewPeople) {
        found.iter_mut().for_each(|glance| glance.user = None);
    }
    Ok(found)
}

/// What went wrong for a client since yesterday, the most frequent first.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Storage`.
pub fn recent_failures(
    tx: &mut (impl Flows + Clients + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    client_id: &str,
) -> Result<Vec<Failure>, AdminFault> {
    actor.require(Permission::ViewFlows)?;
    let client = by_id(tx, client_id)?;
    let mut failures = tx.failures_of_client(client_id, oldest(ctx), PAGE)?;
    for failure in &mut failures {
        failure.fix = fix(&client, failure);
    }
    Ok(failures)
}

/// How many requests failed since yesterday, by client.
///
/// # Errors
/// Storage.
pub(crate) fn by_client(
    tx: &mut (impl Flows + ?Sized),
    ctx: &Ctx,
    limit: u32,
) -> Result<Vec<(String, u64)>, StorageFault> {
    tx.failures_by_client(oldest(ctx), limit)
}

/// Adds a redirect URI that requests of this client really came with, and were refused for.
///
/// # Errors
/// `Forbidden`; `NotFound` for one that was not seen; `Conflict` where it is registered already, or leads to a host the client
/// has nothing to do with: whoever makes the request chooses the address, so that one has to be typed; `Invalid`; `Storage`.
pub fn repair_redirect_uri(
    tx: &mut (impl Flows + Clients + Resources + Administrators + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    urls: &dyn JudgeUrl,
    (client_id, uri): (&str, &str),
) -> Result<Registered, AdminFault> {
    actor.require(Permission::ManageApplications)?;
    let failures = recent_failures(tx, ctx, actor, client_id)?;
    let seen = failures
        .iter()
        .find(|failure| failure.error == FOREIGN_REDIRECT && failure.foreign_uri.as_deref() == Some(uri));
    let seen = seen.ok_or_else(|| AdminFault::not_found("failed request with the redirect URI", uri))?;
    match seen.fix {
        Fix::AddRedirectUri => {}
        Fix::Done => return Err(AdminFault::Conflict(format!("{uri} is registered already"))),
        Fix::ByHand | Fix::None => {
            let reason = "no registered redirect URI leads to the same place, and anybody can send such a request; if it is right, \
                          add it by editing the application";
            return Err(AdminFault::Conflict(reason.to_owned()));
        }
    }
    let added = uri.to_owned();
    clients::update(tx, ctx, actor, urls, client_id, move |metadata, _| {
        metadata.redirect_uris.push(added);
    })
}

fn oldest(ctx: &Ctx) -> Timestamp {
    ctx.now().minus(KEPT)
}

fn fix(client: &Client, failure: &Failure) -> Fix {
    let Some(uri) = failure
        .foreign_uri
        .as_ref()
        .filter(|_| failure.error == FOREIGN_REDIRECT)
    else {
        return Fix::None;
    };
    let registered = &client.metadata.redirect_uris;
    if registered.contains(uri) {
        Fix::Done
    } else if registered.iter().any(|own| same_place(own, uri)) {
        Fix::AddRedirectUri
    } else {
        Fix::ByHand
    }
}

/// Whether two URIs lead to the same party: to one origin (RFC 6454 4), to two ports of this machine, or by one scheme of an
/// app's own (RFC 8252 7.1).
fn same_place(registered: &str, sent: &str) -> bool {
    let (Ok(own), Ok(theirs)) = (Url::parse(registered), Url::parse(sent)) else {
        return false;
    };
    // What a browser reads as a name before the host is nobody's honest redirect URI.
    if !theirs.username().is_empty() || theirs.password().is_some() || own.scheme() != theirs.scheme() {
        return false;
    }
    match (own.host_str(), theirs.host_str()) {
        (Some(host), Some(other)) => {
            let loopback = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
            host == other && (loopback || own.port_or_known_default() == theirs.port_or_known_default())
        }
        (None, None) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{correlation_id, same_place};

    #[test]
    fn an_id_is_found_however_it_was_read_out() {
        for text in ["F7K2-9QXM", "f7k29qxm", " f7k2 9qxm "] {
            assert_eq!(correlation_id(text).as_deref(), Some("F7K2-9QXM"), "{text}");
        }
        assert_eq!(correlation_id("OIL2-0000").as_deref(), Some("0112-0000"));
        for text in ["", "F7K2", "F7K2-9QXM1", "F7K2-9QX'", "F7K2-9QXé"] {
            assert_eq!(correlation_id(text), None, "{text}");
        }
    }

    #[test]
    fn only_an_address_at_the_same_place_is_offered() {
        let registered = "https://rp.test/cb";
        for near in ["https://rp.test/cb/", "https://RP.test:443/oauth/callback?x=1"] {
            assert!(same_place(registered, near), "{near}");
        }
        for far in [
            "https://rp.test.evil.test/cb",
            "https://rp.test@evil.test/cb",
            "https://x@rp.test/cb",
            "http://rp.test/cb",
            "https://rp.test:8443/cb",
            "https://evil.test/?https://rp.test/cb",
            "javascript:alert(1)",
            "not a url",
        ] {
            assert!(!same_place(registered, far), "{far}");
        }
        assert!(same_place("http://localhost:3000/cb", "http://localhost:3001/cb"));
        assert!(same_place("org.example.app:/cb", "org.example.app:/callback"));
        assert!(!same_place("org.example.app:/cb", "org.example.other:/cb"));
    }
}
