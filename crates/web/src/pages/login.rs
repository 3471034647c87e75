//! `/login/{id}`: the sign-in page and what its form does.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, web};
use identity::hasher::Overloaded;
use identity::password::Password;
use identity::sign_in::{self, Attempt, SignIn as Verdict};
use kernel::id::{InteractionId, UserId};
use kernel::secret::BrowserSecret;
use kernel::{Plain, StorageFault};
use session::establish::Arrival;
use session::{Amr, establish};
use std::net::IpAddr;
use token::authorize::{Choice, Consented, Destination, Interaction, Pending, Step, Visitor, chooser, hub};
use token::flow::{self, Refused};

use super::account::path_of;
use super::interaction::{Claimed, Found, due, find};
use crate::correlation::CorrelationId;
use crate::csrf::{self, Purpose};
use crate::forms::PostedForm;
use crate::metrics::LoginOutcome;
use crate::state::AppState;
use crate::unit::write;
use crate::views::{Account, Again, PageContext, Reason, SignIn, SignInProblem, page};
use crate::{cookies, deliver, failure, flows, hashing, language, peer};

/// GET `/login`: signing in without an app.
pub(crate) async fn start(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    begin(&request, &state, &id, Destination::Home).await
}

/// Sends the browser to sign in without an app, and on to one of our own pages from there.
pub(crate) async fn begin(
    request: &HttpRequest,
    state: &AppState,
    id: &CorrelationId,
    destination: Destination,
) -> HttpResponse {
    let source = peer::address(request, &state.trusted_proxies);
    if state.saved.is_reached(source, state.ctx.now()) {
        return failure::too_many(state, id);
    }
    state
        .saved
        .count(source, state.ctx.now(), crate::forms::length(request));
    let (visitor, cookie) = cookies::visitor(request, &state.ctx);
    let (ctx, flow) = (state.ctx.clone(), visitor.flow_digest());
    let saved = write(state, move |tx| {
        let now = ctx.now();
        let id = InteractionId::generate(&*ctx.entropy);
        let interaction = Interaction {
            id,
            flow: Some(flow),
            created_at: now,
            request: Pending::SignIn(destination),
        };
        tx.save_interaction(&interaction, now.plus(ctx.policy.interaction_ttl))?;
        Ok::<_, StorageFault>(id)
    })
    .await;
    match saved {
        Ok(saved) => deliver::with_cookie(deliver::to_path(state, &format!("/login/{saved}")), cookie),
        Err(fault) => failure::storage_page(state, id, &fault),
    }
}

/// GET `/login/{id}`.
pub(crate) async fn get(
    request: HttpRequest,
    path: web::Path<String>,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    match find(&request, &state, &id, &path).await {
        Ok(Found::Authorization(claimed)) => match due(&state, &claimed).await {
            Ok(due) => match due.step {
                Step::Login(..) => {
                    let form = Form {
                        path: &path,
                        visitor: &claimed.visitor,
                        claimed: Some(&claimed),
                        id: &id,
                        username: None,
                    };
                    form.draw(&state, due.present.as_ref(), None)
                }
                step => deliver::step(&state, &step),
            },
            Err(fault) => failure::storage_page(&state, &id, &fault),
        },
        Ok(Found::SignIn(visitor, _)) => Form {
            path: &path,
            visitor: &visitor,
            claimed: None,
            id: &id,
            username: None,
        }
        .draw(&state, None, None),
        Err(response) => response,
    }
}

/// The sign-in form as it stands.
struct Form<'a> {
    path: &'a str,
    visitor: &'a Visitor,
    claimed: Option<&'a Claimed>,
    id: &'a CorrelationId,
    /// What was typed before.
    username: Option<&'a str>,
}

impl Form<'_> {
    /// The form once more, with why it was not taken.
    fn refuse(&self, state: &AppState, refusal: Refusal) -> HttpResponse {
        let mut response = self.draw(state, None, Some(refusal.problem));
        *response.status_mut() = refusal.status;
        let (error, reason) = refusal.why;
        let client_id = self.claimed.map(|claimed| claimed.client.client_id.clone());
        let refused = Refused {
            client_id,
            ..Refused::plain(error, reason)
        };
        flows::explain(response, refused)
    }

    fn draw(
        &self,
        state: &AppState,
        present: Option<&identity::User>,
        problem: Option<SignInProblem>,
    ) -> HttpResponse {
        present.iter().for_each(|user| language::reader_is(user));
        let request = self.claimed.map(|claimed| &claimed.request);
        let hint = request.and_then(|request| request.login_hint.as_deref());
        let reason = match request {
            Some(request) if request.prompt.demands_login() => Reason::AppAsks,
            _ => Reason::LongAgo,
        };
        let again = present.map(|user| Again {
            account: Account {
                name: user.display_name(),
                username: &user.username,
            },
            reason,
        });
        let username = self
            .username
            .or(present.map(|user| user.username.as_str()))
            .or(hint)
            .unwrap_or_default();
        let view = SignIn {
            action: &format!("/login/{}", self.path),
            forgot: &format!("/reset?interaction={}", self.path),
            csrf: &csrf::token(&self.visitor.flow, Purpose::Login, self.path),
            app: self.claimed.map(|claimed| claimed.client.display_name()),
            place: state.place(),
            username,
            again,
            problem,
            correlation: self.id.as_str(),
        };
        page(StatusCode::OK, &view, &PageContext::new(state.transport()))
    }
}

/// A form that was not looked at further.
struct Refusal {
    status: StatusCode,
    /// What the person is told.
    problem: SignInProblem,
    /// And administrators: a word and a sentence.
    why: (&'static str, &'static str),
}

impl Refusal {
    const FORM_TOO_OLD: Self = Self {
        status: StatusCode::FORBIDDEN,
        problem: SignInProblem::FormTooOld,
        why: (
            "form_refused",
            "the form's token does not fit this browser and page",
        ),
    };
    const TOO_LONG: Self = Self {
        status: StatusCode::BAD_REQUEST,
        problem: SignInProblem::NoMatch,
        why: ("wrong_password", "what was typed is longer than any password"),
    };
    const OVERLOADED: Self = Self {
        status: StatusCode::SERVICE_UNAVAILABLE,
        problem: SignInProblem::Busy,
        why: (
            "overloaded",
            "too many passwords waited to be looked at, and this one was not",
        ),
    };
}

/// POST `/login/{id}`: username and password.
pub(crate) async fn post(
    request: HttpRequest,
    path: web::Path<String>,
    PostedForm(form): PostedForm,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let found = match find(&request, &state, &id, &path).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let (visitor, claimed, destination) = match &found {
        Found::Authorization(claimed) => (&claimed.visitor, Some(&**claimed), Destination::Home),
        Found::SignIn(visitor, destination) => (visitor, None, *destination),
    };
    let username = form.get("username").unwrap_or_default();
    let shown = Form {
        path: &path,
        visitor,
        claimed,
        id: &id,
        username: Some(username),
    };
    if !csrf::is_genuine(form.get("csrf"), &visitor.flow, Purpose::Login, &path) {
        return shown.refuse(&state, Refusal::FORM_TOO_OLD);
    }
    let source = peer::address(&request, &state.trusted_proxies);
    // More than a password can be is refused before any work (its length is no secret of ours).
    let Ok(password) = Password::new(form.get("password").unwrap_or_default()) else {
        return shown.refuse(&state, Refusal::TOO_LONG);
    };
    let arrival = cookies::arrival(&request, &state);
    match sign_in(&state, (username, password), source, arrival, claimed).await {
        Ok((secret, step)) => {
            let renewed = cookies::set_browser(&state.ctx, &secret);
            let onward = match step {
                Some(step) => deliver::step(&state, &step),
                None => deliver::to_path(&state, path_of(destination)),
            };
            deliver::with_cookie(onward, Some(renewed))
        }
        Err(SignInFault::Refused(reason, user)) => {
            let response = shown.draw(&state, None, Some(SignInProblem::NoMatch));
            let client_id = claimed.map(|claimed| claimed.client.client_id.as_str());
            flows::explain(response, flow::sign_in::refused(reason, user, client_id))
        }
        Err(SignInFault::Overloaded) => busy(&state, &shown),
        Err(SignInFault::Storage(fault)) => failure::storage_page(&state, &id, &fault),
    }
}

/// Why nobody is signed in.
enum SignInFault {
    /// The verdict, for administrators; and whose name it was, if anybody's.
    Refused(sign_in::Reason, Option<UserId>),
    Overloaded,
    Storage(StorageFault),
}

impl From<StorageFault> for SignInFault {
    fn from(fault: StorageFault) -> Self {
        SignInFault::Storage(fault)
    }
}

/// Counts the attempt, compares the password on the hashing pool, and establishes the session: two units of work with
/// no storage held while the password is hashed. Whoever signs in for a request has chosen that account for it, and the hub
/// says in the same unit of work what follows, mostly a code. The browser's new secret, and that.
async fn sign_in(
    state: &AppState,
    (username, password): (&str, Password),
    source: Option<IpAddr>,
    arrival: Arrival,
    claimed: Option<&Claimed>,
) -> Result<(Plain<BrowserSecret>, Option<Step>), SignInFault> {
    let (ctx, username) = (state.ctx.clone(), username.to_owned());
    let source = source.map(|address| address.to_string()).unwrap_or_default();
    let attempt: Attempt = write(state, move |tx| sign_in::begin(tx, &ctx, &username, &source)).await?;
    let verified = match hashing::verify(state, password, attempt.hash()).await {
        Ok(verified) => verified,
        Err(Overloaded) => {
            // Nobody guessed anything: being turned away must not count against the person.
            state.metrics.login(LoginOutcome::Overloaded);
            write(state, move |tx| sign_in::abandon(tx, &attempt)).await?;
            return Err(SignInFault::Overloaded);
        }
    };
    let (ctx, known) = (state.ctx.clone(), attempt.known());
    let asked = claimed.map(|claimed| {
        (
            claimed.client.clone(),
            claimed.interaction.clone(),
            claimed.visitor.flow.clone(),
        )
    });
    let verdict = write(state, move |tx| {
        match sign_in::finish(tx, &ctx, &attempt, verified)? {
            Verdict::Welcome(user) => {
                let (secret, _) = establish::establish(tx, &ctx, &arrival, &user, vec![Amr::Pwd])?;
                token::ending::surplus_of(tx, &ctx, user.id)?;
                let Some((client, interaction, flow)) = asked else {
                    return Ok(Ok((secret, None)));
                };
                chooser::note_choice(tx, &ctx, interaction.id, Choice::Person(user.id))?;
                let visitor = Visitor {
                    browser: Some(secret.clone()),
                    flow,
                };
                let step = hub::go_on(tx, &ctx, &client, &interaction, &visitor, Consented::NotAsked)?;
                Ok::<_, StorageFault>(Ok((secret, Some(step))))
            }
            Verdict::Refused(reason) => Ok(Err(reason)),
        }
    })
    .await?;
    state.metrics.login(match verdict {
        Ok(_) => LoginOutcome::Success,
        Err(_) => LoginOutcome::Refused,
    });
    verdict.map_err(|reason| SignInFault::Refused(reason, known))
}

fn busy(state: &AppState, form: &Form<'_>) -> HttpResponse {
    let mut response = form.refuse(state, Refusal::OVERLOADED);
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from_static("2"));
    response
}
