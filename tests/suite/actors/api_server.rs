//! The server of an API, guarded by the kit as its documentation says.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::AUTHORIZATION;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use guard::actix::{Access, RequiredScope};
use guard::{AccessToken, FetchFault, Guard, GuardBuilder, Introspection, Standing, SystemClock};
use kernel::{Clock as _, FixedClock, Policy};
use reqwest::header::CONTENT_TYPE;
use session::{Issued, RevocationList};

use super::attacker::basic;
use super::browser::{encode, http};
use crate::apis::NOTES;
use crate::cast::SECRET;
use crate::rig::Provider;

struct NotesRead;

impl RequiredScope for NotesRead {
    const SCOPE: &str = "notes.read";
}

async fn notes(access: Access<NotesRead>) -> String {
    access.into_inner().sub
}

/// The server of [`NOTES`].
pub struct ApiServer {
    guard: Guard,
}

impl ApiServer {
    /// It verifies tokens and asks nobody.
    pub fn trusting(provider: &Provider) -> Self {
        Self::of(provider, |guard| guard)
    }

    /// It asks the provider about every token, as the client `notes`, each time.
    pub fn asking(provider: &Provider) -> Self {
        Self::remembering(provider, Duration::ZERO)
    }

    /// It asks the provider, and believes an answer for so long.
    pub fn remembering(provider: &Provider, time: Duration) -> Self {
        let url = provider.url("/introspect");
        let introspect = move |token: &str| {
            let request = http()
                .post(&url)
                .header(AUTHORIZATION.as_str(), basic("notes", SECRET))
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(encode(&[("token", token)]));
            let answer = request.send().and_then(|answer| answer.error_for_status());
            answer.and_then(|answer| answer.text()).map_err(FetchFault::new)
        };
        Self::of(provider, |guard| {
            guard.revocation(Introspection::by(introspect).remembered_for(time))
        })
    }

    /// It lives in the provider's process and asks its list.
    pub fn embedded(provider: &Provider) -> Self {
        let (list, clock) = (provider.revocations(), provider.clock.clone());
        let standing = move |token: &AccessToken| match list
            .is_fresh(clock.now(), Policy::default().revocation_max_lag)
        {
            _ if is_listed(&list, token) => Ok(Standing::Revoked),
            true => Ok(Standing::Good),
            false => Err(FetchFault::new("the list had no news for too long")),
        };
        Self::of(provider, |guard| guard.revocation(standing))
    }

    fn of(provider: &Provider, finish: impl FnOnce(GuardBuilder) -> GuardBuilder) -> Self {
        let jwks = provider.url("/jwks");
        let fetch = move || {
            let answer = http().get(&jwks).send().and_then(|answer| answer.text());
            answer.map_err(FetchFault::new)
        };
        let clock = ProvidersClock {
            of_tokens: provider.clock.clone(),
            of_machine: SystemClock::new(),
        };
        Self {
            guard: finish(Guard::builder(&provider.issuer, NOTES).clock(clock)).build(fetch),
        }
    }

    /// Reads somebody's notes; the status of the answer.
    pub fn call(&self, token: &str) -> u16 {
        let guard = web::Data::new(self.guard.clone());
        actix_web::rt::System::new().block_on(async {
            let app = App::new().app_data(guard).route("/notes", web::get().to(notes));
            let app = init_service(app).await;
            let request = TestRequest::get()
                .uri("/notes")
                .insert_header((AUTHORIZATION, format!("Bearer {token}")));
            call_service(&app, request.to_request()).await.status().as_u16()
        })
    }
}

/// What the list would refuse, said in its words.
fn is_listed(list: &RevocationList, token: &AccessToken) -> bool {
    let grant = token.other.get("grant").and_then(|grant| grant.as_str());
    list.refuses(&Issued {
        token: token.jti.parse().unwrap(),
        grant: grant.map(|grant| grant.parse().unwrap()),
        session: token.sid.as_ref().map(|sid| sid.parse().unwrap()),
        user: token.sub.parse().ok(),
        client_id: &token.client_id,
        kid: &token.kid,
    })
}

/// Tokens live by the provider's clock, which stories move; what is remembered grows old by the machine's.
struct ProvidersClock {
    of_tokens: Arc<FixedClock>,
    of_machine: SystemClock,
}

impl guard::Clock for ProvidersClock {
    fn since_epoch(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.of_tokens.now().as_millis()).unwrap())
    }

    fn uptime(&self) -> Duration {
        self.of_machine.uptime()
    }
}
