//! Requests nobody comes back for. Each saved one is a row for an hour, and anybody can send them: their number is
//! bounded by network and time, and they go.

use std::thread;

use crate::actors::wire::responses;
use crate::actors::{Attacker, Browser, Wire};
use crate::rig::Provider;

/// Sends so many authorization requests, many at a time, each as if by a browser of its own; the statuses.
fn abandon(provider: &Provider, count: usize) -> Vec<u16> {
    let url = Attacker(provider).authorize_url("web", &[]);
    let target = url.strip_prefix(&provider.issuer).unwrap();
    let host = provider.issuer.strip_prefix("http://").unwrap();
    let request = |more: &str| format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n");
    let one = || {
        let mut wire = Wire::to(provider);
        // Answers are read at the end only: few enough at a time that none of them blocks.
        for _ in 1..50 {
            wire.send(request(""));
        }
        wire.send(request("Connection: close\r\n"));
        let heard = responses(&wire.rest());
        heard.iter().map(|response| response.status).collect::<Vec<_>>()
    };
    thread::scope(|scope| {
        let streams: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| (0..count / 400).flat_map(|_| one()).collect::<Vec<_>>()))
            .collect();
        streams
            .into_iter()
            .flat_map(|stream| stream.join().unwrap())
            .collect()
    })
}

#[test]
fn abandoned_requests_are_gone_after_an_hour() {
    let provider = Provider::start();
    let statuses = abandon(&provider, 2_000);
    assert_eq!(statuses, [303; 2_000]);
    assert_eq!(provider.rows("interactions"), 2_000);
    assert_eq!(
        provider.rows("browsers") + provider.rows("sessions") + provider.rows("grants"),
        0
    );
    let audited = provider.rows("audit");
    provider.sweep();
    assert_eq!(provider.rows("interactions"), 2_000, "they may still come");
    provider.wait(3_601);
    provider.sweep();
    assert_eq!(provider.rows("interactions"), 0);
    assert_eq!(
        provider.rows("audit"),
        audited,
        "and they left no trace in the trail"
    );
    // What was sent in vain keeps nobody else away.
    Browser::new(&provider).sign_in(&Attacker(&provider).authorize_url("web", &[]), "alice");
}

/// Requests that make no sense are answered and forgotten.
#[test]
fn refused_requests_leave_nothing() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let tables = [
        "interactions",
        "throttles",
        "browsers",
        "sessions",
        "grants",
        "audit",
        "changes",
    ];
    let before = tables.map(|table| provider.rows(table));
    for n in 0..100 {
        let name = n.to_string();
        attacker.authorize(&name, &[]);
        attacker.authorize("web", &[("redirect_uri", Some(&format!("https://rp.test/{n}")))]);
        attacker.authorize("web", &[("prompt", Some("none")), ("state", Some(&name))]);
        attacker.authorize("web", &[("scope", Some(&format!("openid \"{n}")))]);
        attacker.redeem("web", &name);
        attacker.token(&name, &[("grant_type", "authorization_code")]);
        attacker.userinfo(&name);
        attacker.introspect("web", &name);
        attacker.revoke("web", &name, &[]);
        Browser::new(&provider).get(&provider.url(&format!("/logout?id_token_hint={n}")));
        Browser::new(&provider).get(&provider.url(&format!("/reset/{n}")));
    }
    let after = tables.map(|table| provider.rows(table));
    assert_eq!(after, before, "{tables:?}");
}
