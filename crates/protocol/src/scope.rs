//! Scopes (RFC 6749 3.3): an ordered set of tokens.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The scopes Signet itself gives a meaning.
pub const STANDARD: [&str; 8] = [
    "openid",
    "profile",
    "email",
    "address",
    "phone",
    "groups",
    "roles",
    "offline_access",
];

/// A set of scope tokens, in the order first named, without repeats.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope(Vec<String>);

/// A scope contains characters RFC 6749 3.3 forbids, or is far too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("scope contains characters that RFC 6749 3.3 does not allow, or too many tokens")]
pub struct InvalidScope;

impl Scope {
    /// More tokens than any honest request has.
    const MAX_TOKENS: usize = 100;

    /// Parses a space-separated list.
    ///
    /// # Errors
    /// [`InvalidScope`] for a character outside `%x21 / %x23-5B / %x5D-7E`, or more than 100 tokens.
    pub fn parse(text: &str) -> Result<Self, InvalidScope> {
        let mut scope = Self::default();
        for token in text.split(' ').filter(|token| !token.is_empty()) {
            let legal = token
                .bytes()
                .all(|b| matches!(b, 0x21 | 0x23..=0x5B | 0x5D..=0x7E));
            if !legal || scope.0.len() == Self::MAX_TOKENS {
                return Err(InvalidScope);
            }
            if !scope.contains(token) {
                scope.0.push(token.to_owned());
            }
        }
        Ok(scope)
    }

    /// Whether `token` is in it.
    pub fn contains(&self, token: &str) -> bool {
        self.0.iter().any(|own| own == token)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tokens.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Those tokens for which `keep` says yes.
    pub fn filter(&self, keep: impl Fn(&str) -> bool) -> Scope {
        Scope(self.0.iter().filter(|token| keep(token)).cloned().collect())
    }

    /// Whether every token of it is also in `other`.
    pub fn is_subset_of(&self, other: &Scope) -> bool {
        self.iter().all(|token| other.contains(token))
    }

    /// Both together.
    pub fn union(&self, other: &Scope) -> Scope {
        let mut all = self.clone();
        all.0.extend(
            other
                .iter()
                .filter(|token| !self.contains(token))
                .map(str::to_owned),
        );
        all
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Scope::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_order_and_drops_repeats() {
        let scope = Scope::parse("openid  email openid").unwrap();
        assert_eq!(scope.to_string(), "openid email");
    }

    #[test]
    fn refuses_quotes_backslashes_and_crowds() {
        for bad in ["a\"b", "a\\b", "a\tb", "a\u{e9}"] {
            assert_eq!(Scope::parse(bad), Err(InvalidScope), "{bad:?}");
        }
        let crowd = (0..101).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
        assert_eq!(Scope::parse(&crowd), Err(InvalidScope));
    }
}
