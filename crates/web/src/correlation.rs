//! The id that ties an error page to its log line.

use std::fmt;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use kernel::Entropy;
use kernel::entropy::bytes;
use std::future::{Ready, ready};

/// Letters and digits that are not mistaken for one another when read out (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Names one request: `F7K2-9QXM`, 40 random bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrelationId(String);

impl CorrelationId {
    /// A fresh one.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let letter = |byte: u8| char::from(ALPHABET[usize::from(byte % 32)]);
        let mut text: String = bytes::<8>(entropy).into_iter().map(letter).collect();
        text.insert(4, '-');
        Self(text)
    }

    /// As printed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// That of the request, set by the outermost middleware.
    pub fn of(request: &HttpRequest) -> Self {
        request
            .extensions()
            .get::<Self>()
            .cloned()
            .unwrap_or_else(|| Self("unknown".to_owned()))
    }
}

impl fmt::Display for CorrelationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromRequest for CorrelationId {
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self, Self::Error>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}
