//! The configuration: read from defaults, a TOML file, the environment and flags; checked whole; every value with the
//! place it came from.
//!
//! Clients, users and groups are state, not configuration; they live in the database.

mod differences;
mod duration;
mod environment;
mod file;
mod flag;
mod issuer;
mod keys;
mod layer;
mod network;
mod offers;
mod origin;
mod problem;
mod reader;
#[cfg(test)]
mod reference;
mod resolve;
mod schema;
mod show;
mod sources;
pub(crate) mod template;
mod tls;
mod value;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use kernel::{Issuer, Policy};
use mail::MailConfig;
use outbound::{Allowed, Authorities};
use session::revocation::LONGEST_ACCESS_TTL;
use store::CacheUrl;
use token::keys::KeyPlan;

pub(crate) use differences::Differences;
pub(crate) use duration::parse as parse_duration;
pub(crate) use issuer::check as check_issuer;
pub use problem::{Problem, Problems};
pub(crate) use schema::schema;
pub use show::Origins;
pub use sources::Sources;

use crate::tls::{Prepared, TlsFiles};
use keys::Key;
use origin::Origin;
use reader::Reader;
use resolve::Resolved;

/// A configuration without problems. Paths are joined to the directory of its file.
#[derive(Clone)]
pub struct Config {
    /// The file it was read from, if there was one.
    pub file: Option<PathBuf>,
    /// `issuer`.
    pub issuer: Issuer,
    /// `server.listen`.
    pub listen: SocketAddr,
    /// `server.management`.
    pub management: SocketAddr,
    /// `server.hosts`.
    pub hosts: Vec<String>,
    /// `server.trusted_proxies`.
    pub trusted_proxies: Vec<String>,
    /// `server.tls_cert_file`, `server.tls_key_file` and `server.client_ca_file`; nothing when TLS is a proxy's work.
    pub tls: Option<TlsFiles>,
    /// `server.drain`.
    pub drain: Duration,
    /// `database.url`; may hold a password.
    pub database: String,
    /// `cache.url`; may hold a password.
    pub cache: Option<CacheUrl>,
    /// `secrets.master_key_file`.
    pub master_key_file: PathBuf,
    /// `mail`; nothing when no mail is sent.
    pub mail: Option<MailConfig>,
    /// `outbound.allow`.
    pub outbound_allow: Allowed,
    /// What `outbound.ca_file` holds.
    pub outbound_authorities: Authorities,
    /// `keys.algorithms` and `keys.rotate_every`.
    pub key_plan: KeyPlan,
    policy: Policy,
    settings: Resolved,
}

impl Config {
    /// Reads and checks everything.
    ///
    /// # Errors
    /// All problems at once.
    pub fn load(sources: Sources) -> Result<Self, Problems> {
        sources.load()
    }

    /// Lifetimes and limits for the use-cases.
    pub fn to_policy(&self) -> Policy {
        self.policy.clone()
    }

    /// Reads certificate and key.
    ///
    /// # Errors
    /// All that is wrong with them, at the place that names them.
    pub fn read_tls(&self) -> Result<Option<Prepared>, Problems> {
        let read = self.tls.clone().map(Prepared::read).transpose();
        read.map_err(|faults| tls::problems(&self.settings, self.name(), &faults))
    }

    /// The configuration as it is called in messages.
    fn name(&self) -> String {
        let file = self.file.as_deref();
        file.map_or_else(
            || "the configuration".to_owned(),
            |file| file.display().to_string(),
        )
    }

    /// Which keys have another value here than there, those a running server can take and those it cannot.
    pub(crate) fn differences(&self, other: &Config) -> Differences {
        Differences::between(&self.settings, &other.settings)
    }

    /// How many keys somebody set.
    pub fn keys_set(&self) -> usize {
        let origins = self.settings.iter().map(|(_, _, origin)| origin);
        origins.filter(|origin| **origin != Origin::Default).count()
    }

    /// As TOML, without secrets.
    pub fn to_toml(&self, origins: Origins) -> String {
        show::toml(&self.settings, origins)
    }

    /// As JSON with origins, without secrets.
    pub fn to_json(&self) -> serde_json::Value {
        show::json(&self.settings)
    }
}

/// What `[tokens]`, `[session]`, `[keys]` and `[revocation]` say, over the defaults of what has no key.
fn policy(reader: &mut Reader<'_>) -> Policy {
    reader.at_most(Key::TokensAccessTtl, LONGEST_ACCESS_TTL);
    reader.no_longer_than(Key::TokensRefreshIdle, Key::TokensRefreshMax);
    reader.no_longer_than(Key::TokensRefreshGrace, Key::TokensRefreshIdle);
    reader.no_longer_than(Key::SessionIdle, Key::SessionAbsolute);
    reader.no_longer_than(Key::KeysMinPublished, Key::KeysRotateEvery);
    Policy {
        access_ttl: reader.lifetime(Key::TokensAccessTtl),
        refresh_idle: reader.lifetime(Key::TokensRefreshIdle),
        refresh_max: reader.lifetime(Key::TokensRefreshMax),
        refresh_grace: reader.duration(Key::TokensRefreshGrace),
        session_idle: reader.lifetime(Key::SessionIdle),
        session_absolute: reader.lifetime(Key::SessionAbsolute),
        min_published: reader.duration(Key::KeysMinPublished),
        revocation_max_lag: reader.lifetime(Key::RevocationMaxLag),
        ..Policy::default()
    }
}

/// The text without one newline at its end, as editors and `echo` leave it.
pub(crate) fn without_newline(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}
