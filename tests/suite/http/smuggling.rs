//! Requests of which two readers could see two different things (RFC 9112 11.2): refused with 400, once, and the
//! connection is closed, so that nothing that follows is taken for a request.

use std::thread;

use crate::actors::Wire;
use crate::actors::wire::responses;
use crate::rig::Provider;

/// What an attacker would like to be read as a request of its own.
const HIDDEN: &str = "GET /jwks HTTP/1.1\r\nHost: HOST\r\n\r\n";

/// A request for the provider's own name, with these header lines and that body.
fn request(method: &str, path: &str, lines: &str, body: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nHost: HOST\r\n{lines}\r\n{body}")
}

/// What comes back: the statuses, and whether the last response says the connection ends.
fn answers(provider: &Provider, bytes: &[u8]) -> (Vec<u16>, bool) {
    let mut wire = Wire::to(provider);
    wire.send(bytes);
    let heard = responses(&wire.rest());
    let closes = heard
        .last()
        .is_some_and(|last| last.header("connection") == "close");
    (heard.iter().map(|response| response.status).collect(), closes)
}

fn to(provider: &Provider, text: &str) -> Vec<u8> {
    let host = provider.issuer.strip_prefix("http://").unwrap();
    text.replace("HOST", host).into_bytes()
}

#[test]
fn requests_that_read_two_ways_are_refused_once() {
    let provider = Provider::start();
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let post = |lines: &str, body: &str| request("POST", "/token", &format!("{form}{lines}"), body);
    let cases = [
        post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
        post("Content-Length: 5\r\nContent-Length: 6\r\n", "a=1&b"),
        post("Content-Length: 5\r\nContent-Length: 5\r\n", "a=1&b"),
        post("Content-Length: 5, 5\r\n", "a=1&b"),
        post("Content-Length: +5\r\n", "a=1&b"),
        post("Content-Length: -1\r\n", ""),
        post("Content-Length: 0x5\r\n", "a=1&b"),
        post("Content-Length: 99999999999999999999999\r\n", ""),
        post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding: identity, chunked\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding: identity\r\n", ""),
        post(
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            "0\r\n\r\n",
        ),
        post("Transfer-Encoding: \u{b}chunked\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"),
        post("Content-Length : 5\r\n", "a=1&b"),
        post("X-Folded: one\r\n two\r\nContent-Length: 0\r\n", ""),
        post("X-Nul: a\0b\r\nContent-Length: 0\r\n", ""),
        post("X-Return: a\rb\r\nContent-Length: 0\r\n", ""),
        post("X-Nul\0: a\r\nContent-Length: 0\r\n", ""),
        post("Transfer-Encoding: chunked\r\n", "5;\0\r\na=1&b\r\n0\r\n\r\n"),
        post("Transfer-Encoding: chunked\r\n", "0x5\r\na=1&b\r\n0\r\n\r\n"),
        post("Transfer-Encoding: chunked\r\n", "5\r\na=1&bXX\r\n0\r\n\r\n"),
        post("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\na"),
        post("Transfer-Encoding: chunked\r\n", "-1\r\na"),
        request("GET", "/jwks", "Content-Length: 5\r\n", "hello"),
        request(
            "GET",
            "/jwks",
            "Transfer-Encoding: chunked\r\n",
            "5\r\nhello\r\n0\r\n\r\n",
        ),
        request("HEAD", "/nowhere", "Content-Length: 5\r\n", "hello"),
        request("GET", "/jwks", "Host: elsewhere.test\r\n", ""),
        "GET /jwks HTTP/1.1\r\n\r\n".to_owned(),
        "GET /jwks HTTP/1.1\r\n Host: HOST\r\n\r\n".to_owned(),
        "GET /jwks HTTP/1.1\r\n: HOST\r\n\r\n".to_owned(),
        "GET /jw\0ks HTTP/1.1\r\nHost: HOST\r\n\r\n".to_owned(),
        "GET /jwks HTTP/1.1 \r\nHost: HOST\r\n\r\n".to_owned(),
        "GET  /jwks HTTP/1.1\r\nHost: HOST\r\n\r\n".to_owned(),
        "GET /jwks HTTP/1.2\r\nHost: HOST\r\n\r\n".to_owned(),
        "GET /jwks HTTP/2.0\r\nHost: HOST\r\n\r\n".to_owned(),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        "POST /token HTTP/1.0\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(),
        "\x16\x03\x01\x02\x00\x01\x00\x01\x7c\x03\x03".to_owned(),
    ];
    // All at once: the polite closing of a connection takes a second.
    let wrong: Vec<String> = thread::scope(|scope| {
        let provider = &provider;
        let told = cases.map(|case| {
            scope.spawn(move || {
                let (statuses, closes) = answers(provider, &to(provider, &format!("{case}{HIDDEN}")));
                let told = format!("{case:?}: {statuses:?}, closes: {closes}");
                ((statuses.as_slice(), closes) != (&[400], true)).then_some(told)
            })
        });
        told.into_iter().filter_map(|told| told.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_line_feed_alone_ends_no_line() {
    let provider = Provider::start();
    for case in [
        "GET /jwks HTTP/1.1\nHost: HOST\n\n",
        "GET /jwks HTTP/1.1\r\nHost: HOST\nX-Other: 1\r\n\r\n",
        "GET /jwks HTTP/1.1\r\nHost: HOST\r\n\n",
        "GET /jwks HTTP/1.1\r\nHost: HOST\r\nX: 1\n\r\n",
    ] {
        let (statuses, closes) = answers(&provider, &to(&provider, &format!("{case}{HIDDEN}")));
        assert_eq!((statuses, closes), (vec![400], true), "{case:?}");
    }
    // Also on a connection that was used well before.
    let mut wire = Wire::to(&provider);
    wire.send(to(&provider, HIDDEN));
    assert_eq!(wire.response().status, 200);
    wire.send(to(&provider, "GET /jwks HTTP/1.1\nHost: HOST\n\n"));
    let heard: Vec<u16> = responses(&wire.rest())
        .iter()
        .map(|response| response.status)
        .collect();
    assert_eq!(heard, [400]);
}

#[test]
fn honest_requests_may_follow_each_other_at_once() {
    let provider = Provider::start();
    let mut wire = Wire::to(&provider);
    wire.send(to(&provider, HIDDEN)).send(to(&provider, HIDDEN));
    let last = "GET /jwks HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n";
    wire.send(to(&provider, last));
    let statuses: Vec<u16> = responses(&wire.rest())
        .iter()
        .map(|response| response.status)
        .collect();
    assert_eq!(statuses, [200, 200, 200]);
}

/// RFC 9112 9.6: whoever says that a request is its last has said nothing after it.
#[test]
fn nothing_follows_the_last_request() {
    let provider = Provider::start();
    let last = "GET /jwks HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n";
    let (statuses, closes) = answers(&provider, &to(&provider, &format!("{last}{HIDDEN}")));
    assert_eq!((statuses, closes), (vec![200], true));
}
