//! Passwords as people type them, and how long they must be.
//!
//! How they are hashed is [`argon2id`]'s business; who waits for the hash is the [`crate::hasher`]'s.

pub mod argon2id;
mod phc;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// A password in the clear, normalised. It has no `Debug`, no `Display`, no `==`, and is wiped when dropped.
///
/// Normal form KC (NIST SP 800-63B-4 3.1.1.2): composed and decomposed letters, half and full width are one password,
/// whatever keyboard it was typed on.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

/// More bytes than any password has. Refused before any hashing, so that long input costs nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password may have at most {} bytes", Password::MAX_BYTES)]
pub struct PasswordTooLong;

impl Password {
    /// The longest password taken, in bytes of UTF-8 as typed.
    pub const MAX_BYTES: usize = 1024;

    /// Takes what was typed. The caller's copy stays the caller's to wipe.
    ///
    /// # Errors
    /// [`PasswordTooLong`] beyond [`Password::MAX_BYTES`].
    pub fn new(typed: &str) -> Result<Self, PasswordTooLong> {
        if typed.len() > Self::MAX_BYTES {
            return Err(PasswordTooLong);
        }
        // Room for all of it at once: a string that grows leaves copies behind that nobody wipes.
        let bytes = typed.nfkc().map(char::len_utf8).sum();
        let mut normal = Zeroizing::new(String::with_capacity(bytes));
        normal.extend(typed.nfkc());
        Ok(Self(normal))
    }

    /// Code points, which is what people take for characters (NIST SP 800-63B-4 3.1.1.2).
    fn chars(&self) -> usize {
        self.0.chars().count()
    }

    fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// What a new password must be. Length is all that counts: rules of composition make passwords worse
/// (NIST SP 800-63B-4 3.1.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordPolicy {
    /// Twelve characters or more.
    Standard,
    /// Anything but nothing: for the sandbox, whose passwords are printed on the screen.
    Sandbox,
}

/// The password has fewer characters than the policy wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the password is too short: at least {at_least} characters are needed")]
pub struct PasswordTooShort {
    /// How many it must have.
    pub at_least: usize,
}

impl PasswordPolicy {
    /// Judges a new password.
    ///
    /// # Errors
    /// [`PasswordTooShort`].
    pub fn check(self, password: &Password) -> Result<(), PasswordTooShort> {
        let at_least = match self {
            PasswordPolicy::Standard => 12,
            PasswordPolicy::Sandbox => 1,
        };
        if password.chars() < at_least {
            Err(PasswordTooShort { at_least })
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_and_twenty_four_bytes_are_the_most() {
        assert!(Password::new(&"x".repeat(1024)).is_ok());
        assert!(Password::new(&"x".repeat(1025)).is_err());
        assert!(Password::new(&"x".repeat(10_000_000)).is_err());
    }

    #[test]
    fn composed_and_decomposed_forms_are_one_password() {
        let composed = Password::new("caf\u{e9} \u{fb01}").unwrap();
        let decomposed = Password::new("cafe\u{301} fi").unwrap();
        assert_eq!(composed.as_bytes(), decomposed.as_bytes());
        assert_ne!(
            composed.as_bytes(),
            Password::new("Cafe\u{301} fi").unwrap().as_bytes()
        );
    }

    #[test]
    fn only_length_is_judged_and_in_characters() {
        let judge = |text: &str| PasswordPolicy::Standard.check(&Password::new(text).unwrap());
        assert_eq!(judge("elevenchars"), Err(PasswordTooShort { at_least: 12 }));
        assert_eq!(judge(&"é".repeat(11)), Err(PasswordTooShort { at_least: 12 }));
        assert_eq!(judge("aaaaaaaaaaaa"), Ok(()));
        assert_eq!(
            PasswordPolicy::Sandbox.check(&Password::new("demo").unwrap()),
            Ok(())
        );
        assert!(
            PasswordPolicy::Sandbox
                .check(&Password::new("").unwrap())
                .is_err()
        );
    }
}
