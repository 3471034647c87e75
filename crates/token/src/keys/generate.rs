//! Makes a signing key: a fresh pair, its private half sealed under the master key, its public half as a JWK.

use kernel::Ctx;
use kernel::digest::base64url;
use kernel::entropy::bytes;

use super::fault::KeyFault;
use super::pair::Pair;
use super::sealing::MasterKey;
use super::{KeyState, StoredKey};
use crate::client::SigningAlg;

/// A new key, published from now on, in `state`: [`KeyState::Next`] for a spare, [`KeyState::Active`] only where no
/// other key of the algorithm signs. RSA takes a noticeable fraction of a second: call it outside a transaction.
///
/// # Errors
/// [`KeyFault::Generation`] when the generator fails.
pub fn generate(
    alg: SigningAlg,
    state: KeyState,
    master: &MasterKey,
    ctx: &Ctx,
) -> Result<StoredKey, KeyFault> {
    let kid = new_kid(ctx);
    let pair = Pair::generate(alg).map_err(|_| KeyFault::Generation { alg })?;
    let private = pair.to_pkcs8().map_err(|_| KeyFault::Generation { alg })?;
    let now = ctx.now();
    Ok(StoredKey {
        alg,
        state,
        public_jwk: pair.public_jwk(&kid).map_err(|_| KeyFault::Encoding)?,
        sealed_private: Some(master.seal(&kid, &private, &*ctx.entropy)),
        published_at: now,
        activated_at: (state == KeyState::Active).then_some(now),
        leaves_jwks_at: None,
        kid,
    })
}

/// 72 random bits: short enough to be typed, and never drawn twice.
fn new_kid(ctx: &Ctx) -> String {
    format!("k-{}", base64url(&bytes::<9>(&*ctx.entropy)))
}
