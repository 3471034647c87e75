//! Journeys to the provider that have not come back: sign-ins and sign-outs, each known by its `state` and bound to the
//! browser that began it (RFC 6749 10.12). A journey comes back once.

use openidconnect::{CsrfToken, Nonce, PkceCodeVerifier};

use crate::bounded::Bounded;

/// The secrets of one sign-in, kept until the provider answers.
pub(crate) struct SignInSecrets {
    /// Must come back inside the ID token (OpenID Connect Core 3.1.2.1).
    pub(crate) nonce: Nonce,
    /// Proves to the token endpoint who began (RFC 7636).
    pub(crate) verifier: PkceCodeVerifier,
}

/// What is under way, `T` being what has to be remembered about it.
pub(crate) struct Pending<T>(Bounded<Journey<T>>);

struct Journey<T> {
    browser: String,
    luggage: T,
}

impl<T> Pending<T> {
    /// Room for `capacity` journeys; the oldest is forgotten first.
    pub(crate) fn new(capacity: usize) -> Self {
        Self(Bounded::new(capacity))
    }

    /// Remembers a journey that `browser` begins.
    pub(crate) fn depart(&self, state: &CsrfToken, browser: &str, luggage: T) {
        self.0.insert(
            state.secret().clone(),
            Journey {
                browser: browser.to_owned(),
                luggage,
            },
        );
    }

    /// The end of a journey: its luggage, if this browser began it and it has not ended before. Another browser gets
    /// nothing and takes nothing away.
    pub(crate) fn arrive(&self, state: &str, browser: &str) -> Option<T> {
        self.0
            .take_if(state, |journey| journey.browser == browser)
            .map(|journey| journey.luggage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun() -> (Pending<u8>, CsrfToken) {
        let pending = Pending::new(2);
        let state = CsrfToken::new_random();
        pending.depart(&state, "browser", 7);
        (pending, state)
    }

    #[test]
    fn ends_once() {
        let (pending, state) = begun();
        assert_eq!(pending.arrive(state.secret(), "browser"), Some(7));
        assert_eq!(pending.arrive(state.secret(), "browser"), None);
    }

    #[test]
    fn belongs_to_one_browser() {
        let (pending, state) = begun();
        assert_eq!(pending.arrive(state.secret(), "another"), None);
        assert_eq!(pending.arrive(state.secret(), "browser"), Some(7));
    }

    #[test]
    fn an_unknown_state_is_nobodys() {
        let (pending, _) = begun();
        assert_eq!(pending.arrive("made-up", "browser"), None);
        assert_eq!(pending.arrive("", "browser"), None);
    }

    #[test]
    fn two_tabs_do_not_disturb_each_other() {
        let (pending, first) = begun();
        let second = CsrfToken::new_random();
        pending.depart(&second, "browser", 8);
        assert_eq!(pending.arrive(second.secret(), "browser"), Some(8));
        assert_eq!(pending.arrive(first.secret(), "browser"), Some(7));
    }
}
