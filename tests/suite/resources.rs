//! Resource indicators (RFC 8707): which APIs a token is for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::actors::Attacker;
use crate::actors::attacker::redemption;
use crate::actors::browser::{Browser, param};
use crate::rig::Provider;

const NOTES: &str = "https://notes.test/api";
const MAPS: &str = "https://maps.test/api";

/// A provider whose client `web` may reach two APIs.
fn provider() -> Provider {
    let provider = Provider::start();
    provider.administer(|ports, ctx| {
        admin::clients::update(ports, ctx, &admin::Actor::cli(), "web", |_, policy| {
            policy.resources = vec![NOTES.to_owned(), MAPS.to_owned()];
        })
    });
    provider
}

fn audience(access_token: &str) -> Value {
    let payload = access_token.split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    claims["aud"].clone()
}

#[test]
fn the_default_api_is_meant_when_none_is_named() {
    let provider = provider();
    let attacker = Attacker(&provider);
    let answer = attacker.redeem("web", &attacker.code("web", &[]));
    assert_eq!(audience(answer.granted()), json!([NOTES, provider.issuer]));
}

#[test]
fn an_api_is_named_at_either_endpoint() {
    let provider = provider();
    let attacker = Attacker(&provider);
    let url = format!(
        "{}&resource={MAPS}",
        attacker.authorize_url("web", &[("resource", Some(NOTES))])
    );
    let code = |browser: &mut Browser| param(&browser.sign_in(&url, "alice"), "code").unwrap();

    let granted = attacker.redeem("web", &code(&mut Browser::new(&provider)));
    assert_eq!(audience(granted.granted()), json!([NOTES, MAPS, provider.issuer]));
    let refresh = [
        ("grant_type", "refresh_token"),
        ("refresh_token", granted.text("refresh_token")),
        ("resource", MAPS),
    ];
    assert_eq!(
        audience(attacker.token("web", &refresh).granted()),
        json!([MAPS, provider.issuer])
    );

    let code = code(&mut Browser::new(&provider));
    let wider = [&redemption(&code)[..], &[("resource", "https://other.test")]].concat();
    attacker.token("web", &wider).refused("invalid_target");
}

#[test]
fn an_unknown_api_is_an_answer_to_the_client() {
    let provider = provider();
    let attacker = Attacker(&provider);
    let landed = Browser::new(&provider)
        .open(&attacker.authorize_url("web", &[("resource", Some("https://other.test"))]))
        .app();
    assert_eq!(param(&landed, "error").as_deref(), Some("invalid_target"));
}
