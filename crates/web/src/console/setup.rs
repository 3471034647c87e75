//! `/setup`: the first administrator, by a link that is good once. Opening it uses nothing up: programs open links too.
//!
//! The secret leaves the address bar at once: its digest is kept under a URL that means nothing in another browser. Nobody is
//! signed in by this; the new owner enters the console as everybody does.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_LANGUAGE, HeaderValue};
use actix_web::web::{self, get, post};
use actix_web::{HttpRequest, HttpResponse};
use admin::users::NewUser;
use admin::{AdminFault, setup};
use askama::Template;
use identity::{PasswordHash, Profile};
use kernel::id::InteractionId;
use kernel::secret::SetupToken;
use kernel::{Digest, Plain, StorageFault};
use protocol::Params;
use token::authorize::{Interaction, Pending, Visitor};

use super::PATH;
use crate::correlation::CorrelationId;
use crate::csrf::{self, Purpose};
use crate::pages::account::password::new_password;
use crate::pages::interaction::load;
use crate::routes::resource;
use crate::state::AppState;
use crate::unit::{read, write};
use crate::views::{PageContext, PasswordProblem, Trouble, page};
use crate::{cookies, deliver, failure, hashing, own_form};

const OPENED: &str = "/setup/i/{id}";
const LINK: &str = "/setup/{token}";

/// Adds the routes.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(resource(OPENED, "GET, POST", [get().to(form), post().to(create)]))
        .service(resource(LINK, "GET", [get().to(open)]));
}

/// Asks who the first owner is.
#[derive(Debug, Template)]
#[template(path = "setup.html")]
struct Setup<'a> {
    action: &'a str,
    csrf: &'a str,
    filled: &'a Filled,
    problems: &'a [String],
}

/// What the form held, but for the password.
#[derive(Debug, Clone, Default)]
struct Filled {
    username: String,
    name: String,
    email: String,
}

/// A link that was opened at this browser, still good.
struct Opened {
    interaction: Interaction,
    token: Digest<SetupToken>,
    visitor: Visitor,
}

/// Why no owner was made.
enum Refusal {
    /// The link is not good, or not this browser's.
    Dead,
    /// What the form holds cannot be taken.
    Problems(StatusCode, Vec<String>),
    Storage(StorageFault),
}

impl From<StorageFault> for Refusal {
    fn from(fault: StorageFault) -> Self {
        Refusal::Storage(fault)
    }
}

impl From<AdminFault> for Refusal {
    fn from(fault: AdminFault) -> Self {
        match fault {
            AdminFault::Storage(fault) => Refusal::Storage(fault),
            AdminFault::Conflict(reason) => Refusal::Problems(StatusCode::CONFLICT, vec![reason]),
            AdminFault::Invalid(reasons) => Refusal::Problems(StatusCode::BAD_REQUEST, reasons),
            // Nothing is looked for, and the link is the permission.
            AdminFault::NotFound { .. } | AdminFault::Forbidden(_) => Refusal::Dead,
        }
    }
}

impl From<PasswordProblem> for Refusal {
    fn from(problem: PasswordProblem) -> Self {
        let (status, sentence) = match problem {
            PasswordProblem::TooShort => (
                StatusCode::BAD_REQUEST,
                "The password is too short: 12 characters or more.",
            ),
            PasswordProblem::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The server is busy. Please try again in a moment.",
            ),
            _ => (
                StatusCode::BAD_REQUEST,
                "The password is longer than can be taken.",
            ),
        };
        Refusal::Problems(status, vec![sentence.to_owned()])
    }
}

/// GET `/setup/{token}`.
async fn open(
    request: HttpRequest,
    path: web::Path<String>,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let token = Plain::<SetupToken>::from_presented(path.into_inner()).digest();
    let (visitor, cookie) = cookies::visitor(&request, &state.ctx);
    let (ctx, flow) = (state.ctx.clone(), visitor.flow_digest());
    let saved = write(&state, move |tx| {
        if !setup::is_good(tx, &ctx, &token)? {
            return Ok::<_, StorageFault>(None);
        }
        let now = ctx.now();
        let interaction = Interaction {
            id: InteractionId::generate(&*ctx.entropy),
            flow: Some(flow),
            created_at: now,
            request: Pending::Setup { token },
        };
        tx.save_interaction(&interaction, now.plus(ctx.policy.interaction_ttl))?;
        Ok(Some(interaction.id))
    })
    .await;
    match saved {
        Ok(Some(saved)) => deliver::with_cookie(deliver::to_path(&state, &action(saved)), cookie),
        Ok(None) => dead(&state, &id),
        Err(fault) => failure::storage_page(&state, &id, &fault),
    }
}

/// GET `/setup/i/{id}`.
async fn form(
    request: HttpRequest,
    path: web::Path<String>,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    match look(&request, &state, &path).await {
        Ok(opened) => draw(&state, &opened, &Filled::default(), StatusCode::OK, &[]),
        Err(refusal) => refuse(&state, &id, refusal),
    }
}

/// POST `/setup/i/{id}`.
async fn create(
    request: HttpRequest,
    path: web::Path<String>,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let params = match own_form::read(&request, payload, &state, &id).await {
        Ok(params) => params,
        Err(response) => return response,
    };
    let opened = match look(&request, &state, &path).await {
        Ok(opened) => opened,
        Err(refusal) => return refuse(&state, &id, refusal),
    };
    let subject = opened.interaction.id.to_string();
    if !csrf::is_genuine(params.get("csrf"), &opened.visitor.flow, Purpose::Setup, &subject) {
        return failure::error_page(&state, &id, Trouble::FormRefused);
    }
    let filled = Filled::of(&params);
    match make(&state, &opened, filled.clone(), &params).await {
        Ok(()) => deliver::to_path(&state, PATH),
        Err(Refusal::Problems(status, problems)) => draw(&state, &opened, &filled, status, &problems),
        Err(refusal) => refuse(&state, &id, refusal),
    }
}

impl Filled {
    fn of(params: &Params) -> Self {
        let field = |name| params.get(name).unwrap_or_default().trim().to_owned();
        Self {
            username: field("username"),
            name: field("name"),
            email: field("email"),
        }
    }

    fn with(self, password: PasswordHash) -> NewUser {
        NewUser {
            username: self.username,
            email: Some(self.email),
            profile: Profile {
                name: Some(self.name),
                ..Profile::default()
            },
            password: Some(password),
            ..NewUser::default()
        }
    }
}

/// What was opened under this URL at this browser.
async fn look(request: &HttpRequest, state: &AppState, path: &str) -> Result<Opened, Refusal> {
    let (visitor, _) = cookies::visitor(request, &state.ctx);
    let own = |interaction: &Interaction| interaction.flow.as_deref() == Some(&visitor.flow_digest());
    let interaction = load(state, path).await?.filter(own).ok_or(Refusal::Dead)?;
    let Pending::Setup { token } = &interaction.request else {
        return Err(Refusal::Dead);
    };
    let (ctx, token) = (state.ctx.clone(), token.clone());
    let looked = token.clone();
    if !read(state, move |tx| setup::is_good(tx, &ctx, &looked)).await? {
        return Err(Refusal::Dead);
    }
    Ok(Opened {
        interaction,
        token,
        visitor,
    })
}

async fn make(state: &AppState, opened: &Opened, filled: Filled, params: &Params) -> Result<(), Refusal> {
    let password = new_password(params.get("password"))?;
    let hash = hashing::hash(state, password).await;
    let new = filled.with(hash.map_err(|_| PasswordProblem::Busy)?);
    let (ctx, token, id) = (state.ctx.clone(), opened.token.clone(), opened.interaction.id);
    let made = write(state, move |tx| {
        let made = setup::finish(tx, &ctx, &token, new)?;
        if made.is_some() {
            tx.finish_interaction(id)?;
        }
        Ok::<_, AdminFault>(made)
    })
    .await?;
    made.map(drop).ok_or(Refusal::Dead)
}

fn draw(
    state: &AppState,
    opened: &Opened,
    filled: &Filled,
    status: StatusCode,
    problems: &[String],
) -> HttpResponse {
    let subject = opened.interaction.id.to_string();
    let view = Setup {
        action: &action(opened.interaction.id),
        csrf: &csrf::token(&opened.visitor.flow, Purpose::Setup, &subject),
        filled,
        problems,
    };
    let mut response = page(status, &view, &PageContext::of_account(state.transport()));
    // As the console.
    let headers = response.headers_mut();
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static("en"));
    response
}

fn action(id: InteractionId) -> String {
    format!("/setup/i/{id}")
}

fn refuse(state: &AppState, id: &CorrelationId, refusal: Refusal) -> HttpResponse {
    match refusal {
        Refusal::Storage(fault) => failure::storage_page(state, id, &fault),
        Refusal::Dead | Refusal::Problems(..) => dead(state, id),
    }
}

/// The page for a link that is not good, whatever the reason.
fn dead(state: &AppState, id: &CorrelationId) -> HttpResponse {
    let trouble = Trouble::Other {
        status: StatusCode::BAD_REQUEST,
        headline: "This link is not good any more",
        advice: "It works once, in the browser that opened it, and for an hour; a newer one replaces it. \
                 Where the server runs, the command “signet admin setup-link” prints another, as long as there is no owner.",
    };
    failure::error_page(state, id, trouble)
}
