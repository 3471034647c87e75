//! Registration together with the network's rules: what this provider would call leads to the public internet, unless the
//! operator excepted it.

use outbound::Allowed;
use serde_json::{Value, json};
use token::Catalogue;
use token::client::register::{Against, parse_operator_document, validate};
use token::client::{ClientMetadata, ClientPolicy};

use crate::outgoing::UrlJudge;

/// Members whose URL this provider itself would ask.
const ENDPOINTS: [&str; 4] = [
    "backchannel_logout_uri",
    "jwks_uri",
    "sector_identifier_uri",
    "backchannel_client_notification_endpoint",
];

fn refused(allow: &[&str], member: &str, value: Value) -> bool {
    let entries: Vec<String> = allow.iter().map(|it| (*it).to_owned()).collect();
    let mut document = json!({ "redirect_uris": ["https://rp.example/cb"] });
    document[member] = value;
    let metadata: ClientMetadata = parse_operator_document(&document.to_string())
        .unwrap()
        .registration
        .metadata;
    let against = Against {
        urls: &UrlJudge::new(Allowed::parse(&entries).unwrap()),
        catalogue: &Catalogue::default(),
    };
    match validate(&metadata, &ClientPolicy::default(), against) {
        Ok(_) => false,
        Err(faults) => {
            assert!(faults.iter().all(|fault| fault.field == member), "{faults:?}");
            true
        }
    }
}

#[test]
fn nothing_inside_can_be_registered() {
    for url in [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://127.0.0.1./",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://0.0.0.0/",
        "https://10.0.0.1/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.64.0.1/",
        "https://[::1]/",
        "https://[::]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://localhost/",
        "https://LOCALHOST/",
        "https://localhost./",
        "https://rp.localhost/",
        "https://metadata.google.internal/",
        "https://intranet/",
        "https://rp.example./",
        "http://rp.example/",
        "http://127.0.0.1:8080/",
        "https://me@rp.example/",
        "https://me:secret@rp.example/",
        "https://rp.example@127.0.0.1/",
        "https://rp.example:22/",
        "https://rp.example\\@127.0.0.1/",
        "ftp://rp.example/",
        "gopher://rp.example/",
        "file:///etc/passwd",
    ] {
        for member in ENDPOINTS {
            assert!(refused(&[], member, json!(url)), "{member} {url}");
        }
        assert!(refused(&[], "request_uris", json!([url])), "request_uris {url}");
    }
    for member in ENDPOINTS {
        assert!(
            !refused(&[], member, json!("https://rp.example:8443/a?b=c")),
            "{member}"
        );
    }
}

#[test]
fn an_exception_lets_in_what_it_names() {
    let local = "http://localhost:9000/logout";
    assert!(refused(&[], "backchannel_logout_uri", json!(local)));
    assert!(!refused(&["localhost:*"], "backchannel_logout_uri", json!(local)));
    assert!(refused(
        &["localhost:*"],
        "backchannel_logout_uri",
        json!("http://localhost:9000/#x")
    ));
    assert!(refused(
        &["localhost:*"],
        "backchannel_logout_uri",
        json!("http://rp.example/")
    ));
    assert!(!refused(
        &["10.0.0.0/8:*"],
        "jwks_uri",
        json!("https://10.1.2.3/keys")
    ));
}
