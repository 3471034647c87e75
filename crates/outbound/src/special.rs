//! Addresses that are not on the public internet, and what they are instead: the special-purpose registries of IANA
//! (RFC 6890 and its successors), read strictly. What has no business on the internet is refused even where packets
//! might get through.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::network::Network;

const LOOPBACK: &str = "this machine";
const PRIVATE: &str = "a private address";
const LINK_LOCAL: &str = "an address of the local link";
const DOCUMENTATION: &str = "an address for documentation";
const BENCHMARKING: &str = "an address for benchmarks";
const MULTICAST: &str = "a multicast address";
const RESERVED: &str = "a reserved address";
const EMBEDDED: &str = "an IPv6 address that stands for an IPv4 address";

const V4: &[(Network, &str)] = &[
    // Linux connects 0.0.0.0 to itself.
    (Network::v4(0, 0, 0, 8), LOOPBACK),
    (Network::v4(10, 0, 0, 8), PRIVATE),
    // RFC 6598, carrier-grade NAT; some clouds keep their metadata service here.
    (
        Network::v4(100, 64, 0, 10),
        "an address of a provider's inner network",
    ),
    (Network::v4(127, 0, 0, 8), LOOPBACK),
    (Network::v4(169, 254, 0, 16), LINK_LOCAL),
    (Network::v4(172, 16, 0, 12), PRIVATE),
    (Network::v4(192, 0, 0, 24), RESERVED),
    (Network::v4(192, 0, 2, 24), DOCUMENTATION),
    // RFC 7526, relays of 6to4.
    (Network::v4(192, 88, 99, 24), RESERVED),
    (Network::v4(192, 168, 0, 16), PRIVATE),
    (Network::v4(198, 18, 0, 15), BENCHMARKING),
    (Network::v4(198, 51, 100, 24), DOCUMENTATION),
    (Network::v4(203, 0, 113, 24), DOCUMENTATION),
    (Network::v4(224, 0, 0, 4), MULTICAST),
    (Network::v4(240, 0, 0, 4), RESERVED),
];

/// Public in the registry, but inside Azure the host's own service for its guests, answering to nobody else.
const AZURE: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);

const V6: &[(Network, &str)] = &[
    // RFC 4291 2.5.5.1, IPv4-compatible; loopback and unspecified are told apart below.
    (Network::v6(0, 0, 0, 96), EMBEDDED),
    // RFC 8215, NAT64 of one network's own: how IPv4 is embedded is its secret.
    (Network::v6(0x64, 0xff9b, 1, 48), EMBEDDED),
    // RFC 2928, protocol assignments: Teredo, ORCHID, benchmarking and more, none of them a web server.
    (Network::v6(0x2001, 0, 0, 32), EMBEDDED),
    (Network::v6(0x2001, 2, 0, 48), BENCHMARKING),
    (Network::v6(0x2001, 0, 0, 23), RESERVED),
    (Network::v6(0x2001, 0xdb8, 0, 32), DOCUMENTATION),
    // RFC 3056, 6to4.
    (Network::v6(0x2002, 0, 0, 16), EMBEDDED),
    (Network::v6(0x3ffe, 0, 0, 16), RESERVED),
    (Network::v6(0x3fff, 0, 0, 20), DOCUMENTATION),
    (Network::v6(0xfc00, 0, 0, 7), PRIVATE),
    (Network::v6(0xfe80, 0, 0, 10), LINK_LOCAL),
    (Network::v6(0xfec0, 0, 0, 10), PRIVATE),
    (Network::v6(0xff00, 0, 0, 8), MULTICAST),
];

/// All that is given out for use on the internet (RFC 4291 2.4, IANA's IPv6 address space).
const GLOBAL_UNICAST: Network = Network::v6(0x2000, 0, 0, 3);
/// Where a network without IPv4 reaches it (RFC 6052 2.1).
const NAT64: Network = Network::v6(0x64, 0xff9b, 0, 96);

/// What an address is, if it is not one of the public internet.
pub(crate) fn special(address: IpAddr) -> Option<&'static str> {
    // An IPv4 address may come dressed as IPv6 (RFC 4291 2.5.5.2); it is judged undressed.
    match address.to_canonical() {
        IpAddr::V4(address) => special_v4(address),
        IpAddr::V6(address) => special_v6(address),
    }
}

fn special_v4(address: Ipv4Addr) -> Option<&'static str> {
    if address == AZURE {
        return Some("an address of the machine's own cloud");
    }
    find(V4, address.into())
}

fn special_v6(address: Ipv6Addr) -> Option<&'static str> {
    if address.is_loopback() || address.is_unspecified() {
        return Some(LOOPBACK);
    }
    // Not refused as a whole: behind DNS64 (RFC 6147) every IPv4 host looks like this.
    if NAT64.contains(address.into()) {
        let [.., a, b, c, d] = address.octets();
        return special_v4(Ipv4Addr::new(a, b, c, d));
    }
    let elsewhere = (!GLOBAL_UNICAST.contains(address.into())).then_some(RESERVED);
    find(V6, address.into()).or(elsewhere)
}

fn find(table: &[(Network, &'static str)], address: IpAddr) -> Option<&'static str> {
    let row = table.iter().find(|(network, _)| network.contains(address));
    row.map(|(_, what)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str) -> Option<&'static str> {
        special(address.parse().unwrap())
    }

    #[test]
    fn the_public_internet_is_not_special() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "93.184.216.34",
            "100.63.255.255",
            "100.128.0.0",
            "168.63.129.17",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2606:4700::1111",
            "2001:200::1",
            "2a00:1450::1",
            "::ffff:1.1.1.1",
            "64:ff9b::1.1.1.1",
        ] {
            assert_eq!(of(address), None, "{address}");
        }
    }

    #[test]
    fn everything_else_is_named() {
        for (what, addresses) in [
            (
                LOOPBACK,
                "0.0.0.0 0.1.2.3 127.0.0.1 127.255.255.255 :: ::1 ::ffff:127.0.0.1 64:ff9b::127.0.0.1",
            ),
            (
                PRIVATE,
                "10.0.0.0 10.255.255.255 172.16.0.0 172.31.255.255 192.168.1.1 fc00::1 fd00:ec2::254 fec0::1",
            ),
            (PRIVATE, "::ffff:10.0.0.1 ::ffff:192.168.0.1 64:ff9b::10.0.0.1"),
            (
                "an address of a provider's inner network",
                "100.64.0.0 100.100.100.200 100.127.255.255",
            ),
            (
                "an address of the machine's own cloud",
                "168.63.129.16 ::ffff:168.63.129.16",
            ),
            (
                LINK_LOCAL,
                "169.254.0.1 169.254.169.254 fe80::1 febf::1 ::ffff:169.254.169.254",
            ),
            (
                DOCUMENTATION,
                "192.0.2.1 198.51.100.1 203.0.113.1 2001:db8::1 3fff::1",
            ),
            (BENCHMARKING, "198.18.0.0 198.19.255.255 2001:2::1"),
            (MULTICAST, "224.0.0.1 239.255.255.255 ff02::1"),
            (
                RESERVED,
                "192.0.0.192 192.88.99.1 240.0.0.1 255.255.255.255 100::1 2001:20::1 3ffe::1 4000::1 5f00::1",
            ),
            (
                EMBEDDED,
                "::127.0.0.1 ::10.0.0.1 64:ff9b:1::7f00:1 2001:0:7f00:1:: 2002:7f00:1::",
            ),
        ] {
            for address in addresses.split(' ') {
                assert_eq!(of(address), Some(what), "{address}");
            }
        }
    }
}
