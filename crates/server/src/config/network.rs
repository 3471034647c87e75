//! Addresses, networks and host names of a configuration.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// An address range, `10.0.0.0/8` or `fd00::/8`; a single address is a range of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    /// Its first address.
    pub address: IpAddr,
    /// How many leading bits count.
    pub prefix: u8,
}

impl std::str::FromStr for Network {
    type Err = &'static str;

    /// # Errors
    /// What is wrong, to follow the text.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| "does not begin with an address")?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => bits,
            Some(digits) => digits
                .parse()
                .ok()
                .filter(|prefix| *prefix <= bits)
                .ok_or("has no such prefix length")?,
        };
        let network = Self { address, prefix };
        // 10.1.2.3/8 is either a slip of the address or of the length; believing headers is no place for guesses.
        if network.first() == network.address {
            Ok(network)
        } else {
            Err("has bits set beyond its prefix")
        }
    }
}

impl Network {
    /// The address with all bits beyond the prefix cleared.
    fn first(self) -> IpAddr {
        let beyond = |bits: u8| u32::from(bits - self.prefix.min(bits));
        match self.address {
            IpAddr::V4(v4) => {
                IpAddr::V4((v4.to_bits() & u32::MAX.checked_shl(beyond(32)).unwrap_or(0)).into())
            }
            IpAddr::V6(v6) => {
                IpAddr::V6((v6.to_bits() & u128::MAX.checked_shl(beyond(128)).unwrap_or(0)).into())
            }
        }
    }
}

/// `127.0.0.1:8080`, `[::1]:8080`, or `localhost:8080` for the first of these.
pub(crate) fn listen_address(text: &str) -> Option<SocketAddr> {
    match text.strip_prefix("localhost:") {
        Some(port) => port
            .parse()
            .ok()
            .map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port))),
        None => text.parse().ok(),
    }
}

/// Whether `text` is a host name or address alone, in normal form, without scheme or port.
pub(crate) fn is_host(text: &str) -> bool {
    url::Host::parse(text).is_ok_and(|host| host.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_exact() {
        for good in [
            "10.0.0.0/8",
            "127.0.0.1",
            "0.0.0.0/0",
            "fd00::/8",
            "::1",
            "192.168.1.0/24",
        ] {
            assert!(good.parse::<Network>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "10.0.0.0/33",
            "10.1.0.0/8",
            "fd00::/129",
            "example.com",
            "10.0.0.0/",
            "10.0.0.0/-1",
            "::1/0",
        ] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }

    #[test]
    fn listening_needs_a_port() {
        for good in ["127.0.0.1:8080", "[::1]:0", "0.0.0.0:80", "localhost:9"] {
            assert!(listen_address(good).is_some(), "{good}");
        }
        for bad in [
            "127.0.0.1",
            "8080",
            ":8080",
            "localhost",
            "example.com:80",
            "127.0.0.1:99999",
        ] {
            assert!(listen_address(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn hosts_are_names_alone() {
        for good in ["id.example.com", "localhost", "10.0.0.1", "[::1]"] {
            assert!(is_host(good), "{good}");
        }
        for bad in [
            "",
            "https://id.example.com",
            "id.example.com:8443",
            "ID.example.com",
            "a/b",
            "*.example.com ",
        ] {
            assert!(!is_host(bad), "{bad}");
        }
    }
}
