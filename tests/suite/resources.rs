//! Resource indicators (RFC 8707): which APIs a token is for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::actors::Attacker;
use crate::actors::attacker::redemption;
use crate::actors::browser::{Browser, param};
use crate::apis::{self, part};
use crate::rig::Provider;

const NOTES: &str = "https://notes.test/api";
const MAPS: &str = "https://maps.test/api";

/// A provider whose client `web` may reach two APIs.
fn provider() -> Provider {
    let provider = Provider::start();
    provider.administer(|ports, ctx| {
        admin::clients::update(
            ports,
            ctx,
            &admin::Actor::cli(),
            &crate::cast::Anywhere,
            "web",
            |_, policy| {
                policy.resources = vec![NOTES.to_owned(), MAPS.to_owned()];
            },
        )
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

#[test]
fn a_token_carries_what_its_apis_understand_and_what_is_about_people() {
    let provider = apis::provider();
    let attacker = Attacker(&provider);
    let scope = "openid email notes.read maps.read offline_access";
    let all = apis::tokens(&provider, "web", scope, &[apis::NOTES, apis::MAPS]);
    assert_eq!(all.text("scope"), scope);
    let refresh = |extra: &[(&str, &str)]| {
        let own = [
            ("grant_type", "refresh_token"),
            ("refresh_token", all.text("refresh_token")),
        ];
        attacker.token("web", &[&own, extra].concat())
    };
    let notes = refresh(&[("resource", apis::NOTES)]);
    assert_eq!(notes.text("scope"), "openid email notes.read offline_access");
    assert_eq!(part(notes.granted(), 1)["scope"], notes.text("scope"));
    assert_eq!(audience(notes.granted()), json!([apis::NOTES, provider.issuer]));
    assert_eq!(attacker.userinfo(notes.granted()).status, 200);
    let narrow = refresh(&[("resource", apis::NOTES), ("scope", "notes.read maps.read")]);
    assert_eq!(narrow.text("scope"), "notes.read");
    assert_eq!(audience(narrow.granted()), json!(apis::NOTES));
    assert!(narrow.json.get("id_token").is_none());
    assert_eq!(refresh(&[]).text("scope"), scope);
    refresh(&[("resource", "https://other.test")]).refused("invalid_target");
    // Nothing of what is asked for means anything there: a token without scope would not be what was asked for.
    refresh(&[("resource", apis::NOTES), ("scope", "maps.read")]).refused("invalid_scope");
}

#[test]
fn an_api_says_how_its_tokens_are_made() {
    let provider = apis::provider();
    let scope = "openid notes.read maps.read";
    for (resources, alg, ttl) in [
        (&[apis::NOTES][..], "ES256", 600),
        (&[apis::MAPS], "RS256", 120),
        (&[apis::NOTES, apis::MAPS], "RS256", 120),
    ] {
        let answer = apis::tokens(&provider, "web", scope, resources);
        assert_eq!(part(answer.granted(), 0)["alg"], alg, "{resources:?}");
        let claims = part(answer.granted(), 1);
        let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
        assert_eq!(
            (life, &answer.json["expires_in"]),
            (ttl, &json!(ttl)),
            "{resources:?}"
        );
    }
}

#[test]
fn what_the_operator_took_back_is_not_refreshed() {
    let provider = apis::provider();
    let attacker = Attacker(&provider);
    let scope = "openid notes.read maps.read offline_access";
    let mut tokens = apis::tokens(&provider, "web", scope, &[apis::NOTES, apis::MAPS]);
    apis::change(&provider, "web", |web| {
        web.policy.resources = vec![apis::MAPS.to_owned()];
    });
    apis::eventually(|| {
        tokens = attacker.refresh("web", tokens.text("refresh_token"));
        tokens.text("scope") == "openid maps.read offline_access"
    });
    assert_eq!(audience(tokens.granted()), json!([apis::MAPS, provider.issuer]));
}
