//! Everything in a story that must not be told, and every shape it might be told in.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::actors::browser::encode;

/// Shorter ones would be found by chance.
const SHORTEST: usize = 12;

/// Whether the database may hold it as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtRest {
    /// Only its digest, or sealed.
    Hidden,
    /// It has to: what a request said until it is answered, an address letters go to.
    Plain,
}

struct Secret {
    what: &'static str,
    at_rest: AtRest,
    bytes: Vec<u8>,
}

/// The secrets.
#[derive(Default)]
pub struct Ledger(Vec<Secret>);

impl Ledger {
    /// Notes one.
    #[track_caller]
    pub fn note(&mut self, what: &'static str, at_rest: AtRest, secret: impl AsRef<[u8]>) {
        let bytes = secret.as_ref().to_vec();
        assert!(bytes.len() >= SHORTEST, "too short to look for: {what}");
        if !self.0.iter().any(|known| known.bytes == bytes) {
            self.0.push(Secret { what, at_rest, bytes });
        }
    }

    /// Notes a JWT: the whole, and the signature without which it is worth nothing.
    #[track_caller]
    pub fn token(&mut self, what: &'static str, token: &str) {
        self.note(what, AtRest::Hidden, token);
        self.note(what, AtRest::Hidden, token.rsplit('.').next().unwrap());
    }

    /// Fails where any of them is told.
    #[track_caller]
    pub fn assert_untold(&self, place: &str, said: &[u8]) {
        self.assert_without(place, said, |_| true);
    }

    /// The same for what is kept and not told.
    #[track_caller]
    pub fn assert_hidden(&self, place: &str, kept: &[u8]) {
        self.assert_without(place, kept, |secret| secret.at_rest == AtRest::Hidden);
    }

    #[track_caller]
    fn assert_without(&self, place: &str, said: &[u8], counts: impl Fn(&Secret) -> bool) {
        let said = String::from_utf8_lossy(said);
        for secret in self.0.iter().filter(|secret| counts(secret)) {
            for shape in shapes(&secret.bytes) {
                let Some(at) = said.find(&shape) else { continue };
                let line = said[..at].rfind('\n').map_or(0, |end| end + 1);
                let line = said[line..].lines().next().unwrap_or_default();
                panic!("{place} tells the {}, as {shape:?}: {line}", secret.what);
            }
        }
    }
}

/// As it is, in a form or URL, in a string literal, in base64, in hex, as a list of numbers.
fn shapes(bytes: &[u8]) -> Vec<String> {
    let numbers: Vec<_> = bytes.iter().map(u8::to_string).collect();
    let mut shapes = vec![
        STANDARD_NO_PAD.encode(bytes),
        URL_SAFE_NO_PAD.encode(bytes),
        bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        numbers.join(", "),
        numbers.join(","),
    ];
    if let Ok(text) = std::str::from_utf8(bytes) {
        let quoted = format!("{text:?}");
        shapes.extend([
            text.to_owned(),
            quoted.trim_matches('"').to_owned(),
            encode(&[("", text)]).trim_start_matches('=').to_owned(),
            text.replace(' ', "%20"),
        ]);
    }
    shapes
}

#[test]
fn a_secret_is_found_in_every_shape() {
    let mut ledger = Ledger::default();
    ledger.note("word", AtRest::Plain, "open \"sesame\" & more");
    for said in [
        r#"{"password":"open \"sesame\" & more"}"#,
        "/x?password=open+%22sesame%22+%26+more",
        "b3BlbiAic2VzYW1lIiAmIG1vcmU=",
        "Bytes([111, 112, 101, 110, 32, 34, 115, 101, 115, 97, 109, 101, 34, 32, 38, 32, 109, 111, 114, 101])",
        "6f70656e2022736573616d65222026206d6f7265",
    ] {
        let found = std::panic::catch_unwind(|| ledger.assert_untold("it", said.as_bytes()));
        assert!(found.is_err(), "{said}");
        ledger.assert_hidden("it", said.as_bytes());
    }
    ledger.assert_untold("it", b"open sesame");
}
