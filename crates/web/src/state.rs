//! What every handler shares.

use std::collections::HashSet;
use std::sync::Arc;

use admin::ports::Store;
use identity::hasher::Hasher;
use identity::inbox::Inbox;
use identity::notice::Post;
use kernel::{Change, Ctx};
use token::discovery::{DiscoveryFault, Document};
use token::keys::ring::SharedRing;

use crate::client_cache::ClientCache;
use crate::oauth;
use crate::peer::TrustedProxies;
use crate::views::Transport;

/// Shared by all workers; cheap to clone through its `Arc`.
pub struct AppState {
    /// Time, dice, issuer, policy.
    pub ctx: Arc<Ctx>,
    /// The store.
    pub store: Arc<Store>,
    /// The bounded pool that checks passwords.
    pub hasher: Arc<Hasher>,
    /// The signing keys in use.
    pub ring: Arc<SharedRing>,
    /// Carries letters to people.
    pub post: Arc<dyn Post>,
    /// Shows letters instead, where nothing is really sent.
    pub inbox: Option<Arc<dyn Inbox>>,
    /// Whose forwarded headers are believed.
    pub trusted_proxies: TrustedProxies,
    hosts: HashSet<String>,
    pub(crate) clients: ClientCache,
    pub(crate) discovery: Result<Document, DiscoveryFault>,
}

/// What an [`AppState`] is made of.
pub struct Parts {
    /// Time, dice, issuer, policy.
    pub ctx: Arc<Ctx>,
    /// The store.
    pub store: Arc<Store>,
    /// The bounded pool that checks passwords.
    pub hasher: Arc<Hasher>,
    /// The signing keys in use.
    pub ring: Arc<SharedRing>,
    /// Carries letters to people.
    pub post: Arc<dyn Post>,
    /// Shows letters instead, where nothing is really sent.
    pub inbox: Option<Arc<dyn Inbox>>,
    /// Names, without ports, this server answers to beside the issuer's.
    pub hosts: Vec<String>,
    /// Whose forwarded headers are believed.
    pub trusted_proxies: TrustedProxies,
}

impl AppState {
    /// Puts together what handlers need.
    pub fn new(parts: Parts) -> Self {
        let mut hosts: HashSet<String> = parts.hosts.iter().map(|host| host.to_ascii_lowercase()).collect();
        hosts.extend(
            url::Url::parse(parts.ctx.issuer.as_str())
                .ok()
                .and_then(|url| url.host_str().map(str::to_owned)),
        );
        let discovery = oauth::discovery::document(&parts.ctx.issuer);
        Self {
            ctx: parts.ctx,
            store: parts.store,
            hasher: parts.hasher,
            ring: parts.ring,
            post: parts.post,
            inbox: parts.inbox,
            trusted_proxies: parts.trusted_proxies,
            hosts,
            clients: ClientCache::default(),
            discovery,
        }
    }

    /// Forgets what changed elsewhere. Called by the store's change feed.
    pub fn apply(&self, changes: &[Change]) {
        for change in changes {
            match change {
                Change::Client(client_id) => self.clients.forget(client_id),
                Change::Everything => self.clients.clear(),
                Change::User(_) | Change::Keys => {}
            }
        }
    }

    /// Whether a Host header without its port names this server.
    pub(crate) fn answers_to(&self, host: &str) -> bool {
        self.hosts.contains(&host.to_ascii_lowercase())
    }

    /// How people reach us.
    pub(crate) fn transport(&self) -> Transport {
        if self.ctx.issuer.is_https() {
            Transport::Https
        } else {
            Transport::Http
        }
    }

    /// The issuer's host, for people.
    pub(crate) fn place(&self) -> &str {
        let issuer = self.ctx.issuer.as_str();
        let after = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
        after.split('/').next().unwrap_or(after)
    }
}
