//! Who is signed in at this application. A session is known by a random id that is new at every sign-in and lives in
//! one cookie; it ends when the person signs out or the provider no longer vouches for them.

use std::sync::Arc;

use openidconnect::CsrfToken;
use tokio::sync::Mutex;

use crate::bounded::Bounded;
use crate::tokens::Tokens;

/// One person in one browser.
pub(crate) struct Session {
    /// Must accompany every form: another site can send a form here, but cannot read this.
    pub(crate) form_token: String,
    /// Locked while the provider is asked, so that two tabs never spend the same refresh token.
    pub(crate) tokens: Mutex<Tokens>,
}

/// All sessions of one application.
pub(crate) struct Sessions(Bounded<Arc<Session>>);

impl Sessions {
    /// Room for `capacity` sessions; the oldest ends first.
    pub(crate) fn new(capacity: usize) -> Self {
        Self(Bounded::new(capacity))
    }

    /// Opens a session under a new id and returns the id.
    pub(crate) fn open(&self, tokens: Tokens) -> String {
        let id = unguessable();
        self.0.insert(
            id.clone(),
            Arc::new(Session {
                form_token: unguessable(),
                tokens: Mutex::new(tokens),
            }),
        );
        id
    }

    /// The session with this id, while it lasts.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<Session>> {
        self.0.get(id)
    }

    /// Ends a session; ending none is fine.
    pub(crate) fn end(&self, id: &str) {
        self.0.remove(id);
    }
}

/// 256 random bits, base64url.
pub(crate) fn unguessable() -> String {
    CsrfToken::new_random_len(32).into_secret()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::sample;

    #[test]
    fn every_sign_in_gets_a_new_id() {
        let sessions = Sessions::new(10);
        let (first, second) = (sessions.open(sample()), sessions.open(sample()));
        assert_ne!(first, second);
        assert_eq!(first.len(), 43);
    }

    #[test]
    fn an_ended_session_is_gone() {
        let sessions = Sessions::new(10);
        let id = sessions.open(sample());
        assert!(sessions.find(&id).is_some());
        sessions.end(&id);
        assert!(sessions.find(&id).is_none());
    }

    #[test]
    fn the_form_token_is_not_the_session_id() {
        let sessions = Sessions::new(10);
        let id = sessions.open(sample());
        assert_ne!(sessions.find(&id).unwrap().form_token, id);
    }
}
