//! Which addresses a client may talk to. The judgement is about addresses, never about names: a name proves nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use url::{Host, Url};

use crate::allowed::Allowed;
use crate::refusal::OutOfReach;
use crate::special::special;

/// How far a client reaches.
#[derive(Debug, Clone)]
pub(crate) enum Reach {
    /// This machine only.
    Loopback,
    /// The public internet, and the ranges the operator excepts.
    Public(Arc<Allowed>),
    /// Wherever a host is that the operator vouches for by name.
    Vouched,
}

impl Reach {
    /// Judges a URL whose host is an address already. Such hosts never reach the resolver, so they are judged here.
    ///
    /// # Errors
    /// [`OutOfReach`] when there is no host or the address is not to be talked to. Names pass: the resolver judges them.
    pub(crate) fn check_url(&self, url: &Url) -> Result<(), OutOfReach> {
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
    pub(crate) fn vet(&self, host: &str, addresses: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, OutOfReach> {
        if addresses.is_empty() {
            return Err(OutOfReach::Unresolved(host.to_owned()));
        }
        for address in &addresses {
            self.check(host, address.ip())?;
        }
        Ok(addresses)
    }

    fn check(&self, host: &str, address: IpAddr) -> Result<(), OutOfReach> {
        let objection = match self {
            // An IPv4 address may come dressed as IPv6 (RFC 4291 2.5.5.2); it is judged undressed.
            Self::Loopback => (!address.to_canonical().is_loopback()).then_some("not this machine"),
            Self::Public(allowed) if allowed.covers(address) => None,
            Self::Public(_) => special(address),
            Self::Vouched => None,
        };
        match objection {
            None => Ok(()),
            Some(what) => Err(OutOfReach::Forbidden {
                host: host.to_owned(),
                address,
                what,
            }),
        }
    }
}

/// The addresses of a name that is this machine by definition (RFC 6761 6.3): no resolver is asked, none can lie.
pub(crate) fn localhost(name: &str) -> Option<Vec<SocketAddr>> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let last = name.rsplit('.').next().unwrap_or_default();
    last.eq_ignore_ascii_case("localhost").then(|| {
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

    fn public(allow: &[&str]) -> Reach {
        let entries: Vec<String> = allow.iter().map(|it| (*it).to_owned()).collect();
        Reach::Public(Arc::new(Allowed::parse(&entries).unwrap()))
    }

    fn vet(reach: &Reach, addresses: &[&str]) -> Result<Vec<SocketAddr>, OutOfReach> {
        let addresses = addresses.iter().map(|a| a.parse().unwrap()).collect();
        reach.vet("rp.example", addresses)
    }

    fn offender(refusal: Result<Vec<SocketAddr>, OutOfReach>) -> Option<String> {
        match refusal {
            Err(OutOfReach::Forbidden { address, .. }) => Some(address.to_string()),
            _ => None,
        }
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
        let here = Reach::Loopback;
        assert_eq!(vet(&here, &["127.0.0.1:0", "[::1]:0"]).map(|a| a.len()), Ok(2));
        assert_eq!(
            offender(vet(&here, &["127.0.0.1:0", "192.0.2.1:0"])).as_deref(),
            Some("192.0.2.1")
        );
        let public = public(&[]);
        assert_eq!(
            vet(&public, &["1.1.1.1:0", "[2606:4700::1111]:0"]).map(|a| a.len()),
            Ok(2)
        );
        assert_eq!(
            offender(vet(&public, &["1.1.1.1:0", "10.0.0.1:0"])).as_deref(),
            Some("10.0.0.1")
        );
    }

    #[test]
    fn an_excepted_range_admits_whoever_is_there() {
        let public = public(&["10.0.0.0/8:*"]);
        assert!(vet(&public, &["10.0.0.1:0", "1.1.1.1:0"]).is_ok());
        assert_eq!(
            offender(vet(&public, &["10.0.0.1:0", "192.168.0.1:0"])).as_deref(),
            Some("192.168.0.1")
        );
    }

    #[test]
    fn a_name_without_address_is_refused() {
        let unresolved = Err(OutOfReach::Unresolved("rp.example".to_owned()));
        for reach in [Reach::Loopback, public(&[]), Reach::Vouched] {
            assert_eq!(vet(&reach, &[]), unresolved, "{reach:?}");
        }
    }

    #[test]
    fn localhost_is_this_machine_and_nothing_else_is() {
        for name in ["localhost", "LocalHost", "localhost.", "notes.localhost"] {
            let addresses = localhost(name).unwrap();
            assert!(Reach::Loopback.vet(name, addresses.clone()).is_ok(), "{name}");
            assert!(public(&[]).vet(name, addresses).is_err(), "{name}");
        }
        for name in ["localhost.example", "notlocalhost", ""] {
            assert_eq!(localhost(name), None, "{name}");
        }
    }
}
