//! A provider for tests: one Ed25519 key, a discovery document, a JWK Set and an introspection endpoint, served on this
//! machine.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use openidconnect::core::{CoreEdDsaPrivateSigningKey, CoreJsonWebKeySet, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKeyId, JsonWebKeySet, PrivateSigningKey};
use serde_json::{Value, json};

/// The id of every key here.
pub(crate) const KID: &str = "k";

/// An Ed25519 key made of one byte repeated, in PKCS#8 (RFC 8410 7).
fn key(seed: u8) -> CoreEdDsaPrivateSigningKey {
    let prefix = [
        0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
    ];
    let der = [&prefix[..], &[seed; 32]].concat();
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        BASE64_STANDARD.encode(der)
    );
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new(KID.to_owned()))).unwrap()
}

/// The public half of a key, as a set.
pub(crate) fn keys(seed: u8) -> CoreJsonWebKeySet {
    JsonWebKeySet::new(vec![key(seed).as_verification_key()])
}

/// Signs anything.
pub(crate) fn sign(seed: u8, header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", encode(header), encode(claims));
    let signature = key(seed).sign(&CoreJwsSigningAlgorithm::EdDsa, message.as_bytes());
    format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature.unwrap()))
}

/// Serves a provider with the key of `seed` until the process ends, and returns its issuer identifier. All tokens count.
pub(crate) fn provider(seed: u8) -> String {
    provider_telling(seed, &Telling::default())
}

/// What a provider says about tokens, and the last question it was asked: its header and its form.
#[derive(Clone)]
pub(crate) struct Telling(pub(crate) Arc<Mutex<(&'static str, String)>>);

impl Default for Telling {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(("{\"active\":true}", String::new()))))
    }
}

/// The same with something to say about tokens.
pub(crate) fn provider_telling(seed: u8, telling: &Telling) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let discovery = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "introspection_endpoint": format!("{issuer}/introspect"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    });
    let jwks = serde_json::to_value(keys(seed)).unwrap();
    let telling = telling.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let request = whole_request(&stream);
            let body = match request.split(' ').nth(1) {
                Some("/jwks") => jwks.to_string(),
                Some("/introspect") => {
                    let mut told = telling.0.lock().unwrap();
                    told.1 = request;
                    told.0.to_owned()
                }
                _ => discovery.to_string(),
            };
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
            let _ = write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        }
    });
    issuer
}

/// Header and body, by `Content-Length`.
fn whole_request(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let (mut text, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(said) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = said.trim().parse().unwrap();
        }
        text += &line;
        if line.trim_end().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    text + &String::from_utf8(body).unwrap()
}
