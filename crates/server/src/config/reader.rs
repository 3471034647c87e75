//! Reads typed values out of resolved settings and collects what is wrong with them.
//!
//! Every method answers something even when the value is wrong, so that one run finds every problem; the answers are
//! thrown away when there is one.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use mail::{Authority, MailConfig, Relay, Sender};
use outbound::{Allowed, Authorities};
use store::CacheUrl;
use token::SigningAlg;

use super::keys::Key;
use super::network;
use super::origin::Origin;
use super::problem::{Place, Problem};
use super::resolve::Resolved;
use super::{duration, issuer, offers};

/// What to do about a missing or wrong sender.
const WRITE_A_SENDER: &str = "write it as \"Signet <no-reply@id.example.com>\"";

/// Typed access to settings, and the list of objections.
pub(crate) struct Reader<'a> {
    settings: &'a Resolved,
    /// Relative paths begin here.
    directory: &'a Path,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    /// Begins reading; `directory` is where the configuration file is.
    pub(crate) fn new(settings: &'a Resolved, directory: &'a Path) -> Self {
        Self {
            settings,
            directory,
            problems: Vec::new(),
        }
    }

    /// Everything that was wrong.
    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// Notes what is wrong with a key.
    pub(crate) fn object(&mut self, key: Key, reason: impl Into<String>, remedy: impl Into<String>) {
        let place = self.settings.origin(key).place(key);
        self.problems.push(Problem {
            place,
            reason: reason.into(),
            remedy: remedy.into(),
        });
    }

    /// Refuses what is not built.
    pub(crate) fn check_offers(&mut self) {
        for (key, value, _) in self.settings.iter() {
            if let Some((reason, remedy)) = offers::objection(key, value) {
                self.object(key, reason, remedy);
            }
        }
    }

    /// The issuer. `missing` is where to complain when nobody set it, and what to do.
    pub(crate) fn issuer(&mut self, missing: (Place, &str)) -> String {
        let issuer = self.settings.text(Key::Issuer);
        if issuer.is_empty() {
            let (place, remedy) = missing;
            self.problems.push(Problem {
                place,
                reason: "issuer is not set".to_owned(),
                remedy: remedy.to_owned(),
            });
        } else if let Err((reason, remedy)) = issuer::check(issuer) {
            self.object(Key::Issuer, reason, remedy);
        }
        issuer.to_owned()
    }

    /// An address to listen on.
    pub(crate) fn address(&mut self, key: Key) -> SocketAddr {
        let text = self.settings.text(key);
        network::listen_address(text).unwrap_or_else(|| {
            let reason = format!(
                "{} \"{}\" is not an address with a port",
                key.row().path,
                text.escape_debug()
            );
            self.object(key, reason, "write it as \"127.0.0.1:8080\"");
            SocketAddr::from(([127, 0, 0, 1], 0))
        })
    }

    /// Host names.
    pub(crate) fn hosts(&mut self, key: Key) -> Vec<String> {
        let hosts = self.settings.list(key);
        for host in hosts.iter().filter(|host| !network::is_host(host)) {
            let reason = format!(
                "{} has \"{}\", which is not a host name alone",
                key.row().path,
                host.escape_debug()
            );
            self.object(
                key,
                reason,
                "write it in small letters, without scheme, port or path",
            );
        }
        hosts.to_vec()
    }

    /// Addresses and ranges of them.
    pub(crate) fn ranges(&mut self, key: Key) -> Vec<String> {
        let ranges = self.settings.list(key);
        for range in ranges {
            if let Some(reason) = network::range_objection(range) {
                let reason = format!(
                    "{} has \"{}\", which {reason}",
                    key.row().path,
                    range.escape_debug()
                );
                self.object(key, reason, "write ranges as \"10.0.0.0/8\"");
            }
        }
        ranges.to_vec()
    }

    /// What may be fetched although the rules for the open internet forbid it.
    pub(crate) fn allowed(&mut self, key: Key) -> Allowed {
        let faults = match Allowed::parse(self.settings.list(key)) {
            Ok(allowed) => return allowed,
            Err(faults) => faults,
        };
        for fault in faults {
            let (path, entry) = (key.row().path, fault.entry.escape_debug());
            let reason = format!("{path} has \"{entry}\", which {}", fault.reason);
            self.object(
                key,
                reason,
                "write it as \"localhost:8080\", \"*.internal.example:*\" or \"10.0.0.0/8:*\"",
            );
        }
        Allowed::default()
    }

    /// Certificate authorities in a PEM file; none where no file is named.
    pub(crate) fn authorities(&mut self, key: Key) -> Authorities {
        let text = self.settings.text(key);
        if text.is_empty() {
            return Authorities::default();
        }
        let path = self.directory.join(text);
        let read = std::fs::read(&path).map_err(|error| format!("cannot be read: {error}"));
        let read = read.and_then(|pem| Authorities::from_pem(&pem).map_err(|fault| fault.to_string()));
        read.unwrap_or_else(|reason| {
            let reason = format!("{} names {}, which {reason}", key.row().path, path.display());
            self.object(
                key,
                reason,
                "name a file of certificates in PEM form, or leave it empty",
            );
            Authorities::default()
        })
    }

    /// What `outbound.ca_file` holds. It is complained about where it is read for fetching.
    fn authority_file(&self) -> Option<Vec<u8>> {
        let text = self.settings.text(Key::OutboundCaFile);
        let path = (!text.is_empty()).then(|| self.directory.join(text))?;
        std::fs::read(path).ok()
    }

    /// Where mail is handed in and whom it is from; nothing while no server is named. `outbound.ca_file` is complained about
    /// where it is read for fetching.
    pub(crate) fn mail(&mut self) -> Option<MailConfig> {
        let (url, from) = (
            self.settings.text(Key::MailUrl),
            self.settings.text(Key::MailFrom),
        );
        let from = match (from, url) {
            ("", "") => None,
            ("", _) => self.sender_of_issuer(),
            (from, _) => self.sender(from),
        };
        if url.is_empty() {
            return None;
        }
        // The text itself is not repeated: it may hold a password.
        let relay = Relay::parse(url).map_err(|fault| {
            self.object(Key::MailUrl, format!("mail.url {fault}"), fault.remedy());
        });
        let ca_file = self.settings.text(Key::OutboundCaFile);
        let authority = (!ca_file.is_empty()).then(|| Authority::read(&self.directory.join(ca_file)));
        Some(MailConfig {
            relay: relay.ok()?,
            from: from?,
            authority: authority.and_then(Result::ok),
        })
    }

    fn sender(&mut self, text: &str) -> Option<Sender> {
        let sender = Sender::parse(text);
        if let Err(fault) = sender {
            let reason = format!("mail.from \"{}\" {fault}", text.escape_debug());
            self.object(Key::MailFrom, reason, WRITE_A_SENDER);
        }
        sender.ok()
    }

    /// The sender of a provider that was told none. A wrong issuer is complained about elsewhere.
    fn sender_of_issuer(&mut self) -> Option<Sender> {
        let issuer = url::Url::parse(self.settings.text(Key::Issuer)).ok()?;
        let sender = issuer.host_str().and_then(Sender::of_host);
        if sender.is_none() {
            let reason = "mail.from is not set, and the issuer's host has no mailbox";
            self.object(Key::MailFrom, reason, WRITE_A_SENDER);
        }
        sender
    }

    /// A duration that may be zero.
    pub(crate) fn duration(&self, key: Key) -> Duration {
        self.settings.duration(key)
    }

    /// A duration that may not be zero.
    pub(crate) fn lifetime(&mut self, key: Key) -> Duration {
        let duration = self.settings.duration(key);
        if duration.is_zero() {
            self.object(key, format!("{} is zero", key.row().path), "write a longer time");
        }
        duration
    }

    /// That a duration is no longer than this release can honour.
    pub(crate) fn at_most(&mut self, key: Key, limit: Duration) {
        if self.settings.duration(key) > limit {
            let limit = duration::show(limit);
            let reason = format!("{} is longer than {limit}", key.row().path);
            self.object(key, reason, format!("make it at most {limit}"));
        }
    }

    /// That one duration is no longer than another. The complaint goes to what somebody set.
    pub(crate) fn no_longer_than(&mut self, short: Key, long: Key) {
        let (length, limit) = (self.settings.duration(short), self.settings.duration(long));
        // A limit of zero is complained about where it is read.
        if limit.is_zero() || length <= limit {
            return;
        }
        let reason = format!("{} is longer than {}", short.row().path, long.row().path);
        if *self.settings.origin(short) == Origin::Default {
            self.object(
                long,
                reason,
                format!("make it at least {}", duration::show(length)),
            );
        } else {
            self.object(
                short,
                reason,
                format!("make it at most {}", duration::show(limit)),
            );
        }
    }

    /// Signature algorithms. What is none was complained about by [`check_offers`](Self::check_offers).
    pub(crate) fn algorithms(&self, key: Key) -> Vec<SigningAlg> {
        let listed = self.settings.list(key);
        listed.iter().filter_map(|alg| alg.parse().ok()).collect()
    }

    /// A file that need not be named; relative paths begin at the configuration file.
    pub(crate) fn file(&self, key: Key) -> Option<PathBuf> {
        let text = self.settings.text(key);
        (!text.is_empty()).then(|| self.directory.join(text))
    }

    /// Whether the issuer is `https`.
    pub(crate) fn has_secure_issuer(&self) -> bool {
        self.settings.text(Key::Issuer).starts_with("https://")
    }

    /// A path; relative ones begin at the configuration file.
    pub(crate) fn path(&mut self, key: Key) -> PathBuf {
        let text = self.settings.text(key);
        if text.is_empty() {
            self.object(key, format!("{} is empty", key.row().path), "name a file");
        }
        self.directory.join(text)
    }

    /// The address of Redis; none where none is named. The text itself is not repeated: it may hold a password.
    pub(crate) fn cache(&mut self, key: Key) -> Option<CacheUrl> {
        let url = self.settings.text(key);
        if url.is_empty() {
            return None;
        }
        match CacheUrl::parse(url) {
            Ok(url) => Some(match self.authority_file() {
                Some(pem) => url.believing(pem),
                None => url,
            }),
            Err(fault) => {
                let reason = format!("{} {fault}", key.row().path);
                self.object(
                    key,
                    reason,
                    "write it as \"redis://HOST:PORT\", or rediss:// for TLS",
                );
                None
            }
        }
    }

    /// The database's URL; relative paths in it begin at the configuration file.
    pub(crate) fn database(&mut self, key: Key) -> String {
        let url = self.settings.text(key);
        match url.strip_prefix("sqlite://") {
            Some("") => self.object(
                key,
                "database.url names no file",
                "write it as \"sqlite://data/signet.db\"",
            ),
            Some(path) => return format!("sqlite://{}", self.directory.join(path).display()),
            // The text itself is not repeated: it may hold a password.
            None => match store::absolute_url(url, self.directory) {
                Some(Ok(url)) => return url,
                Some(Err(fault)) => self.object(
                    key,
                    format!("database.url {fault}"),
                    "docs/operate/postgresql.md lists what it may say",
                ),
                None => self.object(
                    key,
                    "database.url is not a database",
                    "begin it with sqlite:// or postgres://",
                ),
            },
        }
        url.to_owned()
    }
}
