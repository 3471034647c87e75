//! Round trips to PostgreSQL, as `docs/operate/scale.md` lists them.

use kernel::Policy;

use crate::actors::browser::{encode, http, param};
use crate::actors::{Attacker, Browser};
use crate::apis;
use crate::nodes::Nodes;
use crate::trip_counter::TripCounter;

/// What is done; units of work that read, those that may write, and how often the database is asked and waited for.
const LISTED: [(&str, (u64, u64, u64)); 9] = [
    ("discovery", (0, 0, 0)),
    ("JWK Set", (0, 0, 0)),
    ("client credentials", (0, 0, 0)),
    ("authorize, signed in", (0, 1, 10)),
    ("code", (0, 1, 9)),
    ("refresh", (0, 1, 11)),
    ("introspection", (0, 0, 0)),
    ("userinfo", (0, 0, 0)),
    ("sign out", (0, 1, 16)),
];

#[test]
fn each_operation_takes_the_round_trips_that_are_listed() {
    let nodes = Nodes::new(Policy::default());
    let wire = TripCounter::to(nodes.port());
    let node = nodes.behind(&wire);
    apis::furnish(&node);
    let attacker = Attacker(&node);
    let get = |path: &str| {
        let url = node.url(path);
        wire.least(&node, 20, || {
            assert_eq!(http().get(&url).send().unwrap().status(), 200)
        })
    };
    let service = [("grant_type", "client_credentials")];
    let mut counted = vec![
        ("discovery", get("/.well-known/openid-configuration")),
        ("JWK Set", get("/jwks")),
        (
            "client credentials",
            wire.least(&node, 20, || {
                assert_eq!(attacker.token("svc", &service).status, 200)
            }),
        ),
    ];

    let mut browser = Browser::new(&node);
    let url = attacker.authorize_url("web", &[]);
    browser.sign_in(&url, "alice");
    let mut codes = Vec::new();
    let given = wire.least(&node, 20, || {
        codes.push(param(&browser.open(&url).app(), "code").unwrap());
    });
    counted.push(("authorize, signed in", given));
    let mut granted = Vec::new();
    let redeemed = wire.least(&node, 20, || {
        granted.push(attacker.redeem("web", &codes.pop().unwrap()));
    });
    counted.push(("code", redeemed));
    let first = granted.pop().unwrap();
    let mut token = first.text("refresh_token").to_owned();
    let refreshed = wire.least(&node, 20, || {
        token = attacker.refresh("web", &token).text("refresh_token").to_owned();
    });
    counted.push(("refresh", refreshed));
    let access = first.granted();
    let asked = wire.least(&node, 20, || {
        assert_eq!(attacker.introspect("web", access).json["active"], true)
    });
    counted.push(("introspection", asked));
    let asked = wire.least(&node, 20, || assert_eq!(attacker.userinfo(access).status, 200));
    counted.push(("userinfo", asked));

    let mut people: Vec<_> = (0..20)
        .map(|_| {
            let mut browser = Browser::new(&node);
            let code = param(&browser.sign_in(&url, "alice"), "code").unwrap();
            let hint = attacker.redeem("web", &code).text("id_token").to_owned();
            (
                browser,
                node.url(&format!("/logout?{}", encode(&[("id_token_hint", &hint)]))),
            )
        })
        .collect();
    let ended = wire.least(&node, 20, || {
        let (mut browser, url) = people.pop().unwrap();
        assert!(browser.open(&url).page().title().starts_with("Signed out"));
    });
    counted.push(("sign out", ended));
    assert_eq!(counted, LISTED);
}
