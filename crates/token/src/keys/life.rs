//! The steps of a key's life: `next -> active -> retiring -> retired`, and `revoked` from any of them.
//!
//! Pure, one key at a time; which keys take a step together is [`handover`](super::handover)'s business. The private half
//! goes as soon as a key no longer signs: a retiring key never signs again, so nothing is gained by keeping it.

use std::time::Duration;

use kernel::Timestamp;

use super::{KeyState, StoredKey};
use crate::client::SigningAlg;

/// Why a step is not taken. Told to whoever asked for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LifeFault {
    /// The key stands elsewhere in its life.
    #[error("key {kid} is {}, not {}", .state.as_str(), .wanted.as_str())]
    WrongState {
        /// Which key.
        kid: String,
        /// Where it stands.
        state: KeyState,
        /// Where it would have to stand.
        wanted: KeyState,
    },
    /// The key was taken back before.
    #[error("key {0} is revoked already")]
    Revoked(String),
    /// Some verifier's copy of the JWK Set may still lack the key.
    #[error("key {kid} ({alg}) is safe to sign from {} on: until then a verifier's copy of the JWK Set may lack it", .safe_at.to_rfc3339())]
    NotYetSafe {
        /// Which key.
        kid: String,
        /// Its algorithm.
        alg: SigningAlg,
        /// From when on it may sign.
        safe_at: Timestamp,
    },
    /// Something the key signed may still be good.
    #[error("a token that key {kid} signed may be good until {}", .until.to_rfc3339())]
    StillNeeded {
        /// Which key.
        kid: String,
        /// Until when.
        until: Timestamp,
    },
    /// The algorithm has no key that could take over.
    #[error("{0} has no spare")]
    NoSpare(SigningAlg),
    /// The step publishes a key of this algorithm, and none was made for it.
    #[error("no new {0} key was made for this")]
    NoneMade(SigningAlg),
    /// Somebody else was faster.
    #[error("key {0} was changed by somebody else meanwhile")]
    Overtaken(String),
    /// The keys are being sealed anew, or were, under another master key than the new key was made with.
    #[error(
        "the master key is being replaced, or was: finish `signet key reencrypt`, then use the new master key"
    )]
    MasterKeyChanged,
}

impl StoredKey {
    /// From when on it may sign. A key that replaces another waits until every cached JWK Set has it; one that signed from
    /// its first moment replaced nothing, and there was nothing to wait for.
    pub fn safe_at(&self, min_published: Duration) -> Timestamp {
        if self.activated_at == Some(self.published_at) {
            return self.published_at;
        }
        self.published_at.plus(min_published)
    }

    /// The same key, first published at `now`: what was made ahead waits a while for its place.
    #[must_use]
    pub fn published(self, now: Timestamp) -> Self {
        Self {
            published_at: now,
            activated_at: self.activated_at.map(|_| now),
            ..self
        }
    }

    /// `next -> active`: it signs from now on.
    ///
    /// # Errors
    /// [`LifeFault::WrongState`].
    pub fn activate(&self, now: Timestamp) -> Result<Self, LifeFault> {
        self.expect(KeyState::Next)?;
        Ok(Self {
            state: KeyState::Active,
            activated_at: Some(now),
            ..self.clone()
        })
    }

    /// `active -> retiring`: it verifies until `leaves_jwks_at`, and never signs again.
    ///
    /// # Errors
    /// [`LifeFault::WrongState`].
    pub fn step_down(&self, leaves_jwks_at: Timestamp) -> Result<Self, LifeFault> {
        self.expect(KeyState::Active)?;
        Ok(Self {
            state: KeyState::Retiring,
            sealed_private: None,
            leaves_jwks_at: Some(leaves_jwks_at),
            ..self.clone()
        })
    }

    /// `retiring -> retired`: out of the JWK Set. Its public half stays, for ID tokens given as hints.
    ///
    /// # Errors
    /// [`LifeFault::WrongState`].
    pub fn retire(&self, now: Timestamp) -> Result<Self, LifeFault> {
        self.expect(KeyState::Retiring)?;
        Ok(self.gone(KeyState::Retired, now))
    }

    /// `next -> retired`: a spare of an algorithm nobody wants any more. It never signed.
    ///
    /// # Errors
    /// [`LifeFault::WrongState`].
    pub fn withdraw(&self, now: Timestamp) -> Result<Self, LifeFault> {
        self.expect(KeyState::Next)?;
        Ok(self.gone(KeyState::Retired, now))
    }

    /// Any other state -> `revoked`: nothing it signed is believed. A retired key too: who has its private half, from before
    /// it was erased, could forge ID tokens given as hints.
    ///
    /// # Errors
    /// [`LifeFault::Revoked`].
    pub fn revoke(&self, now: Timestamp) -> Result<Self, LifeFault> {
        let left = match self.state {
            KeyState::Revoked => return Err(LifeFault::Revoked(self.kid.clone())),
            KeyState::Retired => self.leaves_jwks_at.unwrap_or(now),
            KeyState::Next | KeyState::Active | KeyState::Retiring => now,
        };
        Ok(self.gone(KeyState::Revoked, left))
    }

    fn gone(&self, state: KeyState, now: Timestamp) -> Self {
        Self {
            state,
            sealed_private: None,
            leaves_jwks_at: Some(now),
            ..self.clone()
        }
    }

    fn expect(&self, wanted: KeyState) -> Result<(), LifeFault> {
        if self.state == wanted {
            return Ok(());
        }
        Err(LifeFault::WrongState {
            kid: self.kid.clone(),
            state: self.state,
            wanted,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::testing::{NOW, database};

    const LATER: Timestamp = Timestamp::from_secs(1_763_003_600);

    fn in_state(state: KeyState) -> StoredKey {
        let keys = database().keys;
        let key = keys.into_iter().find(|key| key.state == KeyState::Active);
        StoredKey {
            state,
            ..key.unwrap()
        }
    }

    #[test]
    fn steps_lead_forward_and_from_their_own_state_only() {
        type Step = fn(&StoredKey) -> Result<StoredKey, LifeFault>;
        let steps: [(Step, &[KeyState], KeyState); 5] = [
            (|key| key.activate(LATER), &[KeyState::Next], KeyState::Active),
            (
                |key| key.step_down(LATER),
                &[KeyState::Active],
                KeyState::Retiring,
            ),
            (|key| key.retire(LATER), &[KeyState::Retiring], KeyState::Retired),
            (|key| key.withdraw(LATER), &[KeyState::Next], KeyState::Retired),
            (
                |key| key.revoke(LATER),
                &[
                    KeyState::Next,
                    KeyState::Active,
                    KeyState::Retiring,
                    KeyState::Retired,
                ],
                KeyState::Revoked,
            ),
        ];
        for (step, from, to) in steps {
            for state in KeyState::ALL {
                let taken = step(&in_state(state));
                assert_eq!(taken.is_ok(), from.contains(&state), "{state:?} -> {to:?}");
                if let Ok(key) = taken {
                    assert_eq!(key.state, to);
                    // Who does not sign any more has nothing to sign with.
                    assert_eq!(key.sealed_private.is_some(), to == KeyState::Active);
                }
            }
        }
    }

    #[test]
    fn a_key_that_replaces_another_waits_and_a_first_one_does_not() {
        let wait = Duration::from_secs(86_400);
        let first = in_state(KeyState::Active);
        assert_eq!(first.safe_at(wait), NOW);
        let spare = StoredKey {
            activated_at: None,
            ..in_state(KeyState::Next)
        };
        assert_eq!(spare.safe_at(wait), NOW.plus(wait));
        let promoted = spare.activate(LATER).unwrap();
        assert_eq!(promoted.safe_at(wait), NOW.plus(wait));
        assert_eq!(first.published(LATER).safe_at(wait), LATER);
        assert_eq!(spare.published(LATER).safe_at(wait), LATER.plus(wait));
    }

    #[test]
    fn a_retired_key_that_is_taken_back_left_when_it_left() {
        let retired = in_state(KeyState::Retiring).retire(NOW).unwrap();
        assert_eq!(retired.revoke(LATER).unwrap().leaves_jwks_at, Some(NOW));
    }

    #[test]
    fn refusals_say_what_to_wait_for() {
        let fault = in_state(KeyState::Retired).activate(NOW).unwrap_err();
        assert!(fault.to_string().ends_with("is retired, not next"), "{fault}");
    }
}
