//! Client authentication at the token endpoint (RFC 6749 2.3, RFC 9700 2.5).

use crate::actors::attacker::{Attacker, basic, redemption};
use crate::cast::SECRET;
use crate::rig::Provider;

const REFRESH: [(&str, &str); 2] = [("grant_type", "refresh_token"), ("refresh_token", "x")];

#[test]
fn wrong_secrets_are_refused_alike() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let newline = format!("{SECRET}\n");
    let wrong = [
        basic("web", "wrong"),
        basic("web", ""),
        basic("web", &newline),
        basic("nobody", SECRET),
        basic("", ""),
        "Basic %%%".to_owned(),
        "Bearer x".to_owned(),
        "Basic".to_owned(),
    ];
    for header in wrong {
        let answer = attacker.token_with(Some(&header), &REFRESH);
        answer.refused("invalid_client");
        assert!(
            answer.headers["www-authenticate"]
                .to_str()
                .unwrap()
                .starts_with("Basic "),
            "{header}"
        );
    }
    attacker.token_with(None, &REFRESH).refused("invalid_client");
    let unknown = attacker.token_with(Some(&basic("nobody", SECRET)), &REFRESH);
    assert_eq!(
        unknown.json,
        attacker.token_with(Some(&basic("web", "wrong")), &REFRESH).json
    );
}

#[test]
fn one_method_and_the_registered_one() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let with = |extra: &[(&'static str, &'static str)]| [&REFRESH, extra].concat();
    attacker
        .token("web", &with(&[("client_secret", SECRET)]))
        .refused("invalid_request");
    attacker
        .token("web", &with(&[("client_id", "web2")]))
        .refused("invalid_request");
    attacker
        .token("web", &with(&[("client_id", "web")]))
        .refused("invalid_grant");
    let in_body = |client_id| with(&[("client_id", client_id), ("client_secret", SECRET)]);
    attacker
        .token_with(None, &in_body("web"))
        .refused("invalid_client");
    attacker
        .token_with(None, &in_body("post"))
        .refused("invalid_grant");
    attacker.token("post", &REFRESH).refused("invalid_client");
    attacker
        .token_with(None, &with(&[("client_id", "web")]))
        .refused("invalid_client");
    attacker
        .token_with(None, &with(&[("client_id", "spa")]))
        .refused("invalid_grant");
}

#[test]
fn a_refused_client_does_not_burn_a_code() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let code = attacker.code("web", &[]);
    attacker
        .token_with(Some(&basic("web", "wrong")), &redemption(&code))
        .refused("invalid_client");
    attacker.redeem("web", &code).granted();
}

#[test]
fn grants_are_offered_or_not() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    attacker.token("web", &[]).refused("invalid_request");
    attacker
        .token("web", &[("grant_type", "password"), ("username", "alice")])
        .refused("unsupported_grant_type");
    attacker
        .token("web", &[("grant_type", "nonsense")])
        .refused("unsupported_grant_type");
    attacker.token("codes", &REFRESH).refused("unauthorized_client");
    let twice = [REFRESH[0], REFRESH[0], REFRESH[1]];
    attacker.token("web", &twice).refused("invalid_request");
}

#[test]
fn nothing_is_read_from_the_url() {
    let provider = Provider::start();
    let url = provider.url(&format!(
        "/token?client_id=post&client_secret={SECRET}&grant_type=refresh_token"
    ));
    let form = "refresh_token=x";
    let http = crate::actors::browser::http();
    let request = http
        .post(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    assert!([400, 401].contains(&request.send().unwrap().status().as_u16()));

    let attacker = Attacker(&provider);
    let answer = attacker.redeem("web", &attacker.code("web", &[]));
    let token = answer.granted();
    let asked = http
        .get(provider.url(&format!("/userinfo?access_token={token}")))
        .send()
        .unwrap();
    assert!([400, 401].contains(&asked.status().as_u16()));
    let bare = http.get(provider.url("/userinfo")).send().unwrap();
    assert_eq!(bare.status().as_u16(), 401);
    assert!(
        !bare.headers()["www-authenticate"]
            .to_str()
            .unwrap()
            .contains("error")
    );
}
