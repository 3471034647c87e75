//! Proof Key for Code Exchange (RFC 7636, RFC 9700 2.1.1): S256 or, for old confidential clients, nothing.

use url::Url;

use crate::actors::attacker::{Attacker, CHALLENGE, VERIFIER, redemption};
use crate::actors::browser::param;
use crate::cast::CALLBACK;
use crate::rig::Provider;

const NO_CHALLENGE: [(&str, Option<&str>); 2] = [("code_challenge", None), ("code_challenge_method", None)];

#[track_caller]
fn assert_refused(provider: &Provider, client_id: &str, changes: &[(&str, Option<&str>)]) {
    let page = Attacker(provider).authorize(client_id, changes);
    let url = Url::parse(&page.location().expect("a redirect")).unwrap();
    assert_eq!(
        param(&url, "error").as_deref(),
        Some("invalid_request"),
        "{changes:?}"
    );
}

#[test]
fn a_public_client_must_send_a_challenge() {
    assert_refused(&Provider::start(), "spa", &NO_CHALLENGE);
}

#[test]
fn plain_is_not_offered() {
    let provider = Provider::start();
    for client_id in ["web", "spa"] {
        assert_refused(&provider, client_id, &[("code_challenge_method", Some("plain"))]);
        assert_refused(&provider, client_id, &[("code_challenge_method", None)]);
        assert_refused(&provider, client_id, &[("code_challenge_method", Some("s256"))]);
        assert_refused(
            &provider,
            client_id,
            &[("code_challenge", Some(VERIFIER.trim_end_matches('k')))],
        );
        assert_refused(&provider, client_id, &[("code_challenge", None)]);
    }
}

#[test]
fn a_verifier_without_a_challenge_is_a_downgrade() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let code = attacker.code("web", &NO_CHALLENGE);
    attacker.redeem("web", &code).refused("invalid_grant");
}

#[test]
fn a_confidential_client_may_do_without() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let code = attacker.code("web", &NO_CHALLENGE);
    attacker.token("web", &redemption(&code)[..3]).granted();
}

#[test]
fn the_verifier_must_fit() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let other = "e".repeat(43);
    for verifier in [None, Some(""), Some(CHALLENGE), Some(&*other)] {
        let code = attacker.code("web", &[]);
        let mut form = redemption(&code)[..3].to_vec();
        form.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        attacker.token("web", &form).refused("invalid_grant");
        // The mistake burned the code.
        attacker.redeem("web", &code).refused("invalid_grant");
    }
}

#[test]
fn a_public_client_needs_nothing_but_the_verifier() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let code = attacker.code("spa", &[]);
    let mut form = redemption(&code).to_vec();
    form.push(("client_id", "spa"));
    assert_eq!(form[2], ("redirect_uri", CALLBACK));
    attacker.token_with(None, &form).granted();
}

/// RFC 7636 4.1: 43 to 128 characters. A challenge made of less is no protection, even if it fits.
#[test]
fn a_short_verifier_is_refused_though_it_fits() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let challenge = kernel::digest::base64url(&kernel::digest::sha256(b"short"));
    let code = attacker.code("web", &[("code_challenge", Some(&challenge))]);
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", crate::cast::CALLBACK),
        ("code_verifier", "short"),
    ];
    attacker.token("web", &form).refused("invalid_grant");
}
