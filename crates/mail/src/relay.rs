//! Where mail is handed in: `smtp://` or `smtps://`, read from one URL and judged before anything connects.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// The submission port (RFC 6409 3.1).
const SUBMISSION: u16 = 587;
/// The submission port with TLS from the first byte (RFC 8314 7.3).
const SUBMISSIONS: u16 = 465;

/// How the connection is protected. The server's certificate is verified wherever there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (RFC 8314 3.3).
    Tls,
    /// STARTTLS (RFC 3207), without which nothing is said to the server: not a name, not a password, not a letter.
    StartTls,
    /// None. The server is this machine.
    Plain,
}

/// A name and password for the server.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The name.
    pub user: String,
    /// The password.
    pub password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}

/// A mail server that takes our letters and carries them on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relay {
    /// A host name or address, without brackets. Its certificate has to name it.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// What the server wants to know of us, if anything.
    pub credentials: Option<Credentials>,
}

/// Why a text is not a mail server. The text may hold a password, so no fault repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrlFault {
    /// Not a URL.
    #[error("is not a URL")]
    NotAUrl,
    /// Neither smtp nor smtps.
    #[error("begins neither with smtp:// nor with smtps://")]
    Scheme,
    /// No host.
    #[error("names no host")]
    NoHost,
    /// A path, a query or a fragment.
    #[error("has something after host and port")]
    Trailing,
    /// Only one of name and password, or one that is not UTF-8.
    #[error("has half a login")]
    Credentials,
}

impl UrlFault {
    /// What to do about it.
    pub fn remedy(self) -> &'static str {
        match self {
            UrlFault::NotAUrl | UrlFault::Scheme | UrlFault::NoHost => {
                "write it as \"smtps://user:password@mail.example.com\""
            }
            UrlFault::Trailing => "remove everything after the port",
            UrlFault::Credentials => {
                "write user:password@, with @ : / and % in them as %40 %3A %2F and %25, or neither"
            }
        }
    }
}

impl Relay {
    /// Reads `smtp[s]://[user:password@]host[:port]`. Ports default to 465 for `smtps` and 587 for `smtp`.
    ///
    /// # Errors
    /// [`UrlFault`].
    pub fn parse(text: &str) -> Result<Self, UrlFault> {
        let url = Url::parse(text).map_err(|_| UrlFault::NotAUrl)?;
        let (implicit, default_port) = match url.scheme() {
            "smtps" => (true, SUBMISSIONS),
            "smtp" => (false, SUBMISSION),
            _ => return Err(UrlFault::Scheme),
        };
        let host = host(&url)?;
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(UrlFault::Trailing);
        }
        let security = match (implicit, is_loopback(&host)) {
            (true, _) => Security::Tls,
            (false, true) => Security::Plain,
            (false, false) => Security::StartTls,
        };
        Ok(Self {
            host: host.to_string().trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(default_port),
            security,
            credentials: credentials(&url)?,
        })
    }
}

/// The host in its normal form; these schemes are none that URLs give their hosts one for (WHATWG URL 4.4).
fn host(url: &Url) -> Result<Host, UrlFault> {
    let text = url.host_str().filter(|host| !host.is_empty());
    Host::parse(text.ok_or(UrlFault::NoHost)?).map_err(|_| UrlFault::NoHost)
}

/// This machine by definition, whatever a resolver says (RFC 5735 3, RFC 4291 2.5.3, RFC 6761 6.3).
fn is_loopback(host: &Host) -> bool {
    match host {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => Ipv4Addr::is_loopback(address),
        Host::Ipv6(address) => Ipv6Addr::is_loopback(address),
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, UrlFault> {
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        (user, Some(password)) if !user.is_empty() && !password.is_empty() => Ok(Some(Credentials {
            user: decoded(user).ok_or(UrlFault::Credentials)?,
            password: decoded(password).ok_or(UrlFault::Credentials)?,
        })),
        _ => Err(UrlFault::Credentials),
    }
}

/// Percent-decodes (RFC 3986 2.1). Nothing for half an escape or what is not UTF-8.
fn decoded(text: &str) -> Option<String> {
    let mut pieces = text.split('%');
    let mut bytes = pieces.next()?.as_bytes().to_vec();
    for piece in pieces {
        let escape = piece.get(..2)?;
        bytes.push(u8::from_str_radix(escape, 16).ok()?);
        bytes.extend_from_slice(&piece.as_bytes()[2..]);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_follow_the_scheme() {
        for (url, host, port) in [
            ("smtps://mail.example.com", "mail.example.com", 465),
            ("smtp://mail.example.com", "mail.example.com", 587),
            ("smtp://MAIL.example.com:2525", "mail.example.com", 2525),
            ("smtp://[::1]:25/", "::1", 25),
        ] {
            let relay = Relay::parse(url).unwrap();
            assert_eq!((relay.host.as_str(), relay.port), (host, port), "{url}");
        }
    }

    #[test]
    fn only_this_machine_may_do_without_tls() {
        let security = |url: &str| Relay::parse(url).unwrap().security;
        for url in [
            "smtp://localhost",
            "smtp://LOCALHOST:25",
            "smtp://127.0.0.1",
            "smtp://127.8.9.10",
            "smtp://[::1]",
        ] {
            assert_eq!(security(url), Security::Plain, "{url}");
        }
        for url in [
            "smtp://mail.example.com",
            "smtp://localhost.evil.example",
            "smtp://127.0.0.1.evil.example",
            "smtp://mail.localhost",
            "smtp://10.0.0.1",
            "smtp://0.0.0.0",
            "smtp://[::ffff:127.0.0.1]",
            "smtp://localhost@mail.example.com:25"
                .replace("localhost@", "localhost:x@")
                .as_str(),
        ] {
            assert_eq!(security(url), Security::StartTls, "{url}");
        }
        assert_eq!(security("smtps://localhost"), Security::Tls);
    }

    #[test]
    fn credentials_are_decoded_and_never_printed() {
        let relay = Relay::parse("smtps://signet%40example.com:p%40ss%3a%25+x@mail.example.com").unwrap();
        let credentials = relay.credentials.clone().unwrap();
        assert_eq!(credentials.user, "signet@example.com");
        assert_eq!(credentials.password, "p@ss:%+x");
        assert!(!format!("{relay:?}").contains("p@ss"));
    }

    #[test]
    fn every_mistake_has_its_own_name() {
        for (url, fault) in [
            ("mail.example.com", UrlFault::NotAUrl),
            ("smtp://mail.example.com:99999", UrlFault::NotAUrl),
            ("https://mail.example.com", UrlFault::Scheme),
            ("smtp:mail.example.com", UrlFault::NoHost),
            ("smtp://", UrlFault::NoHost),
            ("smtp://mail.example.com/inbox", UrlFault::Trailing),
            ("smtp://mail.example.com?tls=none", UrlFault::Trailing),
            ("smtp://user@mail.example.com", UrlFault::Credentials),
            ("smtp://:secret@mail.example.com", UrlFault::Credentials),
            ("smtp://user:%zz@mail.example.com", UrlFault::Credentials),
            ("smtp://user:%ff@mail.example.com", UrlFault::Credentials),
        ] {
            assert_eq!(Relay::parse(url), Err(fault), "{url}");
        }
    }
}
