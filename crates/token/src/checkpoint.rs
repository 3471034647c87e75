//! Checkpoints of the audit trail: where its chain stood, signed with the keys of the installation.
//!
//! A checkpoint is no token. Its `typ` is its own, it has no audience and no expiry, and nothing that verifies tokens takes it.
//! When one is due and whether it fits the trail is `admin::audit`'s business.

use kernel::audit::Link;
use kernel::digest::{base64url, from_base64url};
use kernel::{Ctx, Timestamp};
use serde::{Deserialize, Serialize};

use crate::keys::{KeyFault, KeyRing, KeyState, StoredKey, VerificationKey};

/// `typ` of checkpoints (RFC 8725 3.11).
pub const CHECKPOINT_TYP: &str = "audit-checkpoint+jwt";

/// A checkpoint as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The number of the newest record it vouches for, and by the chain for all before.
    pub seq: u64,
    /// When it was signed.
    pub at: Timestamp,
    /// With which key.
    pub kid: String,
    /// A compact JWS (RFC 7515 7.1).
    pub jws: String,
}

/// Why a checkpoint is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointFault {
    /// Not a JWS of ours with the `typ` of checkpoints.
    #[error("is no checkpoint")]
    Malformed,
    /// The installation has no key of that id.
    #[error("is signed with a key that is unknown here")]
    UnknownKey,
    /// The signature does not fit.
    #[error("has a signature that does not fit")]
    BadSignature,
    /// It was signed by another installation.
    #[error("is another issuer's")]
    WrongIssuer,
    /// It names another record, moment or key than the row it lies in.
    #[error("says something else than its row")]
    Mislabelled,
    /// Its key had been revoked by then, so somebody else may have had it.
    #[error("is signed with a key that was revoked before")]
    RevokedKey,
    /// The chain does not stand where it says.
    #[error("vouches for another history")]
    AnotherHistory,
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    iat: i64,
    seq: u64,
    /// The chain's link behind the record, base64url.
    hash: String,
}

/// Signs where the chain stands, with the ring's first active key; `None` where nothing signs.
///
/// # Errors
/// [`KeyFault`]; then there is no checkpoint.
pub fn sign(ring: &KeyRing, ctx: &Ctx, seq: u64, link: &Link) -> Result<Option<Checkpoint>, KeyFault> {
    let Some(signer) = ring.algorithms().next().and_then(|alg| ring.signer(alg)) else {
        return Ok(None);
    };
    // Whole seconds, as `iat` has them.
    let at = Timestamp::from_secs(ctx.now().as_secs());
    let claims = Claims {
        iss: ctx.issuer.as_str().to_owned(),
        iat: at.as_secs(),
        seq,
        hash: base64url(&link.0),
    };
    Ok(Some(Checkpoint {
        seq,
        at,
        kid: signer.kid().to_owned(),
        jws: signer.sign_jws(CHECKPOINT_TYP, &claims)?,
    }))
}

/// Judges a checkpoint by the public halves in `keys`, those of retired and revoked keys among them, and by `link`, where the
/// chain stands behind the record it names.
///
/// # Errors
/// [`CheckpointFault`].
pub fn verify(
    keys: &[StoredKey],
    ctx: &Ctx,
    checkpoint: &Checkpoint,
    link: &Link,
) -> Result<(), CheckpointFault> {
    let header = jsonwebtoken::decode_header(&checkpoint.jws).map_err(|_| CheckpointFault::Malformed)?;
    if header.typ.as_deref() != Some(CHECKPOINT_TYP) || header.crit.is_some() {
        return Err(CheckpointFault::Malformed);
    }
    if header.kid.as_deref() != Some(&checkpoint.kid) {
        return Err(CheckpointFault::Mislabelled);
    }
    let row = keys.iter().find(|key| key.kid == checkpoint.kid);
    let row = row.ok_or(CheckpointFault::UnknownKey)?;
    let key = VerificationKey::of(row).ok_or(CheckpointFault::UnknownKey)?;
    let claims: Claims = key
        .decode(&checkpoint.jws)
        .map_err(|_| CheckpointFault::BadSignature)?;
    let is_revoked = row.state == KeyState::Revoked;
    let revoked_at = row.leaves_jwks_at.filter(|_| is_revoked);
    if claims.iss != ctx.issuer.as_str() {
        Err(CheckpointFault::WrongIssuer)
    } else if claims.seq != checkpoint.seq || claims.iat != checkpoint.at.as_secs() {
        Err(CheckpointFault::Mislabelled)
    } else if revoked_at.is_some_and(|revoked_at| revoked_at < checkpoint.at) {
        Err(CheckpointFault::RevokedKey)
    } else if from_base64url(&claims.hash).as_deref() != Some(&link.0[..]) {
        Err(CheckpointFault::AnotherHistory)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::testing::{ctx as scene, database, ring};
    use crate::verify::{self, TokenFault};

    fn context() -> Ctx {
        scene().0
    }

    fn signed() -> (Checkpoint, Link) {
        let link = Link::first();
        (sign(&ring(), &context(), 7, &link).unwrap().unwrap(), link)
    }

    #[test]
    fn a_checkpoint_vouches_for_one_place_of_one_chain() {
        let (keys, ctx) = (database().keys, context());
        let (own, link) = signed();
        assert_eq!(verify(&keys, &ctx, &own, &link), Ok(()));
        let other = Link([7; 32]);
        assert_eq!(
            verify(&keys, &ctx, &own, &other),
            Err(CheckpointFault::AnotherHistory)
        );
        let moved = Checkpoint {
            seq: 8,
            ..own.clone()
        };
        assert_eq!(
            verify(&keys, &ctx, &moved, &link),
            Err(CheckpointFault::Mislabelled)
        );
        let mut forged = own.clone();
        let payload = forged.jws.find('.').unwrap() + 3;
        let letter = if &forged.jws[payload..=payload] == "A" {
            "B"
        } else {
            "A"
        };
        forged.jws.replace_range(payload..=payload, letter);
        assert_eq!(
            verify(&keys, &ctx, &forged, &link),
            Err(CheckpointFault::BadSignature)
        );
        assert_eq!(verify(&[], &ctx, &own, &link), Err(CheckpointFault::UnknownKey));
    }

    #[test]
    fn a_key_that_retired_still_counts_and_one_that_had_been_revoked_does_not() {
        let (own, link) = signed();
        let ctx = context();
        let mut keys = database().keys;
        let row = keys.iter_mut().find(|key| key.kid == own.kid).unwrap();
        (row.state, row.leaves_jwks_at) = (KeyState::Retired, Some(Timestamp::from_secs(1)));
        assert_eq!(verify(&keys, &ctx, &own, &link), Ok(()));
        let row = keys.iter_mut().find(|key| key.kid == own.kid).unwrap();
        row.state = KeyState::Revoked;
        assert_eq!(verify(&keys, &ctx, &own, &link), Err(CheckpointFault::RevokedKey));
        let row = keys.iter_mut().find(|key| key.kid == own.kid).unwrap();
        row.leaves_jwks_at = Some(own.at);
        assert_eq!(verify(&keys, &ctx, &own, &link), Ok(()));
    }

    #[test]
    fn nothing_that_verifies_tokens_takes_a_checkpoint() {
        let (own, _) = signed();
        let (ring, ctx) = (ring(), context());
        assert_eq!(
            verify::access_token(&ring, &ctx, &own.jws),
            Err(TokenFault::WrongType)
        );
        assert_eq!(
            verify::id_token_hint(&ring, &ctx, &own.jws),
            Err(TokenFault::WrongType)
        );
        assert_eq!(verify::client_of(&ring, &ctx, &own.jws), None);
    }

    #[test]
    fn no_token_is_a_checkpoint() {
        let (own, link) = signed();
        let (ring, ctx, keys) = (ring(), context(), database().keys);
        let signer = ring.algorithms().next().and_then(|alg| ring.signer(alg)).unwrap();
        let claims = Claims {
            iss: ctx.issuer.as_str().to_owned(),
            iat: own.at.as_secs(),
            seq: 7,
            hash: base64url(&link.0),
        };
        for typ in ["at+jwt", "JWT", "logout+jwt"] {
            let jws = signer.sign_jws(typ, &claims).unwrap();
            let posing = Checkpoint { jws, ..own.clone() };
            assert_eq!(
                verify(&keys, &ctx, &posing, &link),
                Err(CheckpointFault::Malformed),
                "{typ}"
            );
        }
    }
}
