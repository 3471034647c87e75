//! Algorithms, keys and encryption that are not the provider's.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use rcgen::KeyPair;
use serde_json::{Value, json};

use super::forge::{Forge, KINDS, Kind, message};
use crate::actors::Attacker;
use crate::rig::Provider;

/// The genuine token with another header and another signature.
fn dressed(forge: &Forge, kind: Kind, words: &Value, sign: impl Fn(&str) -> String) -> String {
    let mut header = forge.header(kind);
    for (name, value) in words.as_object().unwrap() {
        match value {
            Value::Null if name == "alg" => drop(header.as_object_mut().unwrap().remove("alg")),
            value => header[name] = value.clone(),
        }
    }
    let message = message(&header, &forge.claims(kind).to_string());
    format!("{message}.{}", sign(&message))
}

fn last_segment(token: &str) -> String {
    token.rsplit('.').next().unwrap().to_owned()
}

#[test]
fn a_token_without_an_algorithm() {
    let forge = Forge::new();
    let algs = [
        json!("none"),
        json!("None"),
        json!("nOnE"),
        json!("NONE"),
        json!(""),
        json!(null),
        json!(0),
        json!(["none"]),
        json!(["ES256"]),
    ];
    for kind in KINDS {
        let signature = last_segment(forge.genuine(kind));
        for alg in &algs {
            for signature in ["", &signature] {
                let token = dressed(&forge, kind, &json!({ "alg": alg }), |_| signature.to_owned());
                forge.assert_refused(&token, &format!("alg {alg}"));
            }
        }
        let unsigned = format!("{}.", forge.genuine(kind).rsplit_once('.').unwrap().0);
        forge.assert_refused(&unsigned, "an empty signature");
    }
    forge.assert_unchanged();
}

/// What everybody may know of a P-256 key, in the shapes that libraries have taken for a secret.
fn shapes(jwk: &Value) -> Vec<(&'static str, Vec<u8>)> {
    let coordinate = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    let point = [vec![4], coordinate("x"), coordinate("y")].concat();
    // SubjectPublicKeyInfo of a P-256 key (RFC 5480 2).
    let head = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgA=";
    let der = [STANDARD.decode(head).unwrap(), point.clone()].concat();
    let body = STANDARD.encode(&der);
    let lines: Vec<_> = body
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        lines.join("\n")
    );
    vec![
        ("JWK", jwk.to_string().into_bytes()),
        ("PEM", pem.clone().into_bytes()),
        (
            "PEM without its last line break",
            pem.trim_end().as_bytes().to_vec(),
        ),
        ("PEM after a blank", format!(" {pem}").into_bytes()),
        ("DER", der),
        ("point", point),
        ("nothing", Vec::new()),
    ]
}

#[test]
fn a_public_key_taken_for_a_secret() {
    let forge = Forge::new();
    let shapes = shapes(&forge.public_key());
    for kind in KINDS {
        for (name, secret) in &shapes {
            for alg in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
                let token = dressed(&forge, kind, &json!({ "alg": format!("{alg:?}") }), |message| {
                    let key = EncodingKey::from_secret(secret);
                    jsonwebtoken::crypto::sign(message.as_bytes(), &key, alg).unwrap()
                });
                forge.assert_refused(&token, &format!("{alg:?} with the {name}"));
            }
        }
    }
    forge.assert_unchanged();
}

#[test]
fn an_algorithm_that_is_not_its_keys() {
    let forge = Forge::new();
    for kind in KINDS {
        for alg in [
            "RS256", "RS512", "PS256", "ES384", "ES512", "ES256K", "EdDSA", "es256", "HS256",
        ] {
            let token = forge.with_header(kind, &json!({ "alg": alg }));
            forge.assert_refused(&token, alg);
        }
    }
    forge.assert_unchanged();
}

#[test]
fn a_key_that_came_along() {
    let forge = Forge::new();
    let own = EncodingKey::from_ec_der(&KeyPair::generate().unwrap().serialize_der());
    let sign =
        |message: &str| jsonwebtoken::crypto::sign(message.as_bytes(), &own, Algorithm::ES256).unwrap();
    let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&own, Algorithm::ES256).unwrap()).unwrap();
    jwk["kid"] = json!(forge.kid());
    for kind in KINDS {
        for words in [
            json!({}),
            json!({ "jwk": jwk }),
            json!({ "jku": "https://evil.test/jwks" }),
            json!({ "x5u": "https://evil.test/cert" }),
            json!({ "x5c": ["AAAA"] }),
            json!({ "jwk": jwk, "kid": "mine" }),
        ] {
            let token = dressed(&forge, kind, &words, sign);
            forge.assert_refused(&token, &words.to_string());
        }
    }
    forge.assert_unchanged();
}

#[test]
fn a_key_id_that_is_none() {
    let (forge, elsewhere) = (Forge::new(), Provider::start());
    let theirs = elsewhere
        .ring()
        .signer(token::SigningAlg::ES256)
        .unwrap()
        .kid()
        .to_owned();
    let long = "k".repeat(7_000);
    let ids = [
        json!("../../x"),
        json!("/etc/passwd"),
        json!("x' OR '1'='1"),
        json!("'; DROP TABLE signing_keys; --"),
        json!(""),
        json!("\u{0}"),
        json!(format!("{theirs}x")),
        json!(long),
        json!(null),
        json!(7),
        json!(["k"]),
    ];
    for kind in KINDS {
        for kid in &ids {
            let token = forge.with_header(kind, &json!({ "kid": kid }));
            forge.assert_refused(&token, &format!("kid {kid:.40}"));
        }
    }
    forge.assert_unchanged();
}

/// Tokens of another provider that has keys, clients and people of the same names.
#[test]
fn a_token_of_another_provider() {
    let (forge, elsewhere) = (Forge::new(), Forge::new());
    for kind in KINDS {
        forge.assert_refused(elsewhere.genuine(kind), "a stranger's");
    }
    forge.assert_unchanged();
}

#[test]
fn what_is_encrypted_is_not_opened() {
    let forge = Forge::new();
    let off_curve = json!({ "kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ" });
    let segment = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    for header in [
        json!({ "alg": "dir", "enc": "A256GCM", "zip": "DEF" }),
        json!({ "alg": "RSA1_5", "enc": "A128CBC-HS256" }),
        json!({ "alg": "RSA-OAEP-256", "enc": "A256GCM" }),
        json!({ "alg": "PBES2-HS512+A256KW", "enc": "A256GCM", "p2s": "AAAA", "p2c": 2_147_483_648_u64 }),
        json!({ "alg": "ECDH-ES", "enc": "A256GCM", "epk": off_curve }),
    ] {
        let mut header = header;
        header["kid"] = json!(forge.kid());
        let five = [
            segment(header.to_string().as_bytes()),
            segment(&[1; 32]),
            segment(&[2; 12]),
            segment(&[0; 1024]),
            segment(&[3; 16]),
        ];
        forge.assert_refused(&five.join("."), &header.to_string());
        for kind in KINDS {
            let token = forge.with_header(kind, &header);
            forge.assert_refused(&token, &header.to_string());
        }
    }
    for words in [
        json!({ "zip": "DEF" }),
        json!({ "enc": "A256GCM" }),
        json!({ "crit": ["exp"], "exp": 1 }),
        json!({ "crit": ["b64"], "b64": false }),
    ] {
        for kind in KINDS {
            forge.assert_refused(&forge.with_header(kind, &words), &words.to_string());
        }
    }
    forge.assert_unchanged();
}

#[test]
fn what_is_too_long_costs_nothing() {
    let forge = Forge::new();
    let dots = ".".repeat(1_000_000);
    let huge = format!("{}.{}", "a".repeat(1_000_000), forge.genuine(Kind::Access));
    for token in [&dots, &huge] {
        assert!((400..500).contains(&forge.userinfo_by_header(token)));
        assert!((400..500).contains(&forge.userinfo_by_form(token)));
    }
    // As long as a form may be.
    for token in [".".repeat(60_000), "a".repeat(60_000)] {
        assert_eq!(forge.userinfo_by_form(&token), 401);
        let told = Attacker(&forge.provider).introspect("web", &token);
        assert_eq!(told.json, json!({ "active": false }));
    }
    forge.assert_unchanged();
}
