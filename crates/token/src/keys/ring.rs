//! The key ring: every key parsed once, the active ones ready to sign, the published ones as a JWK Set.
//!
//! A ring never changes; when keys do, a new ring takes its place in the [`SharedRing`]. Where the new one cannot be loaded,
//! the old one is narrowed to what the rows still vouch for ([`KeyRing::narrowed`]).

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use openidconnect::core::{CoreJsonWebKey, CoreJsonWebKeySet};
use openidconnect::{JsonWebKey as _, JsonWebKeyAlgorithm};

use super::fault::KeyFault;
use super::pair::openid_alg;
use super::sealing::MasterKey;
use super::signer::Signer;
use super::tally::Tally;
use super::verification::VerificationKey;
use super::{KeyState, StoredKey};
use crate::client::SigningAlg;
use crate::document::Document;

/// All keys of the installation, as they stood when it was loaded.
#[derive(Debug)]
pub struct KeyRing {
    signers: Vec<Arc<Signer>>,
    /// Opened, so that one can take over even where nothing can be opened any more.
    spares: Vec<Arc<Signer>>,
    published: Vec<CoreJsonWebKey>,
    verification: HashMap<String, Arc<VerificationKey>>,
    jwks: Document,
    tally: Arc<Tally>,
}

impl KeyRing {
    /// Parses `rows`. Spares are opened too, so that one that cannot be is found now and not in an emergency.
    ///
    /// # Errors
    /// [`KeyFault::Sealed`] for a private half the master key does not open, [`KeyFault::Corrupt`] for a row that
    /// contradicts itself.
    pub fn load(rows: &[StoredKey], master: &MasterKey) -> Result<Self, KeyFault> {
        let mut rows: Vec<&StoredKey> = rows.iter().collect();
        // Clients that ignore `kid` try keys in order: those that sign come first within their algorithm.
        rows.sort_by_key(|row| (row.alg, rank(row.state), row.published_at, &row.kid));
        let (mut signers, mut spares, mut published) = (Vec::new(), Vec::new(), Vec::new());
        let mut verification = HashMap::new();
        for row in rows.into_iter().filter(|row| row.state != KeyState::Revoked) {
            let jwk = public_jwk(row)?;
            match row.state {
                KeyState::Active => signers.push(Arc::new(Signer::open(row, jwk.clone(), master)?)),
                KeyState::Next => spares.push(Arc::new(Signer::open(row, jwk.clone(), master)?)),
                KeyState::Retiring | KeyState::Retired | KeyState::Revoked => {}
            }
            if row.state.is_published() {
                published.push(jwk);
            }
            let key = VerificationKey::of(row)
                .ok_or_else(|| KeyFault::corrupt(&row.kid, "no usable public half"))?;
            verification.insert(row.kid.clone(), Arc::new(key));
        }
        Ok(Self {
            signers,
            spares,
            jwks: jwk_set(&published)?,
            published,
            verification,
            tally: Arc::default(),
        })
    }

    /// This ring without what `rows` take away from it, for rows that [`load`](Self::load) refuses: a key that was taken
    /// back is dropped although nothing new can be opened. Only states are read, so no master key is needed. Nothing is
    /// added: a spare signs where its row says so, because it was opened before.
    ///
    /// # Errors
    /// [`KeyFault::Encoding`].
    pub fn narrowed(&self, rows: &[StoredKey]) -> Result<Self, KeyFault> {
        let states: HashMap<&str, KeyState> = rows.iter().map(|row| (&*row.kid, row.state)).collect();
        let state = |kid: &str| states.get(kid).copied();
        let is_shown = |kid: &str| state(kid).is_some_and(KeyState::is_published);
        let opened = self.signers.iter().chain(&self.spares);
        let in_state = |wanted| {
            let mut opened = opened.clone().cloned().collect::<Vec<_>>();
            opened.retain(|signer| state(signer.kid()) == Some(wanted));
            opened
        };
        let mut published = self.published.clone();
        published.retain(|jwk| jwk.key_id().is_some_and(|kid| is_shown(kid)));
        let mut verification = self.verification.clone();
        // One that retired is dropped, not kept for hints: it would still count as published here.
        verification.retain(|kid, key| match state(kid) {
            Some(KeyState::Retired) => !key.is_published(),
            Some(state) => state.is_published(),
            None => false,
        });
        Ok(Self {
            signers: in_state(KeyState::Active),
            spares: in_state(KeyState::Next),
            jwks: jwk_set(&published)?,
            published,
            verification,
            tally: Arc::clone(&self.tally),
        })
    }

    /// The active key of an algorithm.
    pub fn signer(&self, alg: SigningAlg) -> Option<&Signer> {
        let signer = self.signers.iter().find(|signer| signer.alg() == alg)?;
        Some(&**signer)
    }

    /// The algorithms that have an active key, in the order discovery lists them.
    pub fn algorithms(&self) -> impl Iterator<Item = SigningAlg> + '_ {
        SigningAlg::ALL
            .into_iter()
            .filter(|alg| self.signer(*alg).is_some())
    }

    /// The JWK Set (RFC 7517 5) of all published keys.
    pub fn jwks(&self) -> &Document {
        &self.jwks
    }

    /// Counts what its keys sign; a ring that takes another's place goes on with the other's.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The public half of any key that was not revoked. Retired ones still prove old ID tokens given as hints.
    pub fn verification_key(&self, kid: &str) -> Option<&VerificationKey> {
        self.verification.get(kid).map(|key| &**key)
    }
}

fn jwk_set(published: &[CoreJsonWebKey]) -> Result<Document, KeyFault> {
    Document::of(&CoreJsonWebKeySet::new(published.to_vec())).map_err(|_| KeyFault::Encoding)
}

/// Reads the public half and compares what it says of itself with its row.
fn public_jwk(row: &StoredKey) -> Result<CoreJsonWebKey, KeyFault> {
    let jwk: CoreJsonWebKey = serde_json::from_str(&row.public_jwk)
        .map_err(|_| KeyFault::corrupt(&row.kid, "its public half is no JWK"))?;
    let names_itself = jwk.key_id().is_some_and(|kid| **kid == row.kid);
    let has_its_alg = match jwk.signing_alg() {
        JsonWebKeyAlgorithm::Algorithm(alg) => *alg == openid_alg(row.alg),
        _ => false,
    };
    if names_itself && has_its_alg {
        Ok(jwk)
    } else {
        Err(KeyFault::corrupt(
            &row.kid,
            "its public half has another kid or algorithm",
        ))
    }
}

/// Order within an algorithm.
fn rank(state: KeyState) -> u8 {
    match state {
        KeyState::Active => 0,
        KeyState::Next => 1,
        KeyState::Retiring => 2,
        KeyState::Retired => 3,
        KeyState::Revoked => 4,
    }
}

/// The ring everybody uses now.
#[derive(Debug)]
pub struct SharedRing(RwLock<Arc<KeyRing>>);

impl SharedRing {
    /// Begins with `ring`.
    pub fn new(ring: KeyRing) -> Self {
        Self(RwLock::new(Arc::new(ring)))
    }

    /// The present ring; take it once per request, so that one answer is never signed with two rings.
    pub fn get(&self) -> Arc<KeyRing> {
        // A panic elsewhere cannot leave a half-written ring: only whole ones are put here.
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another ring in its place.
    pub fn replace(&self, ring: KeyRing) {
        let mut place = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let tally = Arc::clone(&place.tally);
        *place = Arc::new(KeyRing { tally, ..ring });
    }
}

#[cfg(test)]
mod tests {
    use kernel::SeededEntropy;
    use serde_json::Value;

    use super::*;
    use crate::keys::testing::{database, master, ring};

    fn published(ring: &KeyRing) -> Vec<String> {
        let set: Value = serde_json::from_str(&ring.jwks().json).unwrap();
        let kids = set["keys"].as_array().unwrap().iter();
        kids.map(|jwk| jwk["kid"].as_str().unwrap().to_owned()).collect()
    }

    fn in_state(state: KeyState) -> (KeyRing, String) {
        let mut rows = database().keys;
        let row = rows
            .iter_mut()
            .find(|row| row.alg == SigningAlg::ES256 && row.state == KeyState::Active)
            .unwrap();
        row.state = state;
        if matches!(state, KeyState::Retired | KeyState::Revoked) {
            row.sealed_private = None;
        }
        let kid = row.kid.clone();
        (KeyRing::load(&rows, &master()).unwrap(), kid)
    }

    #[test]
    fn the_jwks_shows_next_active_and_retiring_keys_only() {
        for state in KeyState::ALL {
            let (ring, kid) = in_state(state);
            assert_eq!(
                published(&ring).contains(&kid),
                state.is_published(),
                "{}",
                state.as_str()
            );
            let key = ring.verification_key(&kid);
            assert_eq!(key.is_some(), state != KeyState::Revoked, "{}", state.as_str());
            assert_eq!(
                key.is_some_and(VerificationKey::is_published),
                state.is_published()
            );
            assert_eq!(
                ring.signer(SigningAlg::ES256).is_some(),
                state == KeyState::Active
            );
        }
    }

    #[test]
    fn the_jwks_does_not_depend_on_the_order_of_rows() {
        let mut rows = database().keys;
        let jwks = ring().jwks().clone();
        rows.reverse();
        assert_eq!(*KeyRing::load(&rows, &master()).unwrap().jwks(), jwks);
        let first: Value = serde_json::from_str(&jwks.json).unwrap();
        assert_eq!(first["keys"][0]["alg"], "RS256");
        assert_eq!(first["keys"].as_array().unwrap().len(), 10);
        assert!(jwks.etag.starts_with('"') && jwks.etag.ends_with('"'));
    }

    #[test]
    fn every_published_key_states_its_algorithm_and_nothing_private() {
        let set: Value = serde_json::from_str(&ring().jwks().json).unwrap();
        for jwk in set["keys"].as_array().unwrap() {
            let mut members: Vec<_> = jwk.as_object().unwrap().keys().map(String::as_str).collect();
            members.sort_unstable();
            let expected: &[&str] = match jwk["alg"].as_str().unwrap() {
                "RS256" | "PS256" => &["alg", "e", "kid", "kty", "n", "use"],
                "ES256" | "ES384" => &["alg", "crv", "kid", "kty", "use", "x", "y"],
                _ => &["alg", "crv", "kid", "kty", "use", "x"],
            };
            assert_eq!(members, expected);
        }
    }

    #[test]
    fn rows_that_contradict_themselves_are_refused() {
        let rows = database().keys;
        let other = MasterKey::generate(&SeededEntropy::new(99));
        assert!(matches!(
            KeyRing::load(&rows, &other),
            Err(KeyFault::Sealed { .. })
        ));

        let mut swapped = rows.clone();
        let (one, two) = (
            swapped[0].sealed_private.clone(),
            swapped[1].sealed_private.clone(),
        );
        (swapped[0].sealed_private, swapped[1].sealed_private) = (two, one);
        assert!(matches!(
            KeyRing::load(&swapped, &master()),
            Err(KeyFault::Sealed { .. })
        ));

        let mut renamed = rows.clone();
        renamed[0].kid = "k-other".into();
        assert!(matches!(
            KeyRing::load(&renamed, &master()),
            Err(KeyFault::Corrupt { .. })
        ));

        let mut foreign = rows.clone();
        foreign[0].public_jwk = rows[1].public_jwk.replace(&rows[1].kid, &rows[0].kid);
        assert!(matches!(
            KeyRing::load(&foreign, &master()),
            Err(KeyFault::Corrupt { .. })
        ));

        let mut gone = rows.clone();
        gone[0].sealed_private = None;
        assert!(matches!(
            KeyRing::load(&gone, &master()),
            Err(KeyFault::Corrupt { .. })
        ));
    }

    #[test]
    fn a_ring_that_cannot_be_loaded_again_loses_what_was_taken_away() {
        let old = ring();
        let kid_of = |alg, state| {
            let keys = database().keys.into_iter();
            keys.filter(|row| row.alg == alg && row.state == state)
                .map(|row| row.kid)
                .next()
                .unwrap()
        };
        let mut rows = database().keys;
        let mut step = |kid: &str, to: KeyState| {
            rows.iter_mut().find(|row| row.kid == kid).unwrap().state = to;
        };
        let leaked = kid_of(SigningAlg::ES256, KeyState::Active);
        let spare = kid_of(SigningAlg::ES256, KeyState::Next);
        step(&leaked, KeyState::Revoked);
        step(&spare, KeyState::Active);
        let retiring = kid_of(SigningAlg::RS256, KeyState::Active);
        step(&retiring, KeyState::Retiring);
        let retired = kid_of(SigningAlg::PS256, KeyState::Active);
        step(&retired, KeyState::Retired);
        let missing = kid_of(SigningAlg::EdDSA, KeyState::Next);
        rows.retain(|row| row.kid != missing);

        let narrowed = old.narrowed(&rows).unwrap();
        assert_eq!(narrowed.signer(SigningAlg::ES256).unwrap().kid(), spare);
        assert!(narrowed.signer(SigningAlg::RS256).is_none());
        assert!(narrowed.signer(SigningAlg::ES384).is_some());
        for gone in [&leaked, &retired, &missing] {
            assert!(narrowed.verification_key(gone).is_none());
            assert!(!published(&narrowed).contains(gone));
        }
        for stays in [&spare, &retiring] {
            assert!(narrowed.verification_key(stays).is_some());
            assert!(published(&narrowed).contains(stays));
        }
        // What it lost does not come back, and rows that changed nothing take nothing.
        let again = narrowed.narrowed(&database().keys).unwrap();
        assert!(again.verification_key(&leaked).is_none());
        assert_eq!(old.narrowed(&database().keys).unwrap().jwks(), old.jwks());
    }

    #[test]
    fn a_retired_key_stays_good_for_hints_until_it_is_revoked() {
        let (old, kid) = in_state(KeyState::Retired);
        let mut rows = database().keys;
        for state in [KeyState::Retired, KeyState::Revoked] {
            rows.iter_mut().find(|row| row.kid == kid).unwrap().state = state;
            let narrowed = old.narrowed(&rows).unwrap();
            assert_eq!(
                narrowed.verification_key(&kid).is_some(),
                state == KeyState::Retired
            );
        }
    }

    #[test]
    fn a_shared_ring_is_replaced_whole() {
        let shared = SharedRing::new(ring());
        let before = shared.get();
        shared.replace(in_state(KeyState::Revoked).0);
        assert_ne!(before.jwks(), shared.get().jwks());
        assert!(before.signer(SigningAlg::ES256).is_some());
        assert!(shared.get().signer(SigningAlg::ES256).is_none());
    }
}
