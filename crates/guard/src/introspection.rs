//! Asks the issuer whether a token still counts (RFC 7662), and remembers what it said for a moment.
//!
//! Of those who hold up the same token at once one asks and all get the answer. Failures are not remembered, but a pause
//! follows each, so that an issuer in trouble is not asked by everybody; meanwhile nothing is let through.

mod answers;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::Semaphore;

use crate::revocation::{Question, RevocationSource, Standing, StandingFuture};
use crate::source::FetchFault;
use answers::Answers;

/// How long an answer is believed unless told. Short enough that whoever takes something back and tries it out sees it
/// refused; long enough that a page with twenty calls asks once.
const REMEMBERED_FOR: Duration = Duration::from_millis(500);
/// More would make of introspection what it is asked instead of.
const LONGEST_REMEMBERED: Duration = Duration::from_secs(60);
/// Most questions under way at a time unless told; each takes a thread that waits.
const AT_ONCE: usize = 16;
/// After a question that failed. Requests are told to come back then.
pub(crate) const PAUSE: Duration = Duration::from_secs(1);

/// Sends introspection requests with the HTTP client the API has (RFC 7662 2.1): `POST`, `token` in the form, and the
/// credentials of the API's own client, which the issuer must know as a server of this API (`signet client create
/// --resource-server-of`). The address is `introspection_endpoint` of the issuer's metadata.
///
/// `introspect` may block: it runs on a thread for that. It must end by itself, because requests wait for it; a limit of a
/// few seconds is right. Only `https`, no redirects, and the token in no log.
pub trait IntrospectionEndpoint: Send + Sync {
    /// The answer as JSON.
    ///
    /// # Errors
    /// [`FetchFault`] when there is no complete answer with status 200.
    fn introspect(&self, token: &str) -> Result<String, FetchFault>;
}

impl<F> IntrospectionEndpoint for F
where
    F: Fn(&str) -> Result<String, FetchFault> + Send + Sync,
{
    fn introspect(&self, token: &str) -> Result<String, FetchFault> {
        self(token)
    }
}

/// A [`RevocationSource`] that asks the issuer.
pub struct Introspection {
    endpoint: Arc<dyn IntrospectionEndpoint>,
    remembered_for: Duration,
    answers: Mutex<Answers>,
    questions: Arc<Semaphore>,
    /// No question before this moment of the guard's uptime.
    next: Mutex<Duration>,
}

impl Introspection {
    /// Remembers answers for half a second and asks about 16 tokens at a time, unless told otherwise.
    #[must_use]
    pub fn by(endpoint: impl IntrospectionEndpoint + 'static) -> Self {
        Self {
            endpoint: Arc::new(endpoint),
            remembered_for: REMEMBERED_FOR,
            answers: Mutex::default(),
            questions: Arc::new(Semaphore::new(AT_ONCE)),
            next: Mutex::default(),
        }
    }

    /// For how long an answer is believed, counted from when the question was sent: so long may a token work here that
    /// the issuer has taken back. Zero asks for every request; a minute is the most.
    #[must_use]
    pub fn remembered_for(mut self, time: Duration) -> Self {
        self.remembered_for = time.min(LONGEST_REMEMBERED);
        self
    }

    /// How many tokens are asked about at a time; others wait. At least one.
    #[must_use]
    pub fn at_once(mut self, questions: usize) -> Self {
        self.questions = Arc::new(Semaphore::new(questions.clamp(1, Semaphore::MAX_PERMITS)));
        self
    }

    async fn ask(&self, question: Question<'_>) -> Result<Standing, FetchFault> {
        let answer = {
            let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            // Its signature was checked: `jti` is the issuer's own name for it, and no secret to keep.
            answers.about(&question.claims.jti, question.clock.uptime(), self.remembered_for)
        };
        answer.get_or_try_init(|| self.send(question)).await.copied()
    }

    async fn send(&self, question: Question<'_>) -> Result<Standing, FetchFault> {
        let permit = Arc::clone(&self.questions)
            .acquire_owned()
            .await
            .map_err(FetchFault::new)?;
        if question.clock.uptime() < self.next_question() {
            return Err(FetchFault::new("a question failed a moment ago"));
        }
        let (endpoint, token) = (Arc::clone(&self.endpoint), question.token.to_owned());
        let asked = tokio::task::spawn_blocking(move || {
            let answer = endpoint.introspect(&token);
            // Held by the thread, not by a request that may be given up meanwhile.
            drop(permit);
            answer
        });
        let answer = match asked.await {
            Ok(answer) => answer.and_then(|json| read(&json, &question.claims.jti)),
            Err(error) => Err(FetchFault::new(error)),
        };
        if let Err(error) = &answer {
            *self.next.lock().unwrap_or_else(PoisonError::into_inner) =
                question.clock.uptime().saturating_add(PAUSE);
            tracing::warn!(%error, "the issuer could not be asked about a token");
        }
        answer
    }

    fn next_question(&self) -> Duration {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RevocationSource for Introspection {
    fn standing<'a>(&'a self, question: Question<'a>) -> StandingFuture<'a> {
        Box::pin(self.ask(question))
    }
}

/// Reads an introspection response (RFC 7662 2.2). What else it says, the token itself says too.
fn read(json: &str, jti: &str) -> Result<Standing, FetchFault> {
    #[derive(Deserialize)]
    struct Wire {
        active: bool,
        jti: Option<String>,
    }
    let wire: Wire = serde_json::from_str(json).map_err(FetchFault::new)?;
    match wire {
        Wire { active: false, .. } => Ok(Standing::Revoked),
        Wire { jti: Some(other), .. } if other != jti => {
            Err(FetchFault::new("the issuer answered about another token"))
        }
        _ => Ok(Standing::Good),
    }
}

#[cfg(test)]
mod tests;
