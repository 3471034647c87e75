//! Networks to look for in the trail: one address, or a range in CIDR notation (RFC 4632 3.1, RFC 4291 2.3).

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// Addresses from one to another, IPv4 mapped into IPv6 (RFC 4291 2.5.5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    text: String,
    first: u128,
    last: u128,
}

/// The text is neither an address nor a range of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an IP address or network such as 192.0.2.0/24")]
pub struct NotANetwork;

impl Network {
    /// The lowest and the highest address, as [`key_of`] has them.
    pub fn bounds(&self) -> ([u8; 16], [u8; 16]) {
        (self.first.to_be_bytes(), self.last.to_be_bytes())
    }

    /// Whether it is a single address.
    pub fn is_single(&self) -> bool {
        self.first == self.last
    }

    /// Whether `address`, as the trail has it, lies in it.
    pub fn contains(&self, address: &str) -> bool {
        key_of(address).is_some_and(|key| {
            let bits = u128::from_be_bytes(key);
            self.first <= bits && bits <= self.last
        })
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length.parse::<u32>().map_err(|_| NotANetwork)?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NotANetwork)?;
        let (width, mapped) = if address.is_ipv4() { (32, 96) } else { (128, 0) };
        let length = length.unwrap_or(width);
        if length > width {
            return Err(NotANetwork);
        }
        let host = u128::MAX.checked_shr(mapped + length).unwrap_or(0);
        let bits = bits(address);
        Ok(Self {
            text: text.to_owned(),
            first: bits & !host,
            last: bits | host,
        })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

/// An address of the trail as 16 bytes whose order is that of addresses; none if it is no address. Of a network, its first.
pub fn key_of(address: &str) -> Option<[u8; 16]> {
    let (address, _) = address.split_once('/').unwrap_or((address, ""));
    Some(bits(address.parse().ok()?).to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(network: &str, address: &str) -> bool {
        network.parse::<Network>().unwrap().contains(address)
    }

    #[test]
    fn a_network_holds_its_addresses_and_no_others() {
        assert!(contains("192.0.2.7", "192.0.2.7"));
        assert!(!contains("192.0.2.7", "192.0.2.8"));
        assert!(contains("192.0.2.77/24", "192.0.2.0") && contains("192.0.2.0/24", "192.0.2.255"));
        assert!(!contains("192.0.2.0/24", "192.0.3.0"));
        assert!(contains("0.0.0.0/0", "255.255.255.255"));
        assert!(!contains("0.0.0.0/0", "2001:db8::1"));
        assert!(contains("::/0", "2001:db8::1") && contains("::/0", "192.0.2.7"));
        assert!(contains("2001:db8::/32", "2001:db8:7::/64"));
        assert!(contains("::ffff:192.0.2.7", "192.0.2.7"));
        assert!(!contains("10.0.0.0/8", "no address"));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in [
            "",
            "10.0.0",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/",
            "/8",
            "host",
            "10.0.0.0/-1",
        ] {
            assert_eq!(text.parse::<Network>(), Err(NotANetwork), "{text}");
        }
    }
}
