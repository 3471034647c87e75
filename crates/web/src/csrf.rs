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
    /// Choosing an account.
    Choose,
    /// Allowing or denying access.
    Consent,
    /// Signing out.
    Logout,
    /// Ending sessions of an account.
    EndSessions,
    /// Withdrawing what apps were allowed.
    Withdraw,
    /// Changing a password with the present one.
    ChangePassword,
    /// Saying that it was changed: what a page tells must not be put into its mouth by a link.
    PasswordChanged,
    /// Asking for a link.
    ForgotPassword,
    /// Setting a password through a link.
    NewPassword,
    /// Making the first administrator.
    Setup,
    /// The way into the console: the `state` of its authorization request.
    EnterConsole,
    /// A form of the console; its subject says which.
    Console,
    /// A sentence that a page of the console says after something was done.
    Told,
    /// Choosing the language of an account.
    ChooseLanguage,
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Purpose::Login => "login",
            Purpose::Choose => "choose",
            Purpose::Consent => "consent",
            Purpose::Logout => "logout",
            Purpose::EndSessions => "end-sessions",
            Purpose::Withdraw => "withdraw",
            Purpose::ChangePassword => "change-password",
            Purpose::PasswordChanged => "password-changed",
            Purpose::ForgotPassword => "forgot-password",
            Purpose::NewPassword => "new-password",
            Purpose::Setup => "setup",
            Purpose::EnterConsole => "enter-console",
            Purpose::Console => "console",
            Purpose::Told => "told",
            Purpose::ChooseLanguage => "choose-language",
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
