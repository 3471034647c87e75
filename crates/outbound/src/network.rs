//! A range of addresses (RFC 4632, RFC 4291 2.3). Knows nothing of what ranges mean.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// All addresses that share their first `length` bits with `first`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network {
    first: IpAddr,
    length: u32,
}

impl Network {
    /// A range for the tables of this crate.
    pub(crate) const fn v4(a: u8, b: u8, c: u8, length: u32) -> Self {
        Self {
            first: IpAddr::V4(Ipv4Addr::new(a, b, c, 0)),
            length,
        }
    }

    /// A range for the tables of this crate; at most the first 48 bits are told apart.
    pub(crate) const fn v6(a: u16, b: u16, c: u16, length: u32) -> Self {
        Self {
            first: IpAddr::V6(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)),
            length,
        }
    }

    /// Reads `10.0.0.0/8` or `fd00::/8`.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence about it.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let (address, length) = text.split_once('/').ok_or("is not a range of addresses")?;
        let first: IpAddr = address.parse().map_err(|_| "does not begin with an address")?;
        let length = length
            .parse()
            .ok()
            .filter(|length| *length <= width(first))
            .ok_or("has no such prefix length")?;
        let network = Self { first, length };
        // 10.1.2.3/8 is a slip of the address or of the length; lifting a ban is no place for guesses.
        if network.mask() & bits(first) != bits(first) {
            return Err("has bits set beyond its prefix");
        }
        Ok(network)
    }

    /// Whether the address lies in the range. Families are never mixed.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        self.first.is_ipv4() == address.is_ipv4() && bits(address) & self.mask() == bits(self.first)
    }

    fn mask(&self) -> u128 {
        let width = width(self.first);
        let all = u128::MAX >> (128 - width);
        all & u128::MAX.checked_shl(width - self.length).unwrap_or(0)
    }
}

fn width(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_bits().into(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contains_its_own_and_nobody_elses() {
        for (range, inside, outside) in [
            ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"),
            ("172.16.0.0/12", "172.31.0.1", "172.32.0.1"),
            ("127.0.0.1/32", "127.0.0.1", "127.0.0.2"),
            ("0.0.0.0/0", "8.8.8.8", "::"),
            ("fd00::/8", "fdff::1", "fc00::1"),
            ("::1/128", "::1", "::2"),
            ("::/0", "2001:db8::1", "1.2.3.4"),
        ] {
            let network = Network::parse(range).unwrap();
            assert!(network.contains(inside.parse().unwrap()), "{range} {inside}");
            assert!(!network.contains(outside.parse().unwrap()), "{range} {outside}");
        }
    }

    #[test]
    fn must_be_exact() {
        for text in [
            "10.0.0.0",
            "10.0.0.1/8",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/-1",
            "10.0/8",
            "localhost/8",
            "fd00::/129",
            "::1/0",
        ] {
            assert!(Network::parse(text).is_err(), "{text}");
        }
    }
}
