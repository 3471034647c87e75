//! The event of proving who one is: when, how, how strongly.

use kernel::Timestamp;
use serde::{Deserialize, Serialize};

/// An authentication method reference (RFC 8176 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Amr {
    /// A password.
    Pwd,
}

impl Amr {
    /// The registered value.
    pub fn as_str(self) -> &'static str {
        match self {
            Amr::Pwd => "pwd",
        }
    }
}

/// When and how a person proved who they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authentication {
    /// `auth_time` (OpenID Connect Core 2).
    pub at: Timestamp,
    /// `amr`.
    pub methods: Vec<Amr>,
}

impl Authentication {
    /// `acr`: with one factor "1", the value ISO/IEC 29115 and most providers use for "some confidence".
    pub fn acr(&self) -> &'static str {
        "1"
    }
}
