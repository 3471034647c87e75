//! Tokens that come back changed: not one byte may differ from what was signed (RFC 7515 5.2).

use std::sync::{Arc, OnceLock};

use kernel::{Ctx, FixedClock, Issuer, Policy, SystemEntropy};
use proptest::prelude::*;
use token::keys::KeyRing;
use token::verify;

use super::config;
use crate::actors::{Browser, RelyingParty, Tokens};
use crate::rig::Provider;

/// What one provider signed, and what it takes to verify that.
struct Signed {
    ring: Arc<KeyRing>,
    ctx: Ctx,
    tokens: Tokens,
}

fn signed() -> &'static Signed {
    static SIGNED: OnceLock<Signed> = OnceLock::new();
    SIGNED.get_or_init(|| {
        let provider = Provider::start();
        let tokens = RelyingParty::new(&provider, "web").sign_in(&mut Browser::new(&provider), "alice", "");
        let clock: Arc<FixedClock> = provider.clock.clone();
        let ctx = Ctx {
            clock,
            entropy: Arc::new(SystemEntropy),
            issuer: Issuer::new(provider.issuer.clone()),
            policy: Policy::default(),
        };
        Signed {
            ring: provider.ring(),
            ctx,
            tokens,
        }
    })
}

fn is_believed(token: &str) -> bool {
    let Signed { ring, ctx, .. } = signed();
    verify::access_token(ring, ctx, token).is_ok() || verify::id_token_hint(ring, ctx, token).is_ok()
}

#[test]
fn what_was_signed_is_believed() {
    let Signed { ring, ctx, tokens } = signed();
    assert!(verify::access_token(ring, ctx, &tokens.access).is_ok());
    assert!(verify::id_token_hint(ring, ctx, &tokens.id_token).is_ok());
    // One kind is never taken for the other (RFC 8725 3.11).
    assert!(verify::access_token(ring, ctx, &tokens.id_token).is_err());
    assert!(verify::id_token_hint(ring, ctx, &tokens.access).is_err());
}

/// Every byte, changed in one bit: also those whose last bits mean nothing to a careless decoder.
#[test]
fn not_one_bit_may_differ() {
    let Signed { tokens, .. } = signed();
    for token in [&tokens.access, &tokens.id_token] {
        for at in 0..token.len() {
            for bit in 0..7 {
                let mut changed = token.clone().into_bytes();
                changed[at] ^= 1 << bit;
                let changed = String::from_utf8(changed).unwrap();
                assert!(!is_believed(&changed), "byte {at}, bit {bit}: {changed}");
            }
        }
    }
}

proptest! {
    #![proptest_config(config())]

    /// Nothing may be added, left out or put elsewhere.
    #[test]
    fn no_other_text_is_believed(at in any::<prop::sample::Index>(), cut in 0_usize..40, with in "[A-Za-z0-9_=.\\-\u{a} ]{0,40}") {
        let token = &signed().tokens.access;
        let at = at.index(token.len() + 1);
        let mut changed = token.clone();
        changed.replace_range(at..(at + cut).min(token.len()), &with);
        prop_assert_eq!(is_believed(&changed), changed == *token);
    }

    /// Anything that looks like a token is read or refused.
    #[test]
    fn tokens_of_any_text_never_panic(header in super::parameters::json(), claims in super::parameters::json(), end in "[A-Za-z0-9_-]{0,90}") {
        use base64::Engine as _;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let forged = format!("{}.{}.{}", part(&header), part(&claims), end);
        prop_assert!(!is_believed(&forged));
        let Signed { tokens, .. } = signed();
        let (own, _) = tokens.access.split_once('.').unwrap();
        let borrowed = format!("{own}.{}.{end}", part(&claims));
        prop_assert!(!is_believed(&borrowed));
    }
}
