//! What is due: rotations, retirements, spares that are missing, algorithms that begin or end.
//!
//! Pure. Whoever works through the steps asks again inside the unit of work of each, so that two nodes,
//! or one that died in the middle, never do a thing twice.

use std::collections::BTreeSet;
use std::time::Duration;

use kernel::{Policy, Timestamp};

use super::handover::of;
use super::{KeyState, StoredKey};
use crate::client::SigningAlg;
use crate::logout_token;
use crate::resource::Catalogue;

/// What the operator wants of keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPlan {
    /// Algorithms published whether anybody uses them or not. RS256 always is: every client may rely on it (OpenID Connect
    /// Core 15.1).
    pub algorithms: Vec<SigningAlg>,
    /// How long a key signs before its spare takes over.
    pub rotate_every: Duration,
}

impl Default for KeyPlan {
    fn default() -> Self {
        Self {
            algorithms: SigningAlg::USUAL.to_vec(),
            rotate_every: Duration::from_secs(90 * 24 * 3600),
        }
    }
}

impl KeyPlan {
    /// The algorithms to be published, `used` ones among them.
    pub fn wanted(&self, used: impl IntoIterator<Item = SigningAlg>) -> BTreeSet<SigningAlg> {
        let listed = self.algorithms.iter().copied();
        listed.chain([SigningAlg::RS256]).chain(used).collect()
    }

    /// When the active key of an algorithm is replaced: after its time, and not before its spare is safe. `None` where no
    /// key signs or none waits.
    pub fn rotates_at(
        &self,
        keys: &[StoredKey],
        alg: SigningAlg,
        min_published: Duration,
    ) -> Option<Timestamp> {
        let active = of(keys, alg, KeyState::Active)?;
        let spare = of(keys, alg, KeyState::Next)?;
        let wished = active.activated_at.unwrap_or(active.published_at);
        Some(wished.plus(self.rotate_every).max(spare.safe_at(min_published)))
    }
}

/// Whether keys rotate by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// When their time comes.
    Running,
    /// Only by hand. Everything else goes on.
    Paused,
}

/// One thing to do, in a unit of work of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// An algorithm gets its first keys.
    Begin(SigningAlg),
    /// A missing spare is published.
    AddSpare(SigningAlg),
    /// The spare takes over, its time having come.
    Rotate(SigningAlg),
    /// The spare takes over, because no key signs. Never left behind by ours.
    Promote(SigningAlg),
    /// Nobody wants the algorithm any more.
    GiveUp(SigningAlg),
    /// A key leaves the JWK Set.
    Retire(String),
}

impl Step {
    /// The new keys it needs: as many, of which algorithm.
    pub fn needs(&self) -> Vec<SigningAlg> {
        match self {
            Step::Begin(alg) => vec![*alg, *alg],
            Step::AddSpare(alg) | Step::Rotate(alg) | Step::Promote(alg) => vec![*alg],
            Step::GiveUp(_) | Step::Retire(_) => Vec::new(),
        }
    }
}

/// Everything that is due at `now`.
pub fn due(
    keys: &[StoredKey],
    plan: &KeyPlan,
    wanted: &BTreeSet<SigningAlg>,
    rotation: Rotation,
    now: Timestamp,
    policy: &Policy,
) -> Vec<Step> {
    let of_algorithms = SigningAlg::ALL.into_iter().filter_map(|alg| {
        let signs = of(keys, alg, KeyState::Active).is_some();
        let waits = of(keys, alg, KeyState::Next).is_some();
        match (wanted.contains(&alg), signs, waits) {
            (true, false, false) => Some(Step::Begin(alg)),
            (true, true, false) => Some(Step::AddSpare(alg)),
            (true, false, true) => Some(Step::Promote(alg)),
            (true, true, true) => {
                let at = plan.rotates_at(keys, alg, policy.min_published)?;
                (rotation == Rotation::Running && at <= now).then_some(Step::Rotate(alg))
            }
            (false, false, false) => None,
            (false, ..) => Some(Step::GiveUp(alg)),
        }
    });
    let over = |key: &&StoredKey| {
        key.state == KeyState::Retiring && key.leaves_jwks_at.is_none_or(|until| until <= now)
    };
    let of_keys = keys.iter().filter(over).map(|key| Step::Retire(key.kid.clone()));
    of_algorithms.chain(of_keys).collect()
}

/// The longest that any token signed now will be good for, whoever gets it.
pub fn longest_life(policy: &Policy, catalogue: &Catalogue) -> Duration {
    let of_resources = catalogue.resources().filter_map(|resource| resource.access_ttl);
    let longest = of_resources.chain([policy.access_ttl]).max().unwrap_or_default();
    longest.max(policy.id_token_ttl).max(logout_token::LIFE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::testing::{NOW, database};

    fn days(count: u64) -> Duration {
        Duration::from_secs(count * 86_400)
    }

    fn steps(keys: &[StoredKey], wanted: &[SigningAlg], rotation: Rotation, at: Timestamp) -> Vec<Step> {
        let wanted = wanted.iter().copied().collect();
        due(
            keys,
            &KeyPlan::default(),
            &wanted,
            rotation,
            at,
            &Policy::default(),
        )
    }

    #[test]
    fn nothing_is_due_on_the_first_day() {
        let keys = database().keys;
        assert_eq!(steps(&keys, &SigningAlg::ALL, Rotation::Running, NOW), []);
    }

    #[test]
    fn keys_rotate_when_their_time_comes_and_not_while_paused() {
        let keys = database().keys;
        let all = SigningAlg::ALL.map(Step::Rotate);
        assert_eq!(
            steps(&keys, &SigningAlg::ALL, Rotation::Running, NOW.plus(days(89))),
            []
        );
        assert_eq!(
            steps(&keys, &SigningAlg::ALL, Rotation::Running, NOW.plus(days(90))),
            all
        );
        assert_eq!(
            steps(&keys, &SigningAlg::ALL, Rotation::Paused, NOW.plus(days(90))),
            []
        );
    }

    #[test]
    fn a_spare_that_is_not_safe_delays_the_rotation() {
        let mut keys = database().keys;
        let late = NOW.plus(days(90));
        for key in keys.iter_mut().filter(|key| key.state == KeyState::Next) {
            key.published_at = late;
        }
        assert_eq!(steps(&keys, &SigningAlg::ALL, Rotation::Running, late), []);
        let at = KeyPlan::default().rotates_at(&keys, SigningAlg::RS256, days(1));
        assert_eq!(at, Some(late.plus(days(1))));
    }

    #[test]
    fn algorithms_begin_and_end_with_their_use() {
        let mut keys = database().keys;
        let plan = KeyPlan {
            algorithms: vec![SigningAlg::EdDSA],
            ..KeyPlan::default()
        };
        let wanted: Vec<_> = plan.wanted([SigningAlg::PS256]).into_iter().collect();
        assert_eq!(wanted, [SigningAlg::RS256, SigningAlg::PS256, SigningAlg::EdDSA]);
        keys.retain(|key| key.alg != SigningAlg::PS256);
        keys.retain(|key| key.alg != SigningAlg::EdDSA || key.state != KeyState::Next);
        let expected = [
            Step::Begin(SigningAlg::PS256),
            Step::GiveUp(SigningAlg::ES256),
            Step::GiveUp(SigningAlg::ES384),
            Step::AddSpare(SigningAlg::EdDSA),
        ];
        assert_eq!(steps(&keys, &wanted, Rotation::Paused, NOW), expected);
    }

    #[test]
    fn a_retiring_key_leaves_when_its_last_token_has() {
        let mut keys = database().keys;
        let until = NOW.plus(days(1));
        keys[0] = keys[0].step_down(until).unwrap();
        let kid = keys[0].kid.clone();
        let before = Timestamp::from_millis(until.as_millis() - 1);
        let retires =
            |at| steps(&keys, &SigningAlg::ALL, Rotation::Paused, at).contains(&Step::Retire(kid.clone()));
        assert!(!retires(before) && retires(until));
    }
}
