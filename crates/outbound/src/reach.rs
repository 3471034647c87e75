//! Which addresses a client may talk to. The judgement is about addresses, never about names: a name proves nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use thiserror::Error;
use url::{Host, Url};

/// How far a client reaches. One variant today; the internet at large becomes the second.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reach {
    /// This machine only.
    Loopback,
}

/// A destination that was refused, and why.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OutOfReach {
    /// The URL has no host.
    #[error("the URL names no host")]
    NoHost,
    /// The name has no address.
    #[error("{0} has no address")]
    Unresolved(String),
    /// One of the host's addresses is not to be talked to. One is enough: with several, an attacker chooses.
    #[error("{host} is at {address}, which is not on this machine")]
    Forbidden {
        /// The host as the URL names it.
        host: String,
        /// The offending address.
        address: IpAddr,
    },
}

impl Reach {
    /// Judges a URL whose host is an address already. Such hosts never reach the resolver, so they are judged here.
    ///
    /// # Errors
    /// [`OutOfReach`] when there is no host or the address is not to be talked to. Names pass: the resolver judges them.
    pub(crate) fn check_url(self, url: &Url) -> Result<(), OutOfReach> {
        match url.host() {
            None => Err(OutOfReach::NoHost),
            Some(Host::Domain(_)) => Ok(()),
            Some(Host::Ipv4(address)) => self.check(&address.to_string(), address.into()),
            Some(Host::Ipv6(address)) => self.check(&address.to_string(), address.into()),
        }
    }

    /// Judges everything a name resolved to; all of it must pass.
    ///
    /// # Errors
    /// [`OutOfReach`] when there is no address, or one that is not to be talked to.
    pub(crate) fn vet(self, host: &str, addresses: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, OutOfReach> {
        if addresses.is_empty() {
            return Err(OutOfReach::Unresolved(host.to_owned()));
        }
        for address in &addresses {
            self.check(host, address.ip())?;
        }
        Ok(addresses)
    }

    fn check(self, host: &str, address: IpAddr) -> Result<(), OutOfReach> {
        let allowed = match self {
            // An IPv4 address may come dressed as IPv6 (RFC 4291 2.5.5.2); it is judged undressed.
            Self::Loopback => address.to_canonical().is_loopback(),
        };
        if allowed {
            Ok(())
        } else {
            Err(OutOfReach::Forbidden {
                host: host.to_owned(),
                address,
            })
        }
    }
}

/// The addresses of a name that is this machine by definition (RFC 6761 6.3): no resolver is asked, none can lie.
pub(crate) fn localhost(name: &str) -> Option<Vec<SocketAddr>> {
    let name = name.strip_suffix('.').unwrap_or(name);
    name.eq_ignore_ascii_case("localhost").then(|| {
        vec![
            SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            SocketAddr::from((Ipv6Addr::LOCALHOST, 0)),
        ]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str) -> Result<(), OutOfReach> {
        Reach::Loopback.check_url(&Url::parse(url).unwrap())
    }

    fn vet(addresses: &[&str]) -> Result<Vec<SocketAddr>, OutOfReach> {
        Reach::Loopback.vet(
            "rp.example",
            addresses.iter().map(|a| a.parse().unwrap()).collect(),
        )
    }

    #[test]
    fn loopback_literals_pass_however_they_are_spelled() {
        for url in [
            "http://127.0.0.1:8080/",
            "http://127.8.8.8/",
            "http://127.1/",
            "http://2130706433/",
            "http://[::1]:8080/",
            "http://[::ffff:127.0.0.1]/",
        ] {
            assert_eq!(check(url), Ok(()), "{url}");
        }
    }

    #[test]
    fn other_literals_are_refused_however_they_are_spelled() {
        for url in [
            "http://0.0.0.0/",
            "http://10.0.0.1/",
            "http://169.254.169.254/latest/meta-data",
            "http://0xa9fea9fe/",
            "http://[::]/",
            "http://[fe80::1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://192.0.2.1/",
        ] {
            assert!(matches!(check(url), Err(OutOfReach::Forbidden { .. })), "{url}");
        }
    }

    #[test]
    fn names_are_left_to_the_resolver() {
        assert_eq!(check("http://rp.example/"), Ok(()));
    }

    #[test]
    fn one_forbidden_address_spoils_the_name() {
        assert_eq!(vet(&["127.0.0.1:0", "[::1]:0"]).map(|a| a.len()), Ok(2));
        let refusal = vet(&["127.0.0.1:0", "192.0.2.1:0"]);
        assert!(
            matches!(refusal, Err(OutOfReach::Forbidden { address, .. }) if address.to_string() == "192.0.2.1")
        );
    }

    #[test]
    fn a_name_without_address_is_refused() {
        assert_eq!(vet(&[]), Err(OutOfReach::Unresolved("rp.example".to_owned())));
    }

    #[test]
    fn localhost_is_this_machine_and_nothing_else_is() {
        for name in ["localhost", "LocalHost", "localhost."] {
            assert!(
                Reach::Loopback.vet(name, localhost(name).unwrap()).is_ok(),
                "{name}"
            );
        }
        for name in ["localhost.example", "notlocalhost", ""] {
            assert_eq!(localhost(name), None, "{name}");
        }
    }
}
