//! Behind a reverse proxy that reads a request its own way: what an attacker sends is answered once, and never to somebody
//! else. Whom the proxy speaks for is believed of the proxy alone.

use serde_json::Value;

use super::nginx::{Nginx, PROXIES, PROXY};
use crate::actors::browser::{encode, http};
use crate::actors::wire::{Response, responses};
use crate::actors::{Browser, RelyingParty, Wire};
use crate::cast::{CALLBACK, PASSWORD};
use crate::cli::installation::{Installation, Serving, free_port};
use crate::cli::{alice, client};

/// What an attacker would like the provider to take for a request of its own: an answer to somebody else would show it.
const HIDDEN: &str = "GET /hidden HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

/// A provider and the nginx whose address is its issuer.
struct Site {
    installation: Installation,
    nginx: Nginx,
    /// Where the provider itself listens.
    port: u16,
    secret: String,
    _serving: Serving,
}

impl Site {
    /// These proxies are trusted.
    fn trusting(proxies: &str) -> Self {
        let mut installation = Installation::new();
        installation.set("SIGNET_SERVER__TRUSTED_PROXIES", &format!("[\"{proxies}\"]"));
        let secret = client(&installation, "web")["client_secret"]
            .as_str()
            .unwrap()
            .to_owned();
        alice(&installation);
        let port = free_port();
        let serving = installation.serve_at(port);
        let nginx = Nginx::start(installation.port(), port);
        Self {
            installation,
            nginx,
            port,
            secret,
            _serving: serving,
        }
    }

    /// Somebody honest asks who the provider is, and is told.
    #[track_caller]
    fn honest(&self, front: &str, after: &str) {
        let path = "/.well-known/openid-configuration";
        let told = self.raw(front, &request("GET", path, "", ""));
        let [told] = &told[..] else {
            panic!("after {after:?}: {told:?}");
        };
        let body = String::from_utf8_lossy(&told.body);
        assert_eq!(told.status, 200, "after {after:?}: {body}");
        assert!(
            body.contains(&self.installation.issuer),
            "after {after:?}: {body}"
        );
    }

    /// All that comes back for these bytes.
    fn raw(&self, front: &str, bytes: &str) -> Vec<Response> {
        let mut wire = Wire::at(front);
        wire.send(bytes);
        responses(&wire.rest())
    }

    /// The ports from which the proxy is connected to the provider.
    fn connections(&self) -> Vec<String> {
        let [a, b, c, d] = PROXY
            .split('.')
            .map(|part| part.parse::<u8>().unwrap())
            .collect::<Vec<_>>()[..]
        else {
            panic!("{PROXY} is an address");
        };
        let (from, to) = (
            format!("{d:02X}{c:02X}{b:02X}{a:02X}:"),
            format!(":{:04X}", self.port),
        );
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
        let established = table.lines().filter_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let port = fields[1].strip_prefix(&from)?;
            (fields[2].ends_with(&to) && fields[3] == "01").then(|| port.to_owned())
        });
        established.collect()
    }

    /// From where alice signed in, as the trail tells it, if her form went to this address with these headers.
    fn told_from(&self, at: &str, headers: &[(&str, &str)]) -> String {
        let mut browser = Browser::at(&self.installation.issuer);
        let door = browser.open(&self.web().depart("", &[]).url).page();
        let (action, hidden) = door.answer().expect("a form");
        let mut fields = vec![("username", "alice"), ("password", PASSWORD)];
        fields.extend(hidden.iter().map(|(name, value)| (&**name, &**value)));
        let cookies: Vec<_> = browser
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let own = [
            ("cookie", &*cookies.join("; ")),
            ("origin", &*self.installation.issuer),
            ("sec-fetch-site", "same-origin"),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let before = self.sign_ins().len();
        let request = http().post(format!("http://{at}{action}")).body(encode(&fields));
        let request = own
            .iter()
            .chain(headers)
            .fold(request, |request, (name, value)| request.header(*name, *value));
        assert_eq!(request.send().unwrap().status(), 303);
        let all = self.sign_ins();
        assert_eq!(all.len(), before + 1);
        all[0]["address"].as_str().unwrap().to_owned()
    }

    /// What the trail says of them, the newest first.
    fn sign_ins(&self) -> Vec<Value> {
        let found = self
            .installation
            .json(&["audit", "query", "--event", "user.login"], "");
        found.as_array().unwrap().clone()
    }

    fn web(&self) -> RelyingParty {
        RelyingParty::at(&self.installation.issuer, "web", Some(&self.secret), CALLBACK)
    }
}

/// A request that the proxy shall take for the only one.
fn request(method: &str, path: &str, lines: &str, body: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{lines}\r\n{body}")
}

/// Requests that two readers may read in two ways, and how they may be answered. In each the hidden request is inside the
/// body for one of them and behind it for the other.
fn attacks() -> Vec<(String, &'static [u16])> {
    const REFUSED: &[u16] = &[400, 401, 501];
    // What nginx puts right before it hands it on is honest then.
    const REPAIRED: &[u16] = &[200, 400, 401];
    let tail = format!("0\r\n\r\n{HIDDEN}");
    let (all, none) = (tail.len(), HIDDEN.len());
    let post = |lines: &str| request("POST", "/token", &format!("{FORM}{lines}"), &tail);
    let get = |lines: &str, body: &str| request("GET", "/jwks", lines, body);
    let chunked = format!("{none:x}\r\n{HIDDEN}\r\n0\r\n\r\n");
    vec![
        (
            post(&format!(
                "Content-Length: {all}\r\nTransfer-Encoding: chunked\r\n"
            )),
            REFUSED,
        ),
        (
            post(&format!(
                "Transfer-Encoding: chunked\r\nContent-Length: {all}\r\n"
            )),
            REFUSED,
        ),
        (
            post(&format!("Content-Length: {all}\r\nContent-Length: 5\r\n")),
            REFUSED,
        ),
        (
            post(&format!("Content-Length: 5\r\nContent-Length: {all}\r\n")),
            REFUSED,
        ),
        (post(&format!("Content-Length: {all}, 5\r\n")), REFUSED),
        (
            post(&format!(
                "Content-Length: {all}\r\nTransfer-Encoding: xchunked\r\n"
            )),
            REFUSED,
        ),
        (
            post(&format!(
                "Content-Length: {all}\r\nTransfer-Encoding: chunked, identity\r\n"
            )),
            REFUSED,
        ),
        (
            post(&format!(
                "Content-Length: {all}\r\nTransfer-Encoding: \u{b}chunked\r\n"
            )),
            REFUSED,
        ),
        (
            post(&format!(
                "Content-Length: {all}\r\nTransfer-Encoding : chunked\r\n"
            )),
            REFUSED,
        ),
        (
            post(&format!(
                "Content-Length: {all}\r\nTransfer_Encoding: chunked\r\n"
            )),
            REFUSED,
        ),
        (
            post(&format!(
                "Content-Length: {all}\r\nX: 1\nTransfer-Encoding: chunked\r\n"
            )),
            REFUSED,
        ),
        (
            post(&format!(
                "Content-Length: {all}\r\nX: 1\rTransfer-Encoding: chunked\r\n"
            )),
            REFUSED,
        ),
        (
            post(&format!(
                "Content-Length: {all}\r\nTransfer-Encoding:\r\n chunked\r\n"
            )),
            REFUSED,
        ),
        (
            post(&format!(
                "Content-Length: {all}\r\nX: 1\r\n Transfer-Encoding: chunked\r\n"
            )),
            REFUSED,
        ),
        (
            post(&format!("Content-Length: {all}\r\nX-Nul: a\0b\r\n")),
            REFUSED,
        ),
        (
            post(&format!(
                "Content-Length: {all}\r\nTransfer-Encoding: chunked\0\r\n"
            )),
            REFUSED,
        ),
        (get(&format!("Content-Length: {none}\r\n"), HIDDEN), &[400]),
        (get("Transfer-Encoding: chunked\r\n", &chunked), &[400]),
        (
            "GET /jwks HTTP/1.1\nHost: 127.0.0.1\nConnection: close\n\n".to_owned() + HIDDEN,
            REPAIRED,
        ),
        (get("X-Folded: one\r\n two\r\n", HIDDEN), REPAIRED),
        (
            "GET /jw\0ks HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".to_owned() + HIDDEN,
            &[400],
        ),
    ]
}

/// Requests the provider refuses before it has read what they carry: what it left must not be taken for the next one.
fn left_unread() -> Vec<(String, &'static [u16])> {
    let large = HIDDEN.repeat(5_000);
    let length = |body: &str| format!("Content-Length: {}\r\n", body.len());
    let foreign =
        request("POST", "/token", &length(HIDDEN), HIDDEN).replacen("127.0.0.1", "elsewhere.test", 1);
    vec![
        (request("POST", "/jwks", &length(HIDDEN), HIDDEN), &[405]),
        (request("POST", "/jwks", &length(&large), &large), &[405]),
        (request("DELETE", "/token", &length(HIDDEN), HIDDEN), &[405]),
        (request("POST", "/nowhere", &length(&large), &large), &[404]),
        (request("POST", "/token", &length(&large), &large), &[415]),
        (
            request("POST", "/token", &(FORM.to_owned() + &length(&large)), &large),
            &[413],
        ),
        (
            request(
                "POST",
                "/token?code=x",
                &(FORM.to_owned() + &length(HIDDEN)),
                HIDDEN,
            ),
            &[400],
        ),
        (foreign, &[421]),
    ]
}

#[test]
fn what_reads_two_ways_is_answered_once_and_to_nobody_else() {
    let site = Site::trusting(PROXIES);
    for front in [&site.nginx.front, &site.nginx.streaming] {
        site.honest(front, "nothing");
        let kept = site.connections();
        site.honest(front, "nothing");
        assert_eq!(kept.len(), 1);
        assert_eq!(site.connections(), kept, "one connection serves everybody");
        for (attack, expected) in attacks().into_iter().chain(left_unread()) {
            let told = site.raw(front, &attack);
            let attack = &attack[..attack.len().min(400)];
            let [told] = &told[..] else {
                panic!("{attack:?}: {told:?}");
            };
            assert!(expected.contains(&told.status), "{attack:?}: {told:?}");
            site.honest(front, attack);
            site.honest(front, attack);
        }
    }
}

#[test]
fn a_proxy_that_is_named_is_believed_and_only_its_own_word() {
    let site = Site::trusting(PROXIES);
    let direct = format!("127.0.0.1:{}", site.port);
    let invented = "203.0.113.7";
    let lies = [
        ("X-Forwarded-For", invented),
        ("Forwarded", "for=203.0.113.7;host=evil.test;proto=https"),
        ("X-Real-IP", invented),
        ("X-Forwarded-Host", "evil.test"),
        ("X-Original-URL", "/jwks"),
    ];
    let chain = [("X-Forwarded-For", "203.0.113.7, 127.0.0.9")];
    for at in [
        &site.nginx.front,
        &site.nginx.streaming,
        &site.nginx.outer,
        &direct,
    ] {
        for headers in [&[][..], &lies, &chain] {
            assert_eq!(site.told_from(at, headers), "127.0.0.1", "{at} {headers:?}");
        }
    }
    // Through all of it people sign in, at the address that everybody knows.
    let mut browser = Browser::at(&site.installation.issuer);
    let tokens = site.web().sign_in(&mut browser, "alice", "offline_access");
    assert!(site.web().refresh(tokens.refresh.as_ref().unwrap()).is_ok());
}

#[test]
fn a_proxy_that_is_not_named_is_somebody_like_others() {
    // Beside the network, not in it.
    let site = Site::trusting("127.0.0.16/29");
    let lies = [("X-Forwarded-For", "203.0.113.7")];
    assert_eq!(site.told_from(&site.nginx.front, &lies), PROXY);
    assert_eq!(
        site.told_from(&format!("127.0.0.1:{}", site.port), &lies),
        "127.0.0.1"
    );
}
