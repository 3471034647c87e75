//! How many requests one network may leave with us before their people come: each is a row for an hour, and anybody can
//! send one. Counted in this process alone; a limit of a node is what protects its disk.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use kernel::Timestamp;

/// Requests per network and window: a large office on a Monday morning stays far below it.
const MOST: u32 = 10_000;
/// Bytes of a request that count as one; an honest one is shorter. Longer ones count more than once, so that what a network
/// can fill is bounded in bytes, too.
const USUAL: usize = 2048;
/// How long they are counted.
const WINDOW: Duration = Duration::from_secs(10 * 60);
/// Networks counted at once. Beyond it counting begins anew.
const NETWORKS: usize = 50_000;

/// Counts of saved requests by network.
#[derive(Debug, Default)]
pub(crate) struct SaveLimit(Mutex<HashMap<u64, Window>>);

#[derive(Debug)]
struct Window {
    began: Timestamp,
    saved: u32,
}

impl SaveLimit {
    /// Whether this network has left enough.
    pub(crate) fn is_reached(&self, source: Option<IpAddr>, now: Timestamp) -> bool {
        let windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        windows
            .get(&network(source))
            .is_some_and(|window| window.saved >= MOST && now.since(window.began) < WINDOW)
    }

    /// One more was saved, about so many bytes long.
    pub(crate) fn count(&self, source: Option<IpAddr>, now: Timestamp, bytes: usize) {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= NETWORKS {
            windows.retain(|_, window| now.since(window.began) < WINDOW);
            if windows.len() >= NETWORKS {
                windows.clear();
            }
        }
        let window = windows
            .entry(network(source))
            .or_insert(Window { began: now, saved: 0 });
        if now.since(window.began) >= WINDOW {
            *window = Window { began: now, saved: 0 };
        }
        let times = u32::try_from(bytes.div_ceil(USUAL)).unwrap_or(u32::MAX);
        window.saved = window.saved.saturating_add(times.max(1));
    }
}

/// All of an IPv4 address, the first 64 bits of IPv6: what one customer has (RFC 6177 2). The two cannot meet: no IPv6
/// network is all zeros in its upper half.
pub(crate) fn network(source: Option<IpAddr>) -> u64 {
    match source.map(|address| address.to_canonical()) {
        Some(IpAddr::V4(address)) => u64::from(address.to_bits()),
        Some(IpAddr::V6(address)) => (address.to_bits() >> 64) as u64,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_763_000_000);

    fn at(address: &str) -> Option<IpAddr> {
        Some(address.parse().unwrap())
    }

    #[test]
    fn a_network_is_stopped_alone_and_for_a_while() {
        let limit = SaveLimit::default();
        for _ in 0..MOST {
            assert!(!limit.is_reached(at("192.0.2.1"), NOW));
            limit.count(at("192.0.2.1"), NOW, 500);
        }
        assert!(limit.is_reached(at("192.0.2.1"), NOW));
        assert!(limit.is_reached(at("::ffff:192.0.2.1"), NOW));
        assert!(!limit.is_reached(at("192.0.2.2"), NOW));
        assert!(!limit.is_reached(at("192.0.2.1"), NOW.plus(WINDOW)));
    }

    #[test]
    fn long_requests_count_for_what_they_take() {
        let limit = SaveLimit::default();
        for _ in 0..MOST / 32 {
            limit.count(at("192.0.2.1"), NOW, 64 * 1024);
        }
        assert!(!limit.is_reached(at("192.0.2.1"), NOW));
        limit.count(at("192.0.2.1"), NOW, 64 * 1024);
        assert!(limit.is_reached(at("192.0.2.1"), NOW));
    }

    #[test]
    fn one_customers_ipv6_addresses_are_one_network() {
        let limit = SaveLimit::default();
        for host in 0..MOST {
            limit.count(at(&format!("2001:db8::{host:x}")), NOW, 500);
        }
        assert!(limit.is_reached(at("2001:db8::ffff"), NOW));
        assert!(!limit.is_reached(at("2001:db8:1::1"), NOW));
    }
}
