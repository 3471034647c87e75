//! Addresses, networks and host names of a configuration.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// What keeps a text from being an address or a range of them (`10.0.0.0/8`, `fd00::/8`); nothing when it is one.
pub(crate) fn range_objection(text: &str) -> Option<&'static str> {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text, None),
    };
    let Ok(address) = address.parse::<IpAddr>() else {
        return Some("does not begin with an address");
    };
    let (bits, width) = match address {
        IpAddr::V4(v4) => (u128::from(v4.to_bits()), 32),
        IpAddr::V6(v6) => (v6.to_bits(), 128),
    };
    let length = prefix.map_or(Some(width), |digits| {
        digits.parse().ok().filter(|length| *length <= width)
    });
    let Some(length) = length else {
        return Some("has no such prefix length");
    };
    // 10.1.2.3/8 is a slip of the address or of the length; believing headers is no place for guesses.
    let beyond = !u128::MAX.checked_shl(width - length).unwrap_or(0);
    (bits & beyond != 0).then_some("has bits set beyond its prefix")
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
            assert!(range_objection(good).is_none(), "{good}");
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
            assert!(range_objection(bad).is_some(), "{bad}");
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
