//! Clients that take their time (slow heads, slow bodies, silence, answers nobody reads): each is cut off, and meanwhile
//! others are served.

use std::thread;
use std::time::Duration;

use kernel::Policy;
use web::Patience;

use crate::actors::wire::responses;
use crate::actors::{Browser, Wire};
use crate::rig::Provider;

/// Bytes a client may drip, one every twentieth of a second, before it must be cut off: far more than fit into the patience
/// below, far fewer than it would like.
const ENOUGH: usize = 400;

/// Real seconds are ten; a story is not that patient.
fn provider() -> Provider {
    let limit = Duration::from_millis(700);
    let patience = Patience {
        head: limit,
        body: limit,
        idle: limit,
        answer: limit,
    };
    Provider::waiting(Policy::default(), patience)
}

fn host(provider: &Provider) -> &str {
    provider.issuer.strip_prefix("http://").unwrap()
}

fn get(provider: &Provider, path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", host(provider))
}

fn post(provider: &Provider, path: &str, lines: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n{lines}\r\n",
        host(provider)
    )
}

/// Every case on a thread of its own: most of their time is waiting.
fn at_once<C: Send>(cases: impl IntoIterator<Item = C>, story: impl Fn(C) + Sync) {
    thread::scope(|scope| {
        for case in cases {
            let story = &story;
            scope.spawn(move || story(case));
        }
    });
}

fn statuses(heard: &[u8]) -> Vec<u16> {
    responses(heard).iter().map(|response| response.status).collect()
}

#[test]
fn ten_seconds_are_the_most_anybody_waits_for() {
    let Patience {
        head,
        body,
        idle,
        answer,
    } = Patience::default();
    assert_eq!(
        [head, body, idle, answer].iter().max(),
        Some(&Duration::from_secs(10))
    );
}

#[test]
fn a_head_byte_by_byte_is_not_waited_for() {
    let provider = provider();
    let endless = b"GET /jwks HTTP/1.1\r\nX-Slow: "
        .iter()
        .copied()
        .chain([b'x'; ENOUGH]);
    let (heard, _) = Wire::to(&provider).drip(endless);
    let statuses: Vec<_> = responses(&heard).iter().map(|response| response.status).collect();
    assert_eq!(statuses, [408]);
}

#[test]
fn neither_is_the_head_of_a_second_request() {
    let provider = provider();
    let mut wire = Wire::to(&provider);
    wire.send(get(&provider, "/jwks"));
    assert_eq!(wire.response().status, 200);
    let endless = b"GET /jwks HTTP/1.1\r\nX-Slow: "
        .iter()
        .copied()
        .chain([b'x'; ENOUGH]);
    let (heard, _) = wire.drip(endless);
    assert!(heard.is_empty());
}

#[test]
fn a_body_byte_by_byte_is_not_waited_for() {
    let provider = provider();
    let cases = [
        ("/token", "Content-Length: 5000\r\n", ""),
        ("/authorize", "Content-Length: 5000\r\n", ""),
        ("/token", "Transfer-Encoding: chunked\r\n", "ff\r\n"),
    ];
    at_once(cases, |(path, lines, first)| {
        let mut wire = Wire::to(&provider);
        wire.send(post(&provider, path, lines)).send(first);
        let (heard, _) = wire.drip([b'x'; ENOUGH]);
        assert_eq!(statuses(&heard), [408], "{path} {lines}");
    });
}

/// What is left of a refused request is not waited for either.
#[test]
fn the_rest_of_a_refused_body_is_not_waited_for() {
    let provider = provider();
    at_once(
        ["Content-Length: 5000\r\n", "Transfer-Encoding: chunked\r\n"],
        |lines| {
            let mut silent = Wire::to(&provider);
            silent.send(post(&provider, "/jwks", lines)).send("ff\r\n");
            let mut dripping = Wire::to(&provider);
            dripping.send(post(&provider, "/jwks", lines)).send("ff\r\n");
            let (heard, _) = dripping.drip([b'x'; ENOUGH]);
            assert_eq!(statuses(&heard), [405], "dripping, {lines}");
            assert_eq!(statuses(&silent.rest()), [405], "silent, {lines}");
        },
    );
}

#[test]
fn silence_ends() {
    let provider = provider();
    let never = Wire::to(&provider).rest();
    assert!(responses(&never).iter().all(|response| response.status == 408));
    let mut after = Wire::to(&provider);
    after.send(get(&provider, "/jwks"));
    assert_eq!(after.response().status, 200);
    assert!(after.rest().is_empty());
}

/// Many requests at once, and not one answer taken.
#[test]
fn answers_nobody_reads_are_not_kept() {
    let provider = provider();
    let many = get(&provider, "/.well-known/openid-configuration").repeat(200);
    let most = 64 * 1024 * 1024;
    let taken = Wire::to(&provider).flood(many.as_bytes(), most);
    assert!(taken < most, "asked for ever");
}

/// Four hundred clients that say nothing and a hundred that say half of something keep nobody else from being served, and
/// are all gone in the end.
#[test]
fn meanwhile_others_are_served() {
    let provider = provider();
    let silent: Vec<Wire> = (0..400).map(|_| Wire::to(&provider)).collect();
    let halting: Vec<Wire> = (0..100)
        .map(|_| {
            let mut wire = Wire::to(&provider);
            wire.send("GET /jwks HTTP/1.1\r\nHost:");
            wire
        })
        .collect();
    for _ in 0..20 {
        let page = Browser::new(&provider).get(&provider.url("/.well-known/openid-configuration"));
        assert_eq!(page.status, 200);
    }
    for wire in silent.into_iter().chain(halting) {
        let heard = wire.rest();
        assert!(responses(&heard).iter().all(|response| response.status == 408));
    }
}
