//! How much of a request is read (RFC 6585 5, RFC 9110 15.5.14, 15.5.15). What is too large is refused before it is
//! kept.

use std::thread;

use crate::actors::Wire;
use crate::actors::wire::{Response, responses};
use crate::rig::Provider;

/// The answer to a request whose head has these lines; the connection must end after it or be ready for the next.
fn answer(provider: &Provider, method: &str, target: &str, lines: &str) -> Response {
    let host = provider.issuer.strip_prefix("http://").unwrap();
    let mut wire = Wire::to(provider);
    wire.send(format!(
        "{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{lines}\r\n"
    ));
    let mut heard = responses(&wire.rest());
    assert_eq!(heard.len(), 1);
    heard.remove(0)
}

#[test]
fn heads_have_a_size() {
    let provider = Provider::start();
    let of = |bytes: usize| {
        answer(
            &provider,
            "GET",
            "/jwks",
            &format!("X-Long: {}\r\n", "x".repeat(bytes)),
        )
    };
    assert_eq!(of(31 * 1024).status, 200);
    assert_eq!(of(32 * 1024).status, 431);
    assert_eq!(of(300 * 1024).status, 431);
    let many = |count: usize| answer(&provider, "GET", "/jwks", &"X-Many: 1\r\n".repeat(count));
    assert_eq!(many(90).status, 200);
    assert_eq!(many(100).status, 431);
    assert_eq!(many(5000).status, 431);
    let cookies = answer(
        &provider,
        "GET",
        "/jwks",
        &format!("Cookie: {}\r\n", "a=b; ".repeat(8000)),
    );
    assert_eq!(cookies.status, 431);
}

#[test]
fn addresses_have_a_size() {
    let provider = Provider::start();
    let of = |bytes: usize| answer(&provider, "GET", &format!("/jwks?{}", "x".repeat(bytes)), "").status;
    assert_eq!(of(16 * 1024 - 6), 200);
    assert_eq!(of(16 * 1024 - 5), 414);
    assert_eq!(of(60 * 1024), 414);
}

/// A form that says how long it is, and never comes.
#[test]
fn a_form_that_is_too_long_is_refused_before_it_is_read() {
    let provider = Provider::start();
    let announced = |path: &str| {
        let lines = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 65537\r\n";
        answer(&provider, "POST", path, lines)
    };
    let paths = [
        "/token",
        "/revoke",
        "/introspect",
        "/authorize",
        "/logout",
        "/userinfo",
    ];
    // At once: each connection lingers for a second, so that the answer is read.
    thread::scope(|scope| {
        for path in paths {
            let announced = &announced;
            scope.spawn(move || {
                let refused = announced(path);
                assert_eq!(refused.status, 413, "{path}");
                assert_eq!(refused.header("connection"), "close", "{path}");
                assert!(!refused.body.is_empty(), "{path}");
            });
        }
    });
}

#[test]
fn chunks_without_an_end_are_cut() {
    let provider = Provider::start();
    let host = provider.issuer.strip_prefix("http://").unwrap();
    let chunk = format!("400\r\n{}\r\n", "x".repeat(1024));
    // One that reads forms, one that reads nothing, one that does not exist.
    for (path, status) in [("/token", 413), ("/jwks", 405), ("/nowhere", 404)] {
        let mut wire = Wire::to(&provider);
        wire.send(format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        ));
        let most = 64 * 1024 * 1024;
        let taken = wire.flood(chunk.as_bytes(), most);
        assert!(taken < most / 2, "{path} took {taken} bytes");
        let heard = wire.rest();
        // What was said before the end may be lost with the connection, but it is never anything else.
        for response in responses(&heard) {
            assert_eq!(response.status, status, "{path}");
        }
    }
}
