//! What a person is told outside the browser, and the port that carries it to them.
//!
//! Owns the occasions for a letter and what each letter has to know. How one reads, and how it travels, is not known here.

use std::fmt;
use std::sync::Once;
use std::time::Duration;

use kernel::Timestamp;
use zeroize::Zeroizing;

/// A link that is worth as much as a password while it is good. It has no `Display`, prints blank and is wiped.
#[derive(Clone)]
pub struct SecretLink(Zeroizing<String>);

impl SecretLink {
    /// An absolute URL of ours. It begins with the configured issuer, never with what a request said its host was.
    pub fn new(url: impl Into<String>) -> Self {
        Self(Zeroizing::new(url.into()))
    }

    /// The URL itself, for the one letter that carries it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretLink(..)")
    }
}

/// Who changed a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangedBy {
    /// The person, who knew the old one.
    Person,
    /// Whoever opened the link of a [`Notice::PasswordReset`].
    ResetLink,
    /// Somebody who looks after this provider.
    Administrator,
}

/// The occasion of a letter.
#[derive(Debug, Clone)]
pub enum Notice {
    /// Somebody said that they forgot the password.
    PasswordReset {
        /// Leads to the page where a new one is set, once.
        link: SecretLink,
        /// How long it does.
        valid_for: Duration,
    },
    /// The password is another one now.
    PasswordChanged {
        /// Since when.
        at: Timestamp,
        /// By whom.
        by: ChangedBy,
    },
    /// A refresh token was presented after its successor had been used: one of the two who had it should not have
    /// (RFC 9700 4.14.2).
    TokenReused {
        /// When.
        at: Timestamp,
        /// What the app calls itself. Whoever registered it chose the words.
        client: String,
    },
}

impl Notice {
    /// A name for the log.
    pub fn kind(&self) -> &'static str {
        match self {
            Notice::PasswordReset { .. } => "password_reset",
            Notice::PasswordChanged { .. } => "password_changed",
            Notice::TokenReused { .. } => "token_reused",
        }
    }
}

/// A notice and whom it is for.
#[derive(Clone)]
pub struct Letter {
    /// The person's e-mail address.
    pub to: String,
    /// What to call them: a display name, as they wrote it.
    pub name: String,
    /// The tag (RFC 5646) of the language they read, if that is known.
    pub language: Option<String>,
    /// The occasion.
    pub notice: Notice,
}

/// Without name and address, which do not belong into a log.
impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter")
            .field("notice", &self.notice)
            .finish_non_exhaustive()
    }
}

/// Takes letters.
pub trait Post: Send + Sync {
    /// Hands a letter over. Returns at once, never waits for the network and tells nothing about how it went: whoever
    /// asked for a letter must not learn from us whether there is such an address.
    fn send(&self, letter: Letter);

    /// Whether letters go anywhere. Where they do not, no page offers one.
    fn delivers(&self) -> bool;
}

/// The post of a provider that has none: says so once, and drops what it is given.
#[derive(Debug)]
pub struct NoPost {
    told: Once,
}

impl NoPost {
    /// Has not said anything yet.
    pub const fn new() -> Self {
        Self { told: Once::new() }
    }
}

impl Default for NoPost {
    fn default() -> Self {
        Self::new()
    }
}

impl Post for NoPost {
    fn send(&self, letter: Letter) {
        self.told.call_once(|| {
            tracing::warn!(
                notice = letter.notice.kind(),
                "mail.url is not set: nothing is sent by mail"
            );
        });
    }

    fn delivers(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_letter_tells_neither_link_nor_person() {
        let letter = Letter {
            to: "alice@example.org".into(),
            name: "Alice Example".into(),
            language: None,
            notice: Notice::PasswordReset {
                link: SecretLink::new("https://id.example.org/reset/s3cret"),
                valid_for: Duration::from_secs(1800),
            },
        };
        let printed = format!("{letter:?} {letter:#?}");
        for secret in ["s3cret", "alice", "Alice"] {
            assert!(!printed.contains(secret), "{printed}");
        }
        assert!(printed.contains("PasswordReset"), "{printed}");
    }

    #[test]
    fn without_a_post_nothing_is_promised() {
        assert!(!NoPost::new().delivers());
    }
}
