//! Userinfo and the Bearer tokens it takes (OpenID Connect Core 5.3, RFC 6750 2 and 3), and what else tokens promise.

mod remembered;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::blocking::RequestBuilder;
use serde_json::Value;

use crate::actors::attacker::{Answer, Attacker};
use crate::actors::browser::http;
use crate::rig::Provider;

fn tokens(provider: &Provider) -> Answer {
    let attacker = Attacker(provider);
    let answer = attacker.redeem("web", &attacker.code("web", &[("nonce", Some("n-1"))]));
    answer.granted();
    answer
}

/// Status and challenge.
fn ask(request: RequestBuilder) -> (u16, String) {
    let response = request.send().unwrap();
    let challenge = response
        .headers()
        .get("www-authenticate")
        .map(|value| value.to_str().unwrap().to_owned());
    (response.status().as_u16(), challenge.unwrap_or_default())
}

fn claims(jwt: &str) -> Value {
    let payload = jwt.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[test]
fn a_token_comes_in_the_header_or_the_form_and_nowhere_else() {
    let provider = Provider::start();
    let (answer, url) = (tokens(&provider), provider.url("/userinfo"));
    let token = answer.granted();
    let form = "application/x-www-form-urlencoded";
    let body = format!("access_token={token}");
    assert_eq!(
        ask(http()
            .get(&url)
            .header("authorization", format!("bearer {token}")))
        .0,
        200
    );
    assert_eq!(ask(http().post(&url).bearer_auth(token)).0, 200);
    assert_eq!(
        ask(http().post(&url).header("content-type", form).body(body.clone())).0,
        200
    );
    assert_eq!(ask(http().get(format!("{url}?{body}"))).0, 400);
    let twice = http()
        .post(&url)
        .bearer_auth(token)
        .header("content-type", form)
        .body(body.clone());
    assert_eq!(ask(twice).0, 400);
    let repeated = http()
        .post(&url)
        .header("content-type", form)
        .body(format!("{body}&{body}"));
    assert_eq!(ask(repeated).0, 400);
}

#[test]
fn a_challenge_names_an_error_only_for_a_token_that_came() {
    let provider = Provider::start();
    let url = provider.url("/userinfo");
    let bare = (401, r#"Bearer realm="signet""#.to_owned());
    assert_eq!(ask(http().get(&url)), bare);
    assert_eq!(ask(http().get(&url).basic_auth("web", Some("x"))), bare);
    let (status, challenge) = ask(http().get(&url).bearer_auth("nonsense"));
    assert_eq!(status, 401);
    assert!(challenge.contains(r#"error="invalid_token""#), "{challenge}");
}

#[test]
fn tokens_of_other_kinds_are_not_access_tokens() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let answer = tokens(&provider);
    for other in ["id_token", "refresh_token"] {
        assert_eq!(attacker.userinfo(answer.text(other)).status, 401, "{other}");
    }
    attacker.refresh("web", answer.granted()).refused("invalid_grant");
    let access = answer.granted();
    for broken in [
        access.to_uppercase(),
        access[1..].to_owned(),
        access[..access.len() - 2].to_owned(),
    ] {
        assert_eq!(attacker.userinfo(&broken).status, 401);
    }
}

#[test]
fn a_disabled_client_takes_its_tokens_with_it() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let answer = tokens(&provider);
    provider.administer(|ports, ctx| admin::clients::disable(ports, ctx, &admin::Actor::cli(), "web"));
    assert_eq!(attacker.userinfo(answer.granted()).status, 401, "at once");
}

#[test]
fn a_refreshed_id_token_repeats_no_nonce() {
    let provider = Provider::start();
    let first = tokens(&provider);
    let second = Attacker(&provider).refresh("web", first.text("refresh_token"));
    let (old, new) = (claims(first.text("id_token")), claims(second.text("id_token")));
    assert_eq!(old["nonce"], "n-1");
    assert_eq!(new.get("nonce"), None);
    for same in ["iss", "sub", "aud", "auth_time", "sid"] {
        assert_eq!(old[same], new[same], "{same}");
    }
}

#[test]
fn an_access_token_is_what_rfc_9068_says() {
    let provider = Provider::start();
    let answer = tokens(&provider);
    let header = answer.granted().split('.').next().unwrap();
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    assert_eq!(
        (&header["typ"], &header["alg"]),
        (&"at+jwt".into(), &"ES256".into())
    );
    let claims = claims(answer.granted());
    assert_eq!(claims["aud"], provider.issuer.as_str());
    assert_eq!(claims["client_id"], "web");
    assert_eq!(claims["jti"].as_str().unwrap().as_bytes()[14], b'7', "a UUIDv7");
    let id = self::claims(answer.text("id_token"));
    assert_eq!((&claims["sub"], &claims["sid"]), (&id["sub"], &id["sid"]));
}
