//! Tokens that tie a form to the browser it was given to and to what it is for.
//!
//! A token is a digest over purpose, subject and the flow cookie's secret. Another site can neither read the cookie nor
//! compute the token; a token for one interaction is worth nothing at another.

use kernel::Plain;
use kernel::digest::{base64url, sha256_parts};
use kernel::secret::FlowSecret;

/// What a form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Signing in.
    Login,
    /// Allowing or denying access.
    Consent,
    /// Signing out.
    Logout,
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Purpose::Login => "login",
            Purpose::Consent => "consent",
            Purpose::Logout => "logout",
        }
    }
}

/// The token for a form.
pub(crate) fn token(flow: &Plain<FlowSecret>, purpose: Purpose, subject: &str) -> String {
    let parts = [
        b"csrf:",
        purpose.label().as_bytes(),
        b":",
        subject.as_bytes(),
        b":",
        flow.expose().as_bytes(),
    ];
    base64url(&sha256_parts(&parts))
}

/// Whether `presented` is the token for this form; in constant time.
pub(crate) fn is_genuine(
    presented: Option<&str>,
    flow: &Plain<FlowSecret>,
    purpose: Purpose,
    subject: &str,
) -> bool {
    use subtle::ConstantTimeEq as _;
    presented.is_some_and(|text| bool::from(text.as_bytes().ct_eq(token(flow, purpose, subject).as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_bound_to_browser_purpose_and_subject() {
        let mine = Plain::<FlowSecret>::from_presented("mine");
        let theirs = Plain::<FlowSecret>::from_presented("theirs");
        let good = token(&mine, Purpose::Login, "a");
        assert!(is_genuine(Some(&good), &mine, Purpose::Login, "a"));
        assert!(!is_genuine(Some(&good), &theirs, Purpose::Login, "a"));
        assert!(!is_genuine(Some(&good), &mine, Purpose::Consent, "a"));
        assert!(!is_genuine(Some(&good), &mine, Purpose::Login, "b"));
        assert!(!is_genuine(None, &mine, Purpose::Login, "a"));
    }
}
