//! The PHC string of an Argon2id hash, read and written: `$argon2id$v=19$m=19456,t=2,p=1$salt$tag`.
//!
//! Strict: this version, these parameters in this order, unpadded base64, nothing else. What exceeds the bounds here
//! is refused, so that a row can never ask for more work than a server should do.

use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

const MEMORY_KIB: RangeInclusive<u32> = 8..=65_536;
const PASSES: RangeInclusive<u32> = 1..=10;
const LANES: RangeInclusive<u32> = 1..=8;
const SALT_BYTES: RangeInclusive<usize> = 8..=64;
const TAG_BYTES: RangeInclusive<usize> = 16..=64;

/// How much work a hash is (RFC 9106 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cost {
    /// Memory in KiB, `m`.
    pub(super) memory_kib: u32,
    /// Passes, `t`.
    pub(super) passes: u32,
    /// Lanes, `p`.
    pub(super) lanes: u32,
}

/// A PHC string taken apart.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Phc {
    pub(super) cost: Cost,
    pub(super) salt: Vec<u8>,
    pub(super) tag: Vec<u8>,
}

impl Phc {
    /// Takes a string apart; `None` for anything unexpected.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut fields = text.strip_prefix("$argon2id$v=19$")?.split('$');
        let (cost, salt, tag) = (fields.next()?, fields.next()?, fields.next()?);
        if fields.next().is_some() {
            return None;
        }
        Some(Self {
            cost: cost_of(cost)?,
            salt: bytes(salt, SALT_BYTES)?,
            tag: bytes(tag, TAG_BYTES)?,
        })
    }

    /// The string.
    pub(super) fn to_text(&self) -> String {
        let Cost {
            memory_kib,
            passes,
            lanes,
        } = self.cost;
        let (salt, tag) = (
            STANDARD_NO_PAD.encode(&self.salt),
            STANDARD_NO_PAD.encode(&self.tag),
        );
        format!("$argon2id$v=19$m={memory_kib},t={passes},p={lanes}${salt}${tag}")
    }
}

fn cost_of(text: &str) -> Option<Cost> {
    let mut parts = text.split(',');
    let cost = Cost {
        memory_kib: number(parts.next()?, "m=", MEMORY_KIB)?,
        passes: number(parts.next()?, "t=", PASSES)?,
        lanes: number(parts.next()?, "p=", LANES)?,
    };
    // RFC 9106 3.1: at least eight blocks for every lane.
    (parts.next().is_none() && cost.memory_kib >= 8 * cost.lanes).then_some(cost)
}

/// A decimal without sign or leading zero.
fn number(text: &str, name: &str, bounds: RangeInclusive<u32>) -> Option<u32> {
    let digits = text.strip_prefix(name)?;
    let plain = !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
    digits
        .parse()
        .ok()
        .filter(|value| plain && bounds.contains(value))
}

fn bytes(text: &str, bounds: RangeInclusive<usize>) -> Option<Vec<u8>> {
    STANDARD_NO_PAD
        .decode(text)
        .ok()
        .filter(|bytes| bounds.contains(&bytes.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    #[test]
    fn a_string_survives_the_round_trip() {
        assert_eq!(Phc::parse(GOOD).unwrap().to_text(), GOOD);
    }

    #[test]
    fn anything_unexpected_is_refused() {
        for (from, to) in [
            ("argon2id", "argon2i"),
            ("v=19", "v=16"),
            ("m=19456", "m=4294967295"),
            ("m=19456", "m=7"),
            ("m=19456", "m=+19456"),
            ("m=19456", "m=019456"),
            ("t=2", "t=4000000"),
            ("t=2", "t=0"),
            ("p=1", "p=255"),
            ("p=1", "p=1,keyid=x"),
            ("m=19456,t=2", "t=2,m=19456"),
            ("c29tZXNhbHRzb21lc2FsdA", "c2FsdA"),
            ("c29tZXNhbHRzb21lc2FsdA", "c29tZXNhbHRzb21lc2FsdA=="),
            ("AAA$", "$"),
        ] {
            let bad = GOOD.replacen(from, to, 1);
            assert!(bad == GOOD || Phc::parse(&bad).is_none(), "{bad}");
        }
        assert!(Phc::parse("").is_none());
        assert!(Phc::parse(&format!("{GOOD}$x")).is_none());
        assert!(Phc::parse(&GOOD[..GOOD.len() - 40]).is_none());
    }
}
