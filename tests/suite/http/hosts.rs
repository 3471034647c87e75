//! What a request says about where it was sent, and through whom: none of it is believed (ATTACKS of the class "host
//! header"). Issuer, links and cookies come from the configuration.

use crate::actors::Wire;
use crate::actors::wire::{Response, responses};
use crate::rig::Provider;

fn ask(provider: &Provider, target: &str, lines: &str) -> Response {
    let mut wire = Wire::to(provider);
    wire.send(format!(
        "GET {target} HTTP/1.1\r\nConnection: close\r\n{lines}\r\n"
    ));
    let mut heard = responses(&wire.rest());
    assert_eq!(heard.len(), 1, "{lines}");
    heard.remove(0)
}

#[test]
fn only_our_own_names_are_answered() {
    let provider = Provider::start();
    let path = "/.well-known/openid-configuration";
    let status = |host: &str| ask(&provider, path, &format!("Host: {host}\r\n")).status;
    for ours in ["127.0.0.1", "127.0.0.1:1", "127.0.0.1:65535"] {
        assert_eq!(status(ours), 200, "{ours}");
    }
    for other in [
        "",
        "evil.test",
        "127.0.0.1.evil.test",
        "evil.test:80",
        "127.0.0.1@evil.test",
        "evil.test@127.0.0.1",
        "127.0.0.1/",
        "127.0.0.1, evil.test",
        "127.1",
        "2130706433",
        "[::1]",
        "localhost",
        "127.0.0.1.",
        "127.0.0.1:80:80",
        "xn--",
    ] {
        let refused = status(other);
        assert!(refused == 421 || refused == 400, "{other}: {refused}");
    }
    // RFC 9112 3.2.2: an absolute target counts, whatever the header says.
    let both = ask(&provider, "http://evil.test/jwks", "Host: 127.0.0.1\r\n");
    assert_eq!(both.status, 421);
}

#[test]
fn nothing_forwarded_changes_what_is_said() {
    let provider = Provider::start();
    let host = provider.issuer.strip_prefix("http://").unwrap().to_owned();
    let lies = [
        "Forwarded: for=192.0.2.1;host=evil.test;proto=https",
        "X-Forwarded-Host: evil.test",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Port: 444",
        "X-Forwarded-Prefix: /evil",
        "X-Forwarded-Server: evil.test",
        "X-Forwarded-For: 10.0.0.1",
        "X-Real-IP: 10.0.0.1",
        "X-Original-URL: /account",
        "X-Rewrite-URL: /account",
        "X-HTTP-Method-Override: POST",
        "X-Host: evil.test",
        "X-Original-Host: evil.test",
        "True-Client-IP: 10.0.0.1",
    ];
    let without_own = |mut response: Response| {
        let own = |name: &str| name == "x-correlation-id" || name == "date";
        response.headers.retain(|(name, _)| !own(name));
        response.headers.sort();
        response
    };
    for path in ["/.well-known/openid-configuration", "/jwks", "/account", "/login"] {
        let plain = without_own(ask(&provider, path, &format!("Host: {host}\r\n")));
        for lie in lies {
            let told = without_own(ask(&provider, path, &format!("Host: {host}\r\n{lie}\r\n")));
            let shown = format!("{told:?}");
            assert!(!shown.contains("evil"), "{path} {lie}");
            assert_eq!(told.status, plain.status, "{path} {lie}");
            if path.starts_with("/.well-known") || path == "/jwks" {
                assert_eq!(told, plain, "{path} {lie}");
            }
        }
    }
}
