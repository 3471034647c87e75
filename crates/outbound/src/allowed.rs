//! What the operator excepts from the rules for the open internet (`outbound.allow`): hosts vouched for by name, and
//! ranges of addresses. Three forms, told apart by their spelling:
//!
//! | form | example | what it excepts |
//! |---|---|---|
//! | `HOST:PORT` | `localhost:*`, `10.0.0.5:8443`, `[::1]:8080` | URLs with exactly this host, wherever it is; `http` too |
//! | `*.NAME:PORT` | `*.internal.example:443` | the same for every name below |
//! | `RANGE:*` | `10.0.0.0/8:*`, `[fd00::/8]:*` | addresses in the range, whatever name led there |
//!
//! `*` as a port stands for all ports web servers have; any other port has to be written out. A range takes every port,
//! because a name is resolved before the port is looked at.

use std::net::IpAddr;

use thiserror::Error;
use url::Host;

use crate::network::Network;
use crate::port;

/// The exceptions; none by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    hosts: Vec<(Pattern, Ports)>,
    ranges: Vec<Network>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Pattern {
    Exactly(Host<String>),
    /// With its leading dot, so that no other name ends in it.
    Below(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ports {
    One(u16),
    TheWebs,
}

/// An entry that is none of the three forms.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("\"{}\" {reason}", entry.escape_debug())]
pub struct AllowFault {
    /// The entry as written.
    pub entry: String,
    /// What is wrong with it, as the end of a sentence about it.
    pub reason: &'static str,
}

impl Allowed {
    /// Reads the entries of `outbound.allow`.
    ///
    /// # Errors
    /// One fault for each bad entry.
    pub fn parse(entries: &[String]) -> Result<Self, Vec<AllowFault>> {
        let mut allowed = Self::default();
        let mut faults = Vec::new();
        for entry in entries {
            if let Err(reason) = allowed.add(entry) {
                let entry = entry.clone();
                faults.push(AllowFault { entry, reason });
            }
        }
        if faults.is_empty() {
            Ok(allowed)
        } else {
            Err(faults)
        }
    }

    fn add(&mut self, entry: &str) -> Result<(), &'static str> {
        let (host, port) = split(entry)?;
        let ports = parse_port(port)?;
        if host.contains('/') {
            if ports != Ports::TheWebs {
                return Err("is a range with a port; a range takes every port, write :*");
            }
            let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
            self.ranges.push(Network::parse(bare.unwrap_or(host))?);
        } else {
            self.hosts.push((parse_pattern(host)?, ports));
        }
        Ok(())
    }

    /// Whether the operator vouches for the host of a URL, as it is written there, at this port.
    pub(crate) fn vouches_for(&self, host: &Host<&str>, port: u16) -> bool {
        self.hosts
            .iter()
            .any(|(pattern, ports)| pattern.matches(host) && ports.matches(port))
    }

    /// Whether an address lies in an excepted range.
    pub(crate) fn covers(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.ranges.iter().any(|range| range.contains(address))
    }

    /// Whether names that lead inside could be of use at all.
    pub(crate) fn has_ranges(&self) -> bool {
        !self.ranges.is_empty()
    }
}

impl Pattern {
    fn matches(&self, host: &Host<&str>) -> bool {
        match (self, host) {
            (Self::Exactly(own), host) => own == host,
            (Self::Below(ending), Host::Domain(name)) => name.len() > ending.len() && name.ends_with(ending),
            (Self::Below(_), Host::Ipv4(_) | Host::Ipv6(_)) => false,
        }
    }
}

impl Ports {
    fn matches(self, port: u16) -> bool {
        match self {
            Self::One(own) => own == port,
            Self::TheWebs => !port::is_foreign(port),
        }
    }
}

/// Host and port of an entry. The colons of an IPv6 address are inside its brackets.
fn split(entry: &str) -> Result<(&str, &str), &'static str> {
    if entry.contains("://") {
        return Err("is a URL; leave out scheme and path");
    }
    let (host, port) = match entry.find(']') {
        Some(end) if entry.starts_with('[') => {
            let (host, rest) = entry.split_at(end + 1);
            (host, rest.strip_prefix(':'))
        }
        _ => match entry.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (entry, None),
        },
    };
    match port {
        _ if host.contains(':') && !host.starts_with('[') => Err("has an IPv6 address without brackets"),
        None => Err("names no port; write :* for all"),
        Some(_) if host.is_empty() => Err("names no host"),
        Some(port) => Ok((host, port)),
    }
}

fn parse_port(text: &str) -> Result<Ports, &'static str> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse() {
        _ if text == "*" => Ok(Ports::TheWebs),
        Ok(port) if port > 0 && digits => Ok(Ports::One(port)),
        _ => Err("has a port that is neither a number up to 65535 nor *"),
    }
}

fn parse_pattern(text: &str) -> Result<Pattern, &'static str> {
    let not_plain = "has a host that is not in its normal form; write it in small ASCII letters, without a dot at the end";
    if text == "*" {
        return Err("names every host; name those you mean");
    }
    let (below, name) = match text.strip_prefix("*.") {
        Some(name) => (true, name),
        None => (false, text),
    };
    if name.contains('*') {
        return Err("has a * that does not stand for whole names at the beginning");
    }
    let host = Host::parse(name).map_err(|_| "does not begin with a host")?;
    if host.to_string() != name || name.ends_with('.') {
        return Err(not_plain);
    }
    match host {
        Host::Domain(name) if below => Ok(Pattern::Below(format!(".{name}"))),
        Host::Ipv4(_) | Host::Ipv6(_) if below => {
            Err("has * before an address; write a range such as 10.0.0.0/8:*")
        }
        host => Ok(Pattern::Exactly(host)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(entry: &str) -> Result<Allowed, &'static str> {
        Allowed::parse(&[entry.to_owned()]).map_err(|faults| faults[0].reason)
    }

    fn vouches(entry: &str, host: &str, port: u16) -> bool {
        let url = url::Url::parse(&format!("http://{host}/")).unwrap();
        parse(entry).unwrap().vouches_for(&url.host().unwrap(), port)
    }

    #[test]
    fn vouches_for_what_is_named_and_nothing_else() {
        for (entry, host, port) in [
            ("localhost:*", "localhost", 8080),
            ("localhost:*", "LOCALHOST", 80),
            ("rp.internal.example:8443", "rp.internal.example", 8443),
            ("*.internal.example:443", "rp.internal.example", 443),
            ("*.internal.example:443", "a.b.internal.example", 443),
            ("10.0.0.5:22", "10.0.0.5", 22),
            ("10.0.0.5:*", "0xa000005", 443),
            ("[::1]:*", "[::1]", 443),
        ] {
            assert!(vouches(entry, host, port), "{entry} {host} {port}");
        }
        for (entry, host, port) in [
            ("localhost:*", "localhost.example", 443),
            ("localhost:*", "127.0.0.1", 443),
            ("localhost:*", "localhost", 22),
            ("localhost:8080", "localhost", 8081),
            ("*.internal.example:443", "internal.example", 443),
            ("*.internal.example:443", "evilinternal.example", 443),
            ("*.internal.example:443", "rp.internal.example.evil", 443),
            ("127.0.0.1:*", "[::ffff:127.0.0.1]", 443),
            ("10.0.0.0/8:*", "10.0.0.5", 443),
        ] {
            assert!(!vouches(entry, host, port), "{entry} {host} {port}");
        }
    }

    #[test]
    fn covers_ranges() {
        for (entry, inside, outside) in [
            ("10.0.0.0/8:*", "10.1.2.3", "11.0.0.1"),
            ("10.0.0.0/8:*", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3"),
            ("[fd00::/8]:*", "fd12::1", "fc00::1"),
        ] {
            let allowed = parse(entry).unwrap();
            assert!(allowed.covers(inside.parse().unwrap()), "{entry} {inside}");
            assert!(!allowed.covers(outside.parse().unwrap()), "{entry} {outside}");
        }
    }

    #[test]
    fn every_slip_has_its_own_words() {
        for (entry, word) in [
            ("", "no port"),
            ("localhost", "no port"),
            ("[::1]", "no port"),
            ("[::1]8080", "no port"),
            (":443", "no host"),
            ("http://localhost:8080", "URL"),
            ("::1:8080", "brackets"),
            ("fd00::/8:*", "brackets"),
            ("localhost:", "port that is neither"),
            ("localhost:0", "port that is neither"),
            ("localhost:65536", "port that is neither"),
            ("localhost:+80", "port that is neither"),
            ("localhost:8080/x", "port that is neither"),
            ("*:443", "every host"),
            ("rp.*.example:443", "does not stand"),
            ("*rp.example:443", "does not stand"),
            ("*.10.0.0.1:443", "before an address"),
            ("10.0.0.0/8:443", "takes every port"),
            ("10.0.0.1/8:*", "bits set"),
            ("Localhost:*", "normal form"),
            ("localhost.:*", "normal form"),
            ("127.1:*", "normal form"),
            ("[::0:1]:*", "normal form"),
            ("me@localhost:*", "begin with a host"),
            ("[::1:*", "begin with a host"),
        ] {
            let reason = parse(entry).unwrap_err();
            assert!(reason.contains(word), "{entry}: {reason}");
        }
    }

    #[test]
    fn every_bad_entry_is_told() {
        let entries = ["localhost:*", "x", "10.0.0.0/99:*"].map(str::to_owned);
        let faults = Allowed::parse(&entries).unwrap_err();
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "\"x\" names no port; write :* for all",
                "\"10.0.0.0/99:*\" has no such prefix length"
            ]
        );
    }
}
