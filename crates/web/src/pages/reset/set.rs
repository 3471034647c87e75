//! `/reset/i/{id}`: setting a new password through a link that was opened at this browser.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use identity::notice::ChangedBy;
use identity::{User, recovery, sign_in};
use kernel::id::InteractionId;
use kernel::secret::ResetToken;
use kernel::{Digest, StorageFault};
use protocol::Params;
use token::authorize::{Interaction, Pending, Visitor};
use token::client::Client;
use token::ending;

use super::{after_problem, dead};
use crate::client_cache::client;
use crate::correlation::CorrelationId;
use crate::csrf::{self, Purpose};
use crate::pages::account::password::{new_password, tell};
use crate::pages::interaction::load;
use crate::state::AppState;
use crate::unit::{read, write};
use crate::views::{
    Account, NewPassword, Onward, PageContext, PasswordProblem, PasswordSet, Trouble, Way, page,
};
use crate::{cookies, deliver, failure, hashing, language, own_form, peer};

/// A link opened at this browser, still good.
struct Opened {
    interaction: Interaction,
    token: Digest<ResetToken>,
    resume: Option<InteractionId>,
    visitor: Visitor,
    owner: User,
}

/// What stands under the URL.
enum State {
    Open(Box<Opened>),
    Set(Option<InteractionId>, Visitor),
    /// The browser sent no cookie: it keeps none, or the address was carried here from another one.
    Stranger,
    Dead,
}

async fn look(request: &HttpRequest, state: &AppState, path: &str) -> Result<State, StorageFault> {
    let (visitor, unknown) = cookies::visitor(request, &state.ctx);
    if unknown.is_some() {
        return Ok(State::Stranger);
    }
    let own = |interaction: &Interaction| interaction.flow.as_deref() == Some(&visitor.flow_digest());
    let Some(interaction) = load(state, path).await?.filter(own) else {
        return Ok(State::Dead);
    };
    let (token, resume) = match &interaction.request {
        Pending::PasswordReset { token, resume } => (token.clone(), *resume),
        Pending::PasswordSet { resume } => return Ok(State::Set(*resume, visitor)),
        _ => return Ok(State::Dead),
    };
    let (ctx, wanted) = (state.ctx.clone(), token.clone());
    let owner = read(state, move |tx| recovery::owner(tx, &ctx, &wanted)).await?;
    Ok(match owner {
        Some(owner) => State::Open(Box::new(Opened {
            interaction,
            token,
            resume,
            visitor,
            owner,
        })),
        None => State::Dead,
    })
}

/// GET `/reset/i/{id}`.
pub(crate) async fn get(
    request: HttpRequest,
    path: web::Path<String>,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    match look(&request, &state, &path).await {
        Ok(State::Open(opened)) => draw(&state, &id, &opened, None),
        Ok(State::Set(resume, visitor)) => match next(&state, &visitor, resume).await {
            Ok((client, url)) => {
                let app = client.as_deref().map(Client::display_name);
                let view = PasswordSet {
                    next: Onward {
                        way: app.map_or(Way::SignIn, Way::SignInTo),
                        url: &url,
                    },
                };
                page(StatusCode::OK, &view, &PageContext::of_account(state.transport()))
            }
            Err(fault) => failure::storage_page(&state, &id, &fault),
        },
        Ok(State::Stranger) => stranger(&state, &id),
        Ok(State::Dead) => dead(&state, &id),
        Err(fault) => failure::storage_page(&state, &id, &fault),
    }
}

/// Nothing is used up: the link in the letter works once the browser keeps our cookie.
fn stranger(state: &AppState, id: &CorrelationId) -> HttpResponse {
    let again = Onward {
        way: Way::NewLink,
        url: super::PATH,
    };
    failure::error_page_with_next(state, id, Trouble::CookieMissing, again)
}

fn draw(
    state: &AppState,
    id: &CorrelationId,
    opened: &Opened,
    problem: Option<PasswordProblem>,
) -> HttpResponse {
    language::reader_is(&opened.owner);
    let path = opened.interaction.id.to_string();
    let view = NewPassword {
        action: &format!("/reset/i/{path}"),
        csrf: &csrf::token(&opened.visitor.flow, Purpose::NewPassword, &path),
        account: Account {
            name: opened.owner.display_name(),
            username: &opened.owner.username,
        },
        problem,
        correlation: id.as_str(),
    };
    let response = page(StatusCode::OK, &view, &PageContext::of_account(state.transport()));
    match problem {
        Some(problem) => after_problem(response, problem),
        None => response,
    }
}

/// Where to sign in: the request the person was on their way with, if it is still this browser's and waits; else the
/// front door. The app, if there is one, and the path.
async fn next(
    state: &AppState,
    visitor: &Visitor,
    resume: Option<InteractionId>,
) -> Result<(Option<Arc<Client>>, String), StorageFault> {
    let plain = (None, "/login".to_owned());
    let Some(id) = resume else {
        return Ok(plain);
    };
    let waiting = load(state, &id.to_string()).await?;
    let own = waiting.filter(|waiting| waiting.flow.as_deref() == Some(&visitor.flow_digest()));
    let path = format!("/login/{id}");
    Ok(match own.map(|waiting| waiting.request) {
        Some(Pending::Authorization(request)) => {
            language::app_wishes(request.ui_locales.iter().map(String::as_str));
            match client(state, &request.client_id).await? {
                Some(client) => (Some(client), path),
                None => plain,
            }
        }
        Some(Pending::SignIn(_)) => (None, path),
        _ => plain,
    })
}

/// POST `/reset/i/{id}`.
pub(crate) async fn post(
    request: HttpRequest,
    path: web::Path<String>,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let form = match own_form::read(&request, payload, &state, &id).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let opened = match look(&request, &state, &path).await {
        Ok(State::Open(opened)) => opened,
        Ok(State::Stranger) => return stranger(&state, &id),
        Ok(State::Set(..) | State::Dead) => return dead(&state, &id),
        Err(fault) => return failure::storage_page(&state, &id, &fault),
    };
    let source = peer::address(&request, &state.trusted_proxies);
    let source = source.map(|address| address.to_string()).unwrap_or_default();
    match set(&state, &opened, &form, source).await {
        Ok(Some(user)) => {
            tell(&state, &user, ChangedBy::ResetLink);
            deliver::to_path(&state, &format!("/reset/i/{}", opened.interaction.id))
        }
        Ok(None) => dead(&state, &id),
        Err(Refusal::Person(problem)) => draw(&state, &id, &opened, Some(problem)),
        Err(Refusal::Storage(fault)) => failure::storage_page(&state, &id, &fault),
    }
}

/// Why no password was set.
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

/// Uses the link up and ends everything the old password had opened. `None` when somebody was faster.
async fn set(
    state: &AppState,
    opened: &Opened,
    form: &Params,
    source: String,
) -> Result<Option<User>, Refusal> {
    let subject = opened.interaction.id.to_string();
    if !csrf::is_genuine(
        form.get("csrf"),
        &opened.visitor.flow,
        Purpose::NewPassword,
        &subject,
    ) {
        return Err(PasswordProblem::FormTooOld.into());
    }
    let password = new_password(form.get("password"))?;
    let hash = hashing::hash(state, password)
        .await
        .map_err(|_| PasswordProblem::Busy)?;
    let (ctx, token, resume) = (state.ctx.clone(), opened.token.clone(), opened.resume);
    let interaction = opened.interaction.clone();
    let user = write(state, move |tx| {
        let Some(user) = recovery::redeem(tx, &ctx, &token, hash)? else {
            return Ok::<_, StorageFault>(None);
        };
        ending::everything_of(tx, &ctx, user.id, None)?;
        // Whoever failed often with the password they forgot may sign in with the new one at once.
        sign_in::forget_failures(tx, &user, &source)?;
        let done = Interaction {
            request: Pending::PasswordSet { resume },
            ..interaction
        };
        tx.save_interaction(&done, ctx.now().plus(ctx.policy.interaction_ttl))?;
        Ok(Some(user))
    })
    .await?;
    Ok(user)
}
