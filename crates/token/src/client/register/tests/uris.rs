//! URIs of every kind.

use super::*;

#[test]
fn honest_redirect_uris_are_taken() {
    for uri in [
        "https://rp.test/cb",
        "https://rp.test",
        "https://rp.test:8443/cb?dummy1=lorem&dummy2=ipsum",
        "https://RP.test/cb",
        "https://xn--r-0tb.test/cb",
        "https://192.0.2.1/cb",
        "http://127.0.0.1/cb",
        "http://127.0.0.1:8081/cb",
        "http://[::1]:8081/cb",
        "http://localhost:8081/cb",
    ] {
        assert_eq!(faults(&web(uri)), [], "{uri}");
    }
}

#[test]
fn patterns_are_not_redirect_uris() {
    for uri in [
        "*",
        "https://*.rp.test/*",
        "https://rp.test/.*",
        "https://rp.test/cb*",
    ] {
        assert_eq!(codes(&web(uri)), [ErrorCode::InvalidRedirectUri], "{uri}");
    }
}

const DANGEROUS: [&str; 12] = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "javascript://rp.test/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://rp.test/1",
    " javascript:alert(1)",
    "\tjavascript:alert(1)",
    "java\nscript:alert(1)",
    "\u{1}javascript:alert(1)",
    "view-source:https://rp.test/",
];

#[test]
fn dangerous_schemes_are_refused_everywhere() {
    for uri in DANGEROUS {
        assert_eq!(codes(&web(uri)), [ErrorCode::InvalidRedirectUri], "{uri:?}");
        assert_eq!(codes(&public(uri)), [ErrorCode::InvalidRedirectUri], "{uri:?}");
        let after_logout =
            json!({ "redirect_uris": ["https://rp.test/cb"], "post_logout_redirect_uris": [uri] });
        assert_eq!(
            codes(&metadata(after_logout)),
            [ErrorCode::InvalidRedirectUri],
            "{uri:?}"
        );
        for member in [
            "client_uri",
            "policy_uri",
            "tos_uri",
            "logo_uri",
            "logo_uri#de",
            "initiate_login_uri",
        ] {
            let link = metadata(json!({ "redirect_uris": ["https://rp.test/cb"], member: uri }));
            assert_eq!(
                codes(&link),
                [ErrorCode::InvalidClientMetadata],
                "{member} {uri:?}"
            );
        }
    }
}

#[test]
fn redirect_uris_mean_to_browsers_what_they_say() {
    for uri in [
        "",
        "cb",
        "/cb",
        "//rp.test/cb",
        "https:",
        "https://",
        "https:rp.test/cb",
        "https:/rp.test/cb",
        "https:///rp.test/cb",
        "https://rp.test/cb#",
        "https://rp.test/cb#f",
        "https://user@rp.test/cb",
        "https://rp.test@evil.test/cb",
        "https://a@b@rp.test/cb",
        "https://:@rp.test/cb",
        "https://evil.test\\@rp.test/cb",
        "https://rp.test%00.evil.test/cb",
        "https://rp%2etest/cb",
        "https://rp.test:99999/cb",
        "https://rp.test:/cb",
        "https://rp.test/c b",
        "https://rp.test/cb\r\n",
        "https://rр.test/cb",
        "https://rp.test/ü",
        "https://0x7f000001/cb",
        "https://2130706433/cb",
    ] {
        assert_eq!(codes(&web(uri)), [ErrorCode::InvalidRedirectUri], "{uri:?}");
    }
}

#[test]
fn plain_http_is_for_loopback_whatever_the_client() {
    for uri in [
        "http://rp.test/cb",
        "HTTP://rp.test/cb",
        "http://127.0.0.2/cb",
        "http://127.1/cb",
        "http://0x7f000001/cb",
        "http://[::ffff:127.0.0.1]/cb",
        "http://127.0.0.1.evil.test/cb",
        "http://localhost.evil.test/cb",
        "http://localhost./cb",
        "http://10.0.0.1/cb",
    ] {
        assert_eq!(codes(&web(uri)), [ErrorCode::InvalidRedirectUri], "{uri}");
        assert_eq!(codes(&public(uri)), [ErrorCode::InvalidRedirectUri], "{uri}");
    }
}

#[test]
fn custom_schemes_are_reverse_domains_of_public_clients() {
    for uri in [
        "com.example.app:/cb",
        "com.example.app://cb",
        "COM.example.app:/cb?x=1",
    ] {
        assert_eq!(faults(&public(uri)), [], "{uri}");
        assert_eq!(codes(&web(uri)), [ErrorCode::InvalidRedirectUri], "{uri}");
    }
    for uri in [
        "myapp://x",
        "myapp:/cb",
        "urn:ietf:wg:oauth:2.0:oob",
        "com.example.app:cb",
        "com.example.app:",
        "com..app:/cb",
        ".com:/cb",
        "com.:/cb",
        "com.example.app://user@cb/",
        "com.example.app:/cb#f",
    ] {
        assert_eq!(codes(&public(uri)), [ErrorCode::InvalidRedirectUri], "{uri}");
    }
}

#[test]
fn places_we_would_call_are_judged() {
    let with = |member: &str, value: Value| {
        let mut document = json!({ "redirect_uris": ["https://rp.test/cb"] });
        document[member] = value;
        codes(&metadata(document))
    };
    for member in [
        "backchannel_logout_uri",
        "jwks_uri",
        "sector_identifier_uri",
        "backchannel_client_notification_endpoint",
    ] {
        assert_eq!(with(member, json!("https://rp.test/x?y=z")), [], "{member}");
        let bad = [
            "http://rp.test/x",
            "https://rp.test/x#y",
            "https://me@rp.test/",
            "https://2130706433/",
            "rp.test",
        ];
        for uri in bad.into_iter().chain(DANGEROUS) {
            assert_eq!(
                with(member, json!(uri)),
                [ErrorCode::InvalidClientMetadata],
                "{member} {uri:?}"
            );
        }
    }
    assert_eq!(with("request_uris", json!(["https://rp.test/r#digest"])), []);
    assert_eq!(
        with("request_uris", json!(["http://rp.test/r"])),
        [ErrorCode::InvalidClientMetadata]
    );
    assert_eq!(
        with("frontchannel_logout_uri", json!("http://rp.test/")),
        [ErrorCode::InvalidClientMetadata]
    );
}

#[test]
fn origins_are_written_as_browsers_write_them() {
    let with = |origin: &str| {
        let document = json!({ "redirect_uris": ["https://rp.test/cb"], "allowed_cors_origins": [origin] });
        faults(&metadata(document))
    };
    for good in [
        "https://app.test",
        "https://app.test:8443",
        "http://localhost:5173",
        "http://127.0.0.1:3000",
    ] {
        assert_eq!(with(good), [], "{good}");
    }
    for bad in [
        "*",
        "null",
        "",
        "app.test",
        "https://app.test/",
        "https://app.test/x",
        "https://app.test:443",
        "https://APP.test",
        "https://*.app.test",
        "https://me@app.test",
        "http://app.test",
        "file:///x",
        "capacitor://localhost",
        " https://app.test",
    ] {
        assert_eq!(with(bad).len(), 1, "{bad:?}");
    }
    let told = with("https://App.test/x")[0].to_string();
    assert!(told.ends_with("write \"https://app.test\""), "{told}");
}
