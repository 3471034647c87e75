//! A JSON document that is served as it is, with an entity tag: discovery and the JWK Set.

use kernel::digest::{base64url, sha256};
use serde::Serialize;

/// The document and its strong entity tag (RFC 9110 8.8.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The JSON text.
    pub json: String,
    /// The tag with its quotes, as the header wants it.
    pub etag: String,
}

impl Document {
    /// Writes `value` as JSON and tags it by content: every node gives the same tag to the same document.
    ///
    /// # Errors
    /// When `value` is not expressible as JSON.
    pub fn of(value: &impl Serialize) -> Result<Self, serde_json::Error> {
        let json = serde_json::to_string(value)?;
        let etag = format!("\"{}\"", base64url(&sha256(json.as_bytes())[..16]));
        Ok(Self { json, etag })
    }
}
