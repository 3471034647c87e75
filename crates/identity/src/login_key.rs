//! The normal form under which a username or e-mail address is unique and looked up.
//!
//! One name space for both: nobody can take another's address as username.

use unicode_normalization::UnicodeNormalization;

/// A normalised username or address: NFKC, lower case, without invisible characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LoginKey(String);

impl LoginKey {
    /// The normal form of what somebody typed or registered.
    pub fn of(text: &str) -> Self {
        // What was folded may have to be folded again: a macron by itself becomes a space with a macron, and behind what
        // cannot be seen there may have been a space. A normal form that is not its own would be looked up in vain.
        let mut key = fold(text);
        for _ in 0..MOST_FOLDS {
            let again = fold(&key);
            if again == key {
                break;
            }
            key = again;
        }
        Self(key)
    }

    /// The normal form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// From a stored row.
    pub fn from_stored(key: String) -> Self {
        Self(key)
    }
}

/// More than any text needs.
const MOST_FOLDS: usize = 4;

fn fold(text: &str) -> String {
    let folded: String = text
        .nfkc()
        .filter(|c| !is_invisible(*c))
        .flat_map(char::to_lowercase)
        .collect();
    // Lower-casing may leave compatibility forms behind (capital I with a dot gives two characters).
    let folded: String = folded.nfkc().collect();
    folded.trim().to_owned()
}

/// Zero-width and direction characters that make two names look alike.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookalikes_share_a_key() {
        assert_eq!(LoginKey::of("Alice"), LoginKey::of(" ａlice\u{200B}"));
        assert_eq!(
            LoginKey::of("ALICE@Example.org"),
            LoginKey::of("alice@example.org")
        );
        assert_ne!(LoginKey::of("alice"), LoginKey::of("alicia"));
    }

    #[test]
    fn a_normal_form_is_its_own() {
        for text in ["\u{200B} alice", "alice \u{FEFF}", "\u{AF}", "\u{130}stanbul"] {
            let key = LoginKey::of(text);
            assert_eq!(LoginKey::of(key.as_str()), key, "{text:?}");
        }
        assert_eq!(LoginKey::of("\u{200B} alice"), LoginKey::of("alice"));
    }
}
