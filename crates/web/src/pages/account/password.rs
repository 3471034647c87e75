//! `/account/password`: changing a password by who knows the present one.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use identity::hasher::Overloaded;
use identity::notice::{ChangedBy, Letter, Notice};
use identity::sign_in::{self, SignIn as Verdict};
use identity::{Password, PasswordPolicy, User, recovery};
use kernel::secret::BrowserSecret;
use kernel::{Plain, StorageFault};
use protocol::Params;
use session::Amr;
use session::establish::{Arrival, establish};
use token::authorize::Destination;
use token::ending;

use super::{Visit, path_of, visit};
use crate::correlation::CorrelationId;
use crate::csrf::Purpose;
use crate::pages::reset::after_problem;
use crate::state::AppState;
use crate::unit::write;
use crate::views::{ChangePassword, PasswordOutcome, PasswordProblem};
use crate::{cookies, deliver, failure, forms, hashing, language, own_form, peer};

/// GET `/account/password`.
pub(crate) async fn get(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    let visit = match visit(&request, &state, &id, Destination::Password).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    let query = forms::query(&request).unwrap_or_default();
    let changed = visit.is_genuine(query.get("done"), Purpose::PasswordChanged);
    draw(&state, &id, &visit, changed.then_some(PasswordOutcome::Changed))
}

fn draw(
    state: &AppState,
    id: &CorrelationId,
    visit: &Visit,
    outcome: Option<PasswordOutcome>,
) -> HttpResponse {
    let view = ChangePassword {
        action: &visit.action(path_of(Destination::Password)),
        csrf: &visit.token(Purpose::ChangePassword),
        account: visit.account(),
        outcome,
        forgot: "/reset",
        back: &visit.way(path_of(Destination::Account)),
        correlation: id.as_str(),
    };
    let response = visit.page(state, StatusCode::OK, &view);
    match outcome {
        Some(PasswordOutcome::Refused(problem)) => after_problem(response, problem),
        _ => response,
    }
}

/// POST `/account/password`.
pub(crate) async fn post(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let form = match own_form::read(&request, payload, &state, &id).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let visit = match visit(&request, &state, &id, Destination::Password).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    let source = peer::address(&request, &state.trusted_proxies);
    let from = Change {
        source: source.map(|address| address.to_string()).unwrap_or_default(),
        arrival: cookies::arrival(&request, &state),
    };
    match change(&state, &visit, &form, from).await {
        Ok(secret) => {
            let done = visit.token(Purpose::PasswordChanged);
            let page = format!("{}&done={done}", visit.action(path_of(Destination::Password)));
            let renewed = cookies::set_browser(&state.ctx, &secret);
            deliver::with_cookie(deliver::to_path(&state, &page), Some(renewed))
        }
        Err(Refusal::Person(problem)) => draw(&state, &id, &visit, Some(PasswordOutcome::Refused(problem))),
        Err(Refusal::Storage(fault)) => failure::storage_page(&state, &id, &fault),
    }
}

/// From where a password is changed.
struct Change {
    source: String,
    arrival: Arrival,
}

/// Why it was not.
enum Refusal {
    Person(PasswordProblem),
    Storage(StorageFault),
}

impl From<StorageFault> for Refusal {
    fn from(fault: StorageFault) -> Self {
        Refusal::Storage(fault)
    }
}

impl From<PasswordProblem> for Refusal {
    fn from(problem: PasswordProblem) -> Self {
        Refusal::Person(problem)
    }
}

impl From<Overloaded> for Refusal {
    fn from(_: Overloaded) -> Self {
        Refusal::Person(PasswordProblem::Busy)
    }
}

/// Everything that can be judged without work is judged first; then the present password is compared, counted as a
/// sign-in would be; then the new one is hashed and set. The browser's new secret.
async fn change(
    state: &AppState,
    visit: &Visit,
    form: &Params,
    from: Change,
) -> Result<Plain<BrowserSecret>, Refusal> {
    if !visit.is_genuine(form.get("csrf"), Purpose::ChangePassword) {
        return Err(PasswordProblem::FormTooOld.into());
    }
    // Longer than any password: not theirs.
    let current =
        Password::new(form.get("password").unwrap_or_default()).map_err(|_| PasswordProblem::WrongCurrent)?;
    let new = new_password(form.get("new_password"))?;
    let (ctx, username) = (state.ctx.clone(), visit.user.username.clone());
    let attempt = write(state, move |tx| sign_in::begin(tx, &ctx, &username, &from.source)).await?;
    let throttled = attempt.is_throttled();
    let hashes = match hashing::verify(state, current, attempt.hash()).await {
        Ok(true) => hashing::hash(state, new).await.map(Some),
        Ok(false) => Ok(None),
        Err(overloaded) => Err(overloaded),
    };
    let hash = match hashes {
        Ok(hash) => hash,
        Err(overloaded) => {
            // Nobody guessed anything: being turned away must not count against the person.
            write(state, move |tx| sign_in::abandon(tx, &attempt)).await?;
            return Err(overloaded.into());
        }
    };
    let (ctx, sid, arrival) = (state.ctx.clone(), visit.session.sid, from.arrival);
    let changed = write(state, move |tx| {
        let verdict = sign_in::confirm(tx, &ctx, &attempt, hash.is_some())?;
        let (Verdict::Welcome(user), Some(hash)) = (verdict, hash) else {
            return Ok::<_, StorageFault>(None);
        };
        let user = recovery::set_password(tx, &ctx, *user, hash, "user.password.change")?;
        ending::everything_of(tx, &ctx, user.id, Some(sid))?;
        let (secret, _) = establish(tx, &ctx, &arrival, &user, vec![Amr::Pwd])?;
        Ok(Some((user, secret)))
    })
    .await?;
    match changed {
        Some((user, secret)) => {
            tell(state, &user, ChangedBy::Person);
            Ok(secret)
        }
        None if throttled => Err(PasswordProblem::TooManyTries.into()),
        None => Err(PasswordProblem::WrongCurrent.into()),
    }
}

/// A new password as typed, if it may be one.
///
/// # Errors
/// Too long or too short.
pub(crate) fn new_password(typed: Option<&str>) -> Result<Password, PasswordProblem> {
    let password = Password::new(typed.unwrap_or_default()).map_err(|_| PasswordProblem::TooLong)?;
    match PasswordPolicy::Standard.check(&password) {
        Ok(()) => Ok(password),
        Err(_) => Err(PasswordProblem::TooShort),
    }
}

/// Tells the person, where they can be written to, that their password is another one now.
pub(crate) fn tell(state: &AppState, user: &User, by: ChangedBy) {
    if let Some(address) = &user.email {
        state.post.send(Letter {
            to: address.clone(),
            name: user.display_name().to_owned(),
            language: Some(language::of_letters(user).tag().to_owned()),
            notice: Notice::PasswordChanged {
                at: state.ctx.now(),
                by,
            },
        });
    }
}
