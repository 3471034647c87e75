//! Every key of the configuration, in the order of the documentation: its name, default and what may be asked of it.
//!
//! This table is the only place that lists keys. Reading, checking, showing, suggesting, the schema and
//! the table in docs/configuration.md all walk it.

use super::value::{Kind, Value};

/// What a key holds when nobody sets it. Its shape is the key's type.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Preset {
    /// A text.
    Text(&'static str),
    /// Yes or no.
    Switch(bool),
    /// A list of texts.
    List(&'static [&'static str]),
    /// A duration as people write it.
    Duration(&'static str),
}

impl Preset {
    /// The type of the key.
    pub(crate) fn kind(self) -> Kind {
        match self {
            Preset::Text(_) => Kind::Text,
            Preset::Switch(_) => Kind::Switch,
            Preset::List(_) => Kind::List,
            Preset::Duration(_) => Kind::Duration,
        }
    }

    /// The default as the documentation writes it: `24h` and not `1d`.
    pub(crate) fn as_written(self) -> Value {
        match self {
            Preset::Duration(text) => Value::Text(text.to_owned()),
            _ => self.value(),
        }
    }

    /// The default as a value.
    pub(crate) fn value(self) -> Value {
        match self {
            Preset::Text(text) => Value::Text(text.to_owned()),
            Preset::Switch(on) => Value::Switch(on),
            Preset::List(items) => Value::List(items.iter().map(|item| (*item).to_owned()).collect()),
            Preset::Duration(text) => Value::Duration(super::duration::parse(text).unwrap_or_default()),
        }
    }
}

/// Which values of a key this release can honour. The others parse and are refused by name: a setting that is accepted
/// and then ignored is worse than one that is missing.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Offer {
    /// Every value; what is wrong with one is found by the checks.
    Any,
    /// Only the default; the text says what to do instead.
    DefaultOnly(&'static str),
    /// One word, or a list of words.
    Words {
        /// Honoured today.
        now: &'static [&'static str],
        /// Documented, not built yet.
        later: &'static [&'static str],
    },
}

/// Whether a value may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// As it is.
    Plainly,
    /// A URL that may hold a password: that part is blanked, and the value is never taken from a flag.
    WithoutPassword,
}

/// When a changed value is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// At SIGHUP, by a running server.
    Reload,
    /// By the next one.
    Restart,
}

/// One row of the table.
#[derive(Debug)]
pub(crate) struct Row {
    /// `section.key`, or `issuer`.
    pub(crate) path: &'static str,
    /// Type and default.
    pub(crate) preset: Preset,
    /// What of it is built.
    pub(crate) offer: Offer,
    /// Whether it may hold a secret.
    pub(crate) shown: Shown,
    /// What a running server does about a change.
    pub(crate) takes: Takes,
    /// What it means: for the reference, the schema and whoever reads this file. Markdown without links.
    pub(crate) about: &'static str,
}

macro_rules! table {
    ($($name:ident $path:literal $preset:expr, $offer:expr, $shown:expr, $takes:expr, $about:literal;)*) => {
        /// A key of the configuration.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(crate) enum Key { $(#[doc = $about] $name,)* }

        impl Key {
            /// All keys, in the order of the documentation.
            pub(crate) const ALL: &[Key] = &[$(Key::$name,)*];

            /// What the table says about it.
            pub(crate) fn row(self) -> &'static Row {
                match self { $(Key::$name => {
                    const ROW: Row =
                        Row { path: $path, preset: $preset, offer: $offer, shown: $shown, takes: $takes, about: $about };
                    &ROW
                })* }
            }
        }
    };
}

use Offer::{Any, DefaultOnly, Words};
use Preset::{Duration, List, Switch, Text};
use Shown::{Plainly, WithoutPassword};
use Takes::{Reload, Restart};

table! {
    Issuer "issuer" Text(""), Any, Plainly, Restart,
        "Who this provider is, in every token. Never changes later. `https://host[:port]` without path or \
         slash at the end; `http` only for localhost, 127.0.0.1 and [::1].";
    ServerListen "server.listen" Text("127.0.0.1:8080"), Any, Plainly, Restart,
        "Address and port of the provider. It speaks plain HTTP, unless it has a certificate.";
    ServerManagement "server.management" Text("127.0.0.1:9464"), Any, Plainly, Restart,
        "Address and port of health checks and metrics. Not to be proxied.";
    ServerHosts "server.hosts" List(&[]), Any, Plainly, Reload,
        "Further host names it answers to, without ports. Any other is answered 421.";
    ServerTrustedProxies "server.trusted_proxies" List(&[]), Any, Plainly, Reload,
        "Addresses and networks (CIDR) whose `X-Forwarded-For` and `Client-Cert` are believed. Name your proxy, otherwise \
         all people seem to come from it and share one limit of failed sign-ins.";
    ServerTlsCertFile "server.tls_cert_file" Text(""), Any, Plainly, Reload,
        "Certificate in PEM, those that vouch for it behind it. With `server.tls_key_file` it makes the server speak TLS \
         itself; empty: a proxy does. New files are taken within seconds, without a signal.";
    ServerTlsKeyFile "server.tls_key_file" Text(""), Any, Plainly, Reload,
        "Private key of the certificate in PEM (PKCS#8, SEC1 or PKCS#1), not encrypted.";
    ServerClientCaFile "server.client_ca_file" Text(""), Any, Plainly, Reload,
        "Authorities in PEM whose client certificates are accepted. Clients are asked for one and need none; a wrong one \
         ends the handshake. Empty: nobody is asked.";
    ServerDrain "server.drain" Duration("5s"), Any, Plainly, Restart,
        "How long it goes on serving after SIGTERM while it already says that it is not ready, so that whoever \
         distributes requests can notice. At most an hour.";
    DatabaseUrl "database.url" Text("sqlite://data/signet.db"), Any, WithoutPassword, Restart,
        "Where everything is kept: `sqlite://FILE` or `postgres://...`.";
    CacheUrl "cache.url" Text(""), Any, WithoutPassword, Restart,
        "Redis, over which several nodes tell each other what was revoked: \
         `redis://[[user]:password@]host[:port][/number]`, `rediss://` for TLS. Whether it answers is not \
         asked: nodes start without it. Empty: the database alone spreads the news.";
    SecretsMasterKeyFile "secrets.master_key_file" Text("secrets/master.key"), Any, Plainly, Restart,
        "Seals the signing keys. Keep a copy elsewhere: without it the database cannot be used.";
    MailUrl "mail.url" Text(""), Any, WithoutPassword, Reload,
        "Where mail is handed in, `smtps://` or `smtp://`. Empty: nothing is sent.";
    MailFrom "mail.from" Text(""), Any, Plainly, Reload,
        "The sender of mail. Empty: `Signet <no-reply@HOST>` with the issuer's host.";
    KeysAlgorithms "keys.algorithms" List(&["RS256", "ES256", "EdDSA"]),
        Words { now: &["RS256", "PS256", "ES256", "ES384", "EdDSA"], later: &[] }, Plainly, Restart,
        "Algorithms published whether they are used or not. RS256 always is, others while a client or an \
         API wants them.";
    KeysRotateEvery "keys.rotate_every" Duration("90d"), Any, Plainly, Restart,
        "How long a key signs before its spare takes over.";
    KeysMinPublished "keys.min_published" Duration("24h"), Any, Plainly, Restart,
        "How long a key must have been in the JWK Set before it may replace another; shown as `safe_at` \
         by `signet key list`.";
    TokensAccessTtl "tokens.access_ttl" Duration("10m"), Any, Plainly, Restart,
        "Life of an access token, at most a day: what is revoked is remembered for that long. An API may \
         have its own (`signet resource`).";
    TokensRefreshIdle "tokens.refresh_idle" Duration("30d"), Any, Plainly, Restart,
        "A refresh token unused for this long is dead.";
    TokensRefreshMax "tokens.refresh_max" Duration("180d"), Any, Plainly, Restart,
        "Refreshing ends this long after the authorization.";
    TokensRefreshGrace "tokens.refresh_grace" Duration("60s"), Any, Plainly, Restart,
        "A retry inside it gets the same successor; `0s` turns that off.";
    SessionIdle "session.idle" Duration("12h"), Any, Plainly, Restart,
        "A session without a visit for this long is over.";
    SessionAbsolute "session.absolute" Duration("30d"), Any, Plainly, Restart,
        "A session older than this is over.";
    RevocationMaxLag "revocation.max_lag" Duration("5s"), Any, Plainly, Restart,
        "A process that had no news of revocations for longer asks the database each time.";
    LoginMethods "login.methods" List(&["password"]), Words { now: &["password"], later: &["passkey"] }, Plainly, Restart,
        "How people may sign in.";
    LoginRequireMfa "login.require_mfa" Text("none"), Words { now: &["none"], later: &["admins", "all"] }, Plainly, Restart,
        "Who needs a second factor.";
    LoginSelfRegistration "login.self_registration" Switch(false),
        DefaultOnly("write false; people are added with `signet user create`"), Plainly, Restart,
        "Whether people may make their own account.";
    ClientsDynamicRegistration "clients.dynamic_registration" Text("off"),
        Words { now: &["off"], later: &["token", "open"] }, Plainly, Restart,
        "Whether clients may register themselves.";
    ClientsMetadataDocuments "clients.metadata_documents" Switch(false),
        DefaultOnly("write false; clients are added with `signet client create`"), Plainly, Restart,
        "Whether a URL may be a client id.";
    OutboundAllow "outbound.allow" List(&[]), Any, Plainly, Restart,
        "What may be fetched beyond `https` from public addresses: `HOST:PORT`, `*.NAME:PORT` or \
         `RANGE:*`.";
    OutboundCaFile "outbound.ca_file" Text(""), Any, Plainly, Restart,
        "Certificate authorities (PEM) believed beside the system's, when fetching and when handing in \
         mail; for Redis, instead of them.";
}

impl Key {
    /// The key with exactly this path.
    pub(crate) fn find(path: &str) -> Option<Key> {
        Key::ALL.iter().copied().find(|key| key.row().path == path)
    }

    /// Its name in the environment.
    pub(crate) fn variable(self) -> String {
        format!("SIGNET_{}", self.row().path.replace('.', "__").to_uppercase())
    }

    /// Whether some key stands in this section.
    pub(crate) fn has_section(name: &str) -> bool {
        Key::ALL.iter().any(|key| {
            key.row()
                .path
                .split_once('.')
                .is_some_and(|(section, _)| section == name)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_a_value_of_its_own_kind() {
        for key in Key::ALL {
            let row = key.row();
            if let Preset::Duration(text) = row.preset {
                assert!(super::super::duration::parse(text).is_ok(), "{}", row.path);
            }
            assert_eq!(row.preset.value().kind(), row.preset.kind(), "{}", row.path);
        }
    }

    #[test]
    fn names_in_the_environment_use_a_double_underscore() {
        assert_eq!(Key::Issuer.variable(), "SIGNET_ISSUER");
        assert_eq!(
            Key::SecretsMasterKeyFile.variable(),
            "SIGNET_SECRETS__MASTER_KEY_FILE"
        );
    }
}
