//! Network addresses in an order in which every network is one stretch.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

/// Addresses that belong together: one of them, or a network (RFC 4632 3.1, RFC 4291 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressRange {
    first: u128,
    last: u128,
}

/// The text is neither an address nor a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither a network address nor a network such as 192.0.2.0/24")]
pub struct InvalidAddress;

impl AddressRange {
    /// The least and the greatest [`key`] within.
    pub fn keys(self) -> (String, String) {
        (text(self.first), text(self.last))
    }
}

impl FromStr for AddressRange {
    type Err = InvalidAddress;

    /// Bits behind the prefix are ignored: `192.0.2.7/24` is the network around that address.
    fn from_str(written: &str) -> Result<Self, InvalidAddress> {
        let (address, prefix) = match written.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (written.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| InvalidAddress)?;
        let width: u32 = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => width,
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.parse().map_err(|_| InvalidAddress)?
            }
            Some(_) => return Err(InvalidAddress),
        };
        let open = width.checked_sub(prefix).ok_or(InvalidAddress)?;
        // A shift by all 128 bits is none.
        let host_bits = 1_u128.checked_shl(open).map_or(u128::MAX, |bit| bit - 1);
        let number = number(address);
        Ok(Self {
            first: number & !host_bits,
            last: number | host_bits,
        })
    }
}

/// By what an address is sorted; none for a text that is no address. IPv4 stands among IPv6 as in RFC 4291 2.5.5.2.
pub fn key(address: &str) -> Option<String> {
    let address: IpAddr = address.parse().ok()?;
    Some(text(number(address)))
}

fn number(address: IpAddr) -> u128 {
    let v6: Ipv6Addr = match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped(),
        IpAddr::V6(v6) => v6,
    };
    v6.into()
}

fn text(number: u128) -> String {
    let mut text = String::with_capacity(32);
    // Writing to a string does not fail.
    let _ = write!(text, "{number:032x}");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(range: &str, address: &str) -> bool {
        let (first, last) = range.parse::<AddressRange>().unwrap().keys();
        (first..=last).contains(&key(address).unwrap())
    }

    #[test]
    fn a_network_holds_its_addresses_and_no_others() {
        assert!(holds("192.0.2.7", "192.0.2.7") && !holds("192.0.2.7", "192.0.2.8"));
        assert!(holds("192.0.2.9/24", "192.0.2.255") && !holds("192.0.2.0/24", "192.0.3.0"));
        assert!(holds("0.0.0.0/0", "255.255.255.255") && !holds("0.0.0.0/0", "2001:db8::1"));
        assert!(holds("2001:db8::/32", "2001:db8:ffff::1") && !holds("2001:db8::/32", "2001:db9::"));
        assert!(holds("::/0", "ffff::") && holds("::ffff:192.0.2.7", "192.0.2.7"));
    }

    #[test]
    fn nothing_else_is_an_address() {
        for text in [
            "",
            "x",
            "192.0.2",
            "192.0.2.0/33",
            "192.0.2.0/+8",
            "::/129",
            "::/",
            "1.2.3.4/8/8",
        ] {
            assert_eq!(text.parse::<AddressRange>(), Err(InvalidAddress), "{text}");
        }
        assert_eq!(key("unix socket"), None);
    }
}
