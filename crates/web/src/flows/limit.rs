//! How many refused requests are written down in a minute: some of each network, and of all together. Counted in this process
//! alone.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use kernel::Timestamp;

use crate::save_limit::network;

/// Of one network. Whoever sends more has seen the first ones, which look the same.
const OF_A_NETWORK: u32 = 60;
/// Of all networks.
const OF_ALL: u32 = 600;
const MINUTE: Duration = Duration::from_secs(60);

/// Counts of this minute.
#[derive(Debug, Default)]
pub(super) struct Limit(Mutex<Option<Minute>>);

#[derive(Debug)]
struct Minute {
    began: Timestamp,
    all: u32,
    networks: HashMap<u64, u32>,
}

impl Limit {
    /// Whether one more is written down; counts it if so.
    pub(super) fn admits(&self, source: Option<IpAddr>, now: Timestamp) -> bool {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let current = minute.take().filter(|minute| now.since(minute.began) < MINUTE);
        let current = minute.insert(current.unwrap_or_else(|| Minute {
            began: now,
            all: 0,
            networks: HashMap::new(),
        }));
        if current.all >= OF_ALL {
            return false;
        }
        // Never more entries than records: a network is counted only when one of its is admitted.
        let of_network = current.networks.entry(network(source)).or_default();
        if *of_network >= OF_A_NETWORK {
            return false;
        }
        *of_network += 1;
        current.all += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_763_000_000);

    fn admitted(limit: &Limit, tries: u32, source: impl Fn(u32) -> String, now: Timestamp) -> u32 {
        let admits = |n| u32::from(limit.admits(Some(source(n).parse().unwrap()), now));
        (0..tries).map(admits).sum()
    }

    #[test]
    fn one_network_and_all_of_them_have_their_share_of_a_minute() {
        let limit = Limit::default();
        let one = |_| "192.0.2.1".to_owned();
        let many = |n: u32| format!("198.51.{}.{}", n / 250, n % 250);
        assert_eq!(admitted(&limit, 5000, one, NOW), OF_A_NETWORK);
        assert_eq!(admitted(&limit, 5000, many, NOW), OF_ALL - OF_A_NETWORK);
        assert_eq!(
            admitted(&limit, 1, one, NOW.plus(MINUTE - Duration::from_millis(1))),
            0
        );
        assert_eq!(admitted(&limit, 5000, one, NOW.plus(MINUTE)), OF_A_NETWORK);
        let customer = |n: u32| format!("2001:db8::{n:x}");
        assert_eq!(admitted(&limit, 5000, customer, NOW.plus(MINUTE)), OF_A_NETWORK);
    }
}
