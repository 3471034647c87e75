//! What can be said about a URL without asking the network: whether it could ever be fetched.
//!
//! The same rules hold when a client registers a URL and when it is fetched, so that what was registered is refused later
//! only for where its name leads. Nothing is resolved here: an answer today would prove nothing tomorrow.

use std::sync::Arc;

use url::{Host, Url};

use crate::allowed::Allowed;
use crate::port;
use crate::reach::{Reach, localhost};
use crate::refusal::OutOfReach;

/// Judges URLs by the rules of [`Outbound::open`](crate::Outbound::open). Cheap to clone.
#[derive(Debug, Clone)]
pub struct Judge {
    allowed: Arc<Allowed>,
}

/// On what ground a URL may be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The operator named its host and port: wherever it is.
    Vouched,
    /// It leads to the public internet, or to an excepted range.
    Public,
}

impl Judge {
    /// With these exceptions.
    pub fn new(allowed: Allowed) -> Self {
        Self {
            allowed: Arc::new(allowed),
        }
    }

    /// Whether the URL could ever be fetched.
    ///
    /// # Errors
    /// The first rule it breaks. The text ends a sentence about the URL and may be shown to whoever wrote the URL.
    pub fn judge(&self, url: &str) -> Result<(), OutOfReach> {
        // Parsers drop tabs and line breaks and turn backslashes around (WHATWG URL 4.4).
        let plain = url.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
        match Url::parse(url) {
            Ok(url) if plain => self.standing(&url).map(drop),
            _ => Err(OutOfReach::Malformed),
        }
    }

    pub(crate) fn allowed(&self) -> Arc<Allowed> {
        Arc::clone(&self.allowed)
    }

    pub(crate) fn standing(&self, url: &Url) -> Result<Standing, OutOfReach> {
        let port = match url.scheme() {
            "https" | "http" => url.port_or_known_default().unwrap_or_default(),
            other => return Err(OutOfReach::Scheme(other.to_owned())),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OutOfReach::UserInfo);
        }
        if url.fragment().is_some() {
            return Err(OutOfReach::Fragment);
        }
        let host = url.host().ok_or(OutOfReach::NoHost)?;
        if self.allowed.vouches_for(&host, port) {
            return Ok(Standing::Vouched);
        }
        if url.scheme() == "http" && !self.covers_literal(&host) {
            return Err(OutOfReach::PlainHttp);
        }
        if port::is_foreign(port) {
            return Err(OutOfReach::Port(port));
        }
        if let Host::Domain(name) = host {
            self.check_name(name)?;
        }
        Reach::Public(self.allowed()).check_url(url)?;
        Ok(Standing::Public)
    }

    fn covers_literal(&self, host: &Host<&str>) -> bool {
        match *host {
            Host::Domain(_) => false,
            Host::Ipv4(address) => self.allowed.covers(address.into()),
            Host::Ipv6(address) => self.allowed.covers(address.into()),
        }
    }

    /// Names whose addresses are known without asking, or that no public resolver knows. The latter may still lead into
    /// an excepted range.
    fn check_name(&self, name: &str) -> Result<(), OutOfReach> {
        if name.ends_with('.') {
            return Err(OutOfReach::TrailingDot);
        }
        if let Some(addresses) = localhost(name) {
            return Reach::Public(self.allowed()).vet(name, addresses).map(drop);
        }
        if is_local(name) && !self.allowed.has_ranges() {
            return Err(OutOfReach::LocalName(name.to_owned()));
        }
        Ok(())
    }
}

/// Multicast DNS (RFC 6762 3), home networks (RFC 8375), the name set aside for private use, and names without a dot.
fn is_local(name: &str) -> bool {
    let endings = [".local", ".internal", ".home.arpa"];
    !name.contains('.') || endings.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(allow: &[&str], url: &str) -> Result<(), OutOfReach> {
        let entries: Vec<String> = allow.iter().map(|it| (*it).to_owned()).collect();
        Judge::new(Allowed::parse(&entries).unwrap()).judge(url)
    }

    #[test]
    fn public_https_passes() {
        for url in [
            "https://rp.example/logout",
            "https://rp.example:8443/a?b=c",
            "https://1.1.1.1/",
            "https://[2606:4700::1111]/",
            "HTTPS://RP.Example/",
            "https://xn--bcher-kva.example/",
        ] {
            assert_eq!(judge(&[], url), Ok(()), "{url}");
        }
    }

    #[test]
    fn addresses_are_refused_however_they_are_spelled() {
        for host in [
            "127.0.0.1",
            "127.1",
            "127.0.0.1.",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "0177.0.0.1",
            "017700000001",
            "%31%32%37.0.0.1",
            "0.0.0.0",
            "0",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "0xa9fea9fe",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[fe80::1]",
            "[fd00:ec2::254]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "localhost",
            "LOCALHOST",
            "notes.localhost",
        ] {
            let refusal = judge(&[], &format!("https://{host}/x")).unwrap_err();
            assert!(
                matches!(refusal, OutOfReach::Forbidden { .. }),
                "{host}: {refusal}"
            );
        }
    }

    #[test]
    fn every_other_rule_has_its_own_words() {
        let dotted = |name: &str| OutOfReach::LocalName(name.to_owned());
        for (url, refusal) in [
            ("rp.example", OutOfReach::Malformed),
            ("", OutOfReach::Malformed),
            ("https://", OutOfReach::Malformed),
            ("https://[fe80::1%25eth0]/", OutOfReach::Malformed),
            ("https://256.256.256.256/", OutOfReach::Malformed),
            (" https://rp.example/", OutOfReach::Malformed),
            ("https://rp.example\\@127.0.0.1/", OutOfReach::Malformed),
            ("https://rp.ex\tample/", OutOfReach::Malformed),
            ("https://１２７.0.0.1/", OutOfReach::Malformed),
            ("http://rp.example/", OutOfReach::PlainHttp),
            ("ftp://rp.example/", OutOfReach::Scheme("ftp".into())),
            ("file:///etc/passwd", OutOfReach::Scheme("file".into())),
            ("gopher://rp.example/", OutOfReach::Scheme("gopher".into())),
            ("javascript:alert(1)", OutOfReach::Scheme("javascript".into())),
            ("https://me@rp.example/", OutOfReach::UserInfo),
            ("https://me:pw@rp.example/", OutOfReach::UserInfo),
            ("https://rp.example/#x", OutOfReach::Fragment),
            ("https://rp.example/#", OutOfReach::Fragment),
            ("https://rp.example./", OutOfReach::TrailingDot),
            ("https://localhost./", OutOfReach::TrailingDot),
            ("https://rp.example:22/", OutOfReach::Port(22)),
            ("https://rp.example:25/", OutOfReach::Port(25)),
            ("https://rp.example:0/", OutOfReach::Port(0)),
            ("https://rp.example:6667/", OutOfReach::Port(6667)),
            ("https://printer.local/", dotted("printer.local")),
            (
                "https://metadata.google.internal/",
                dotted("metadata.google.internal"),
            ),
            ("https://router.home.arpa/", dotted("router.home.arpa")),
            ("https://intranet/", dotted("intranet")),
        ] {
            assert_eq!(judge(&[], url), Err(refusal), "{url}");
        }
    }

    #[test]
    fn the_operator_may_except_what_is_named() {
        for (entry, url) in [
            ("localhost:*", "http://localhost:8081/logout"),
            ("localhost:*", "https://localhost/"),
            ("127.0.0.1:8081", "http://127.0.0.1:8081/"),
            ("[::1]:*", "http://[::1]:8081/"),
            ("10.0.0.0/8:*", "http://10.1.2.3:3000/"),
            ("10.0.0.0/8:*", "https://rp.corp.internal/"),
            ("10.0.0.0/8:*", "https://intranet/"),
            ("rp.example:22", "https://rp.example:22/"),
            (
                "*.svc.cluster.local:*",
                "http://rp.default.svc.cluster.local:3000/",
            ),
        ] {
            assert_eq!(judge(&[entry], url), Ok(()), "{entry} {url}");
        }
    }

    #[test]
    fn an_exception_excepts_nothing_else() {
        for (entry, url) in [
            ("localhost:8081", "http://localhost:8082/"),
            ("localhost:*", "http://localhost:22/"),
            ("localhost:*", "http://127.0.0.1:8081/"),
            ("localhost:*", "https://notes.localhost/"),
            ("localhost:*", "http://me@localhost:8081/"),
            ("localhost:*", "http://localhost:8081/#x"),
            ("localhost:*", "ftp://localhost:8081/"),
            ("127.0.0.0/8:*", "https://localhost/"),
            ("10.0.0.0/8:*", "https://192.168.0.1/"),
            ("10.0.0.0/8:*", "https://10.0.0.1:22/"),
            ("10.0.0.0/8:*", "http://rp.example/"),
        ] {
            assert!(judge(&[entry], url).is_err(), "{entry} {url}");
        }
    }
}
