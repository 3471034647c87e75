//! Where a request comes from. Forwarded headers are believed only from proxies the operator named.

use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

use actix_web::HttpRequest;

/// A range of addresses in CIDR notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cidr {
    network: u128,
    mask: u128,
}

/// IPv4 as IPv4-mapped IPv6, so that one comparison serves both.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

impl Cidr {
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let (width, offset) = if address.is_ipv4() { (32, 96) } else { (128, 0) };
        let prefix = prefix.unwrap_or(width);
        if prefix > width {
            return None;
        }
        let mask = u128::MAX.checked_shl(128 - offset - prefix).unwrap_or(0);
        Some(Self {
            network: bits(address) & mask,
            mask,
        })
    }

    fn contains(self, address: IpAddr) -> bool {
        bits(address) & self.mask == self.network
    }
}

/// Proxies whose forwarded headers are believed. Which these are may change while requests come in.
#[derive(Debug, Default)]
pub struct TrustedProxies(RwLock<Arc<[Cidr]>>);

impl TrustedProxies {
    /// Parses addresses and CIDR ranges.
    ///
    /// # Errors
    /// The first text that is neither.
    pub fn parse<S: AsRef<str>>(ranges: &[S]) -> Result<Self, String> {
        let parse = |text: &S| Cidr::parse(text.as_ref()).ok_or_else(|| text.as_ref().to_owned());
        let ranges: Arc<[Cidr]> = ranges.iter().map(parse).collect::<Result<_, _>>()?;
        Ok(Self(RwLock::new(ranges)))
    }

    /// From now on these are believed and no others.
    pub fn replace(&self, others: &TrustedProxies) {
        let others = others.ranges();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = others;
    }

    fn ranges(&self) -> Arc<[Cidr]> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether this is the address of such a proxy.
    pub(crate) fn trusts(&self, address: IpAddr) -> bool {
        self.ranges().iter().any(|range| range.contains(address))
    }

    /// The right-most address that is not a trusted proxy: what stands left of it anybody could have written.
    pub fn origin(&self, peer: IpAddr, forwarded_for: &[&str]) -> IpAddr {
        let mut nearest = peer;
        let hops = forwarded_for
            .iter()
            .flat_map(|header| header.split(','))
            .map(str::trim);
        for hop in hops.collect::<Vec<_>>().into_iter().rev() {
            if !self.trusts(nearest) {
                break;
            }
            match hop.parse() {
                Ok(address) => nearest = address,
                Err(_) => break,
            }
        }
        nearest
    }
}

/// The address of the person's machine, as far as it can be known.
pub(crate) fn address(request: &HttpRequest, trusted: &TrustedProxies) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    let headers = request
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok());
    Some(trusted.origin(peer, &headers.collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn nobody_is_trusted_by_default() {
        assert_eq!(
            TrustedProxies::default().origin(ip("192.0.2.1"), &["10.0.0.1"]),
            ip("192.0.2.1")
        );
    }

    #[test]
    fn the_right_most_untrusted_hop_counts() {
        let trusted = TrustedProxies::parse(&["10.0.0.0/8", "::1"]).unwrap();
        assert_eq!(
            trusted.origin(ip("10.1.1.1"), &["203.0.113.9, 198.51.100.7, 10.2.2.2"]),
            ip("198.51.100.7")
        );
        assert_eq!(
            trusted.origin(ip("10.1.1.1"), &["203.0.113.9", "nonsense"]),
            ip("10.1.1.1")
        );
        assert_eq!(trusted.origin(ip("192.0.2.1"), &["203.0.113.9"]), ip("192.0.2.1"));
    }

    #[test]
    fn others_take_their_place() {
        let trusted = TrustedProxies::parse(&["10.0.0.0/8"]).unwrap();
        trusted.replace(&TrustedProxies::parse(&["192.0.2.1"]).unwrap());
        assert!(!trusted.trusts(ip("10.1.1.1")) && trusted.trusts(ip("192.0.2.1")));
    }

    #[test]
    fn ranges_parse_strictly() {
        for bad in ["10.0.0.0/33", "x", "::1/129", "10.0.0/8"] {
            assert!(TrustedProxies::parse(&[bad]).is_err(), "{bad}");
        }
        assert!(
            TrustedProxies::parse(&["0.0.0.0/0"])
                .unwrap()
                .trusts(ip("1.2.3.4"))
        );
        assert!(
            !TrustedProxies::parse(&["10.0.0.0/8"])
                .unwrap()
                .trusts(ip("11.0.0.1"))
        );
    }
}
