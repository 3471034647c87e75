//! Who is signed in at this application. A session is known by a random id that is new at every sign-in and lives in
//! one cookie; it ends when the person signs out or the provider no longer vouches for them.

use std::sync::{Arc, PoisonError};

use openidconnect::CsrfToken;
use tokio::sync::Mutex;

use crate::api_client::ApiAnswer;
use crate::bounded::Bounded;
use crate::logout_token::LoggedOut;
use crate::tokens::Tokens;

/// One person in one browser.
pub(crate) struct Session {
    /// Must accompany every form: another site can send a form here, but cannot read this.
    pub(crate) form_token: String,
    /// The provider's session it came from, as the ID token names it, and the person: by these the provider says that it
    /// has ended.
    sid: Option<String>,
    subject: String,
    /// Locked while the provider is asked, so that two tabs never spend the same refresh token.
    pub(crate) tokens: Mutex<Tokens>,
    /// What the API said last.
    answer: std::sync::Mutex<Option<Arc<ApiAnswer>>>,
}

impl Session {
    fn begun(tokens: Tokens) -> Self {
        Self {
            form_token: unguessable(),
            sid: tokens.sid(),
            subject: tokens.subject.to_string(),
            tokens: Mutex::new(tokens),
            answer: std::sync::Mutex::default(),
        }
    }

    /// Keeps what the API said, for the page.
    pub(crate) fn remember(&self, answer: ApiAnswer) {
        let mut last = self.answer.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some(Arc::new(answer));
    }

    /// What the API said last.
    pub(crate) fn answer(&self) -> Option<Arc<ApiAnswer>> {
        self.answer.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
pub(crate) fn sample(tokens: Tokens) -> Session {
    Session::begun(tokens)
}

/// All sessions of one application.
pub(crate) struct Sessions {
    open: Bounded<Arc<Session>>,
    /// Ids of sessions that ended because the provider said so, for the browser that comes back with one.
    ended: Bounded<()>,
}

impl Sessions {
    /// Room for `capacity` sessions; the oldest ends first.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            open: Bounded::new(capacity),
            ended: Bounded::new(capacity),
        }
    }

    /// Opens a session under a new id and returns the id.
    pub(crate) fn open(&self, tokens: Tokens) -> String {
        let id = unguessable();
        self.open.insert(id.clone(), Arc::new(Session::begun(tokens)));
        id
    }

    /// The session with this id, while it lasts.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<Session>> {
        self.open.get(id)
    }

    /// Ends a session; ending none is fine.
    pub(crate) fn end(&self, id: &str) {
        self.open.remove(id);
    }

    /// Ends what the provider says has ended.
    pub(crate) fn end_as_told(&self, whom: &LoggedOut) {
        let gone = self.open.remove_all(|session| match whom {
            LoggedOut::Session(sid) => session.sid.as_ref() == Some(sid),
            LoggedOut::Person(subject) => session.subject == *subject,
        });
        for id in gone {
            self.ended.insert(id, ());
        }
    }

    /// Whether a session with this id ended because the provider said so.
    pub(crate) fn ended_as_told(&self, id: &str) -> bool {
        self.ended.get(id).is_some()
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
    fn the_provider_ends_the_sessions_it_names() {
        let sessions = Sessions::new(10);
        let id = sessions.open(sample());
        sessions.end_as_told(&LoggedOut::Session("another".to_owned()));
        sessions.end_as_told(&LoggedOut::Person("somebody-else".to_owned()));
        assert!(sessions.find(&id).is_some() && !sessions.ended_as_told(&id));

        sessions.end_as_told(&LoggedOut::Session("s-91c4e07a".to_owned()));
        assert!(sessions.find(&id).is_none() && sessions.ended_as_told(&id));

        let id = sessions.open(sample());
        sessions.end_as_told(&LoggedOut::Person(
            "0198f2c6-7d1e-7b35-9c41-5a2f64d0e9b7".to_owned(),
        ));
        assert!(sessions.ended_as_told(&id));
    }

    #[test]
    fn the_form_token_is_not_the_session_id() {
        let sessions = Sessions::new(10);
        let id = sessions.open(sample());
        assert_ne!(sessions.find(&id).unwrap().form_token, id);
    }
}
