//! `/logout`, the end-session endpoint (OpenID Connect RP-Initiated Logout 1.0), and signing out by oneself.
//!
//! A valid `id_token_hint` for the person who is here signs out at once; everything else asks first.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use identity::User;
use kernel::id::Sid;
use kernel::{Ctx, StorageFault};
use protocol::Params;
use session::Session;
use session::present::people_at;
use token::authorize::{Interaction, Pending, Visitor};
use token::client::Client;
use token::ending;
use token::flow::{Refused, logout as record};
use token::logout::{self, LogoutRequest};

use super::authorize::save;
use crate::client_cache::client;
use crate::correlation::CorrelationId;
use crate::csrf::{self, Purpose};
use crate::forms::PostedForm;
use crate::state::AppState;
use crate::unit::{read, write};
use crate::views::{Account, Link, Onward, PageContext, SignOut, SignedOut, Trouble, Way, page};
use crate::{cookies, deliver, failure, flows, forms, language};

/// GET `/logout`.
pub(crate) async fn get(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    match forms::query(&request) {
        Ok(params) => answer(&request, &state, &id, params).await,
        Err(fault) => failure::form_page(&state, &id, fault),
    }
}

/// POST `/logout`: saved and picked up by a GET, because Lax cookies did not come with it.
pub(crate) async fn post(
    request: HttpRequest,
    PostedForm(params): PostedForm,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    // Only what can be believed is worth keeping until a browser comes for it; anything else is the bare wish to leave.
    match understand(&state, &params).await {
        Ok((
            asked @ LogoutRequest {
                hint: None,
                app: None,
                target: None,
            },
            asking,
        )) => {
            let response = deliver::to_path(&state, "/logout");
            return match doubts(&state, &params, (&asked, asking.as_deref())) {
                Some(refused) => flows::explain(response, refused),
                None => response,
            };
        }
        Ok(_) => {}
        Err(fault) => return failure::storage_page(&state, &id, &fault),
    }
    let kept = params.keep(&logout::PARAMETERS, MAX_KEPT);
    let pending = Pending::PostedLogout(kept.pairs().to_vec());
    match save(&request, &state, &id, (None, pending)).await {
        Ok(saved) => deliver::to_path(&state, &format!("/logout/{saved}")),
        Err(response) => response,
    }
}

/// Longest value of a logout request that is kept; a hint is the longest there is.
const MAX_KEPT: usize = 16 * 1024;

/// GET `/logout/{id}`: a request that was posted, or the page that asks.
pub(crate) async fn saved(
    request: HttpRequest,
    path: web::Path<String>,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let (interaction, params) = match find(&state, &path).await {
        Ok(Some(found)) => found,
        Ok(None) => return gone(&request, &state, &id).await,
        Err(fault) => return failure::storage_page(&state, &id, &fault),
    };
    if interaction.flow.is_none() {
        return answer(&request, &state, &id, params).await;
    }
    let (visitor, _) = cookies::visitor(&request, &state.ctx);
    if interaction.flow.as_deref() != Some(&visitor.flow_digest()) {
        // Not to be shown here however often it is opened; asking anew is.
        let anew = Onward {
            way: Way::StartAgain,
            url: "/logout",
        };
        return failure::error_page_with_next(&state, &id, Trouble::FormRefused, anew);
    }
    ask(&state, &id, &visitor, &interaction, params).await
}

/// POST `/logout/{id}`: the person said yes.
pub(crate) async fn confirm(
    request: HttpRequest,
    path: web::Path<String>,
    PostedForm(form): PostedForm,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let (visitor, _) = cookies::visitor(&request, &state.ctx);
    if !csrf::is_genuine(form.get("csrf"), &visitor.flow, Purpose::Logout, &path) {
        return failure::error_page(&state, &id, Trouble::FormRefused);
    }
    // Our own front page signs out without a saved request.
    if *path == HERE {
        return said_yes(&state, &id, &visitor, LogoutRequest::default(), None).await;
    }
    let (interaction, params) = match find(&state, &path).await {
        Ok(Some(found)) => found,
        Ok(None) => return gone(&request, &state, &id).await,
        Err(fault) => return failure::storage_page(&state, &id, &fault),
    };
    match understand(&state, &params).await {
        Ok((asked, _)) => said_yes(&state, &id, &visitor, asked, Some(interaction)).await,
        Err(fault) => failure::storage_page(&state, &id, &fault),
    }
}

/// A logout request that is over, perhaps a click ago: whoever is signed out is told so, whoever is not is asked.
async fn gone(request: &HttpRequest, state: &AppState, id: &CorrelationId) -> HttpResponse {
    let (visitor, _) = cookies::visitor(request, &state.ctx);
    match people_here(state, &visitor).await {
        Ok(here) if here.is_empty() => {
            let view = SignedOut {
                place: state.place(),
                back: None,
            };
            page(StatusCode::OK, &view, &PageContext::new(state.transport()))
        }
        Ok(_) => deliver::to_path(state, "/logout"),
        Err(fault) => failure::storage_page(state, id, &fault),
    }
}

/// Stands in the path where no request was saved.
pub(crate) const HERE: &str = "here";

async fn find(state: &AppState, id: &str) -> Result<Option<(Interaction, Params)>, StorageFault> {
    let Ok(id) = id.parse() else {
        return Ok(None);
    };
    let now = state.ctx.now();
    let found = read(state, move |tx| tx.interaction(id, now)).await?;
    Ok(found.and_then(|interaction| match &interaction.request {
        Pending::PostedLogout(pairs) => {
            let params = Params::from_pairs(pairs.clone());
            Some((interaction, params))
        }
        _ => None,
    }))
}

async fn understand(
    state: &AppState,
    params: &Params,
) -> Result<(LogoutRequest, Option<Arc<Client>>), StorageFault> {
    language::app_wishes(
        params
            .get("ui_locales")
            .unwrap_or_default()
            .split_ascii_whitespace(),
    );
    let hint = logout::hint(&state.ring.get(), &state.ctx, params);
    let asking = match logout::client_id(params, hint.as_ref()) {
        Some(client_id) => client(state, &client_id).await?,
        None => None,
    };
    Ok((logout::check(params, hint, asking.as_deref()), asking))
}

/// A logout request, however it came: done at once, or asked about.
async fn answer(request: &HttpRequest, state: &AppState, id: &CorrelationId, params: Params) -> HttpResponse {
    let (asked, asking) = match understand(state, &params).await {
        Ok(understood) => understood,
        Err(fault) => return failure::storage_page(state, id, &fault),
    };
    let doubted = doubts(state, &params, (&asked, asking.as_deref()));
    let response = act(request, state, id, params, asked).await;
    match doubted {
        Some(refused) => flows::explain(response, refused),
        None => response,
    }
}

/// What of a request was not believed, for administrators: to its app it looks as if nothing had happened.
fn doubts(
    state: &AppState,
    params: &Params,
    understood: (&LogoutRequest, Option<&Client>),
) -> Option<Refused> {
    let (asked, asking) = understood;
    let doubted = !record::is_believed(params, asked);
    doubted.then(|| record::doubted(&state.ring.get(), &state.ctx, params, asking))
}

/// Does at once what can be done at once.
async fn act(
    request: &HttpRequest,
    state: &AppState,
    id: &CorrelationId,
    params: Params,
    asked: LogoutRequest,
) -> HttpResponse {
    let (visitor, cookie) = cookies::visitor(request, &state.ctx);
    // A genuine hint mostly names whoever is here, and one unit of work looks and ends. Without one somebody is to be asked.
    let nobody = match &asked.hint {
        Some(_) => Ok(true),
        None => people_here(state, &visitor).await.map(|here| here.is_empty()),
    };
    let done = match nobody {
        Ok(true) => sign_out(state, id, &visitor, asked, Asked::Not).await,
        Ok(false) => None,
        Err(fault) => return failure::storage_page(state, id, &fault),
    };
    if let Some(response) = done {
        return response;
    }
    let kept = params.keep(&logout::PARAMETERS, MAX_KEPT);
    let pending = Pending::PostedLogout(kept.pairs().to_vec());
    match save(request, state, id, (Some(visitor.flow_digest()), pending)).await {
        Ok(saved) => deliver::with_cookie(deliver::to_path(state, &format!("/logout/{saved}")), cookie),
        Err(response) => response,
    }
}

/// The live sessions at the visitor's browser.
pub(crate) async fn people_here(
    state: &AppState,
    visitor: &Visitor,
) -> Result<Vec<(Session, User)>, StorageFault> {
    let (browser, ctx) = (visitor.browser.clone(), state.ctx.clone());
    let people = read(state, move |tx| {
        let mut people = people_at(tx, browser.as_ref())?;
        people.retain(|(session, _)| session.is_live(ctx.now(), &ctx.policy));
        Ok::<_, StorageFault>(people)
    })
    .await?;
    if let Some((_, user)) = people.last() {
        language::reader_is(user);
    }
    Ok(people)
}

async fn ask(
    state: &AppState,
    id: &CorrelationId,
    visitor: &Visitor,
    interaction: &Interaction,
    params: Params,
) -> HttpResponse {
    let (asked, asking, here) = match (
        understand(state, &params).await,
        people_here(state, visitor).await,
    ) {
        (Ok((asked, asking)), Ok(here)) => (asked, asking, here),
        (Err(fault), _) | (_, Err(fault)) => return failure::storage_page(state, id, &fault),
    };
    // Signed out in another tab meanwhile: nothing to ask about, and the way back still holds.
    if here.is_empty() {
        // Whoever signs in between these two looks is asked after all.
        let done = sign_out(state, id, visitor, asked, Asked::Not).await;
        return done.unwrap_or_else(|| deliver::to_path(state, "/logout"));
    }
    let apps = match apps_that_will_hear(state, &here).await {
        Ok(apps) => apps,
        Err(fault) => return failure::storage_page(state, id, &fault),
    };
    let accounts: Vec<Account<'_>> = here
        .iter()
        .map(|(_, user)| Account {
            name: user.display_name(),
            username: &user.username,
        })
        .collect();
    let view = SignOut {
        action: &format!("/logout/{}", interaction.id),
        csrf: &csrf::token(&visitor.flow, Purpose::Logout, &interaction.id.to_string()),
        accounts: &accounts,
        apps: &apps,
        app: asking.as_deref().map(Client::display_name),
        place: state.place(),
        stay: "/",
    };
    page(StatusCode::OK, &view, &PageContext::new(state.transport()))
}

/// Names of the apps that take part in these sessions and are told when they end.
async fn apps_that_will_hear(
    state: &AppState,
    here: &[(Session, User)],
) -> Result<Vec<String>, StorageFault> {
    let sids: Vec<Sid> = here.iter().map(|(session, _)| session.sid).collect();
    read(state, move |tx| {
        let mut names = Vec::new();
        for sid in sids {
            for client_id in tx.clients_of_session(sid)? {
                let client = tx.client(&client_id)?;
                let hears =
                    |client: &Client| client.enabled && client.metadata.backchannel_logout_uri.is_some();
                names.extend(
                    client
                        .filter(hears)
                        .map(|client| client.display_name().to_owned()),
                );
            }
        }
        names.sort();
        names.dedup();
        Ok::<_, StorageFault>(names)
    })
    .await
}

/// Whether the person was asked.
enum Asked {
    /// No: only what a genuine hint names may end.
    Not,
    /// They said yes, on the page of this saved request if there is one.
    Confirmed(Option<Interaction>),
}

/// Which sessions a logout request ends: the one a genuine hint names; where the person said yes and the hint names nobody
/// here, all at this browser. A hint whose session has ended meanwhile, perhaps by a twin of this request, ends nothing.
fn meant<'a>(asked: &LogoutRequest, question: &Asked, here: &'a [(Session, User)]) -> Vec<&'a Session> {
    let named: Vec<&Session> = here
        .iter()
        .filter(|(session, user)| asked.names(session, user))
        .map(|(session, _)| session)
        .collect();
    if named.is_empty() && matches!(question, Asked::Confirmed(_)) {
        here.iter().map(|(session, _)| session).collect()
    } else {
        named
    }
}

/// Somebody is here whom nobody asked and no hint names.
fn has_to_be_asked(question: &Asked, meant: &[&Session], here: &[(Session, User)], ctx: &Ctx) -> bool {
    matches!(question, Asked::Not)
        && meant.is_empty()
        && here
            .iter()
            .any(|(session, _)| session.is_live(ctx.now(), &ctx.policy))
}

/// The person was asked and agrees.
async fn said_yes(
    state: &AppState,
    id: &CorrelationId,
    visitor: &Visitor,
    asked: LogoutRequest,
    on: Option<Interaction>,
) -> HttpResponse {
    let done = sign_out(state, id, visitor, asked, Asked::Confirmed(on)).await;
    // Whoever agreed does not have to be asked.
    done.unwrap_or_else(|| deliver::to_path(state, "/"))
}

/// Ends the sessions that are meant and sends the browser on: back to the client if it named a registered address. The
/// clients that take part hear of it later; nobody waits for them here. Nothing, and nothing ended, where somebody is here who
/// has to be asked first.
async fn sign_out(
    state: &AppState,
    id: &CorrelationId,
    visitor: &Visitor,
    asked: LogoutRequest,
    question: Asked,
) -> Option<HttpResponse> {
    let (ctx, browser, wanted) = (state.ctx.clone(), visitor.browser.clone(), asked.clone());
    let ended = write(state, move |tx| {
        let mut here = people_at(tx, browser.as_ref())?;
        let meant = meant(&wanted, &question, &here);
        if has_to_be_asked(&question, &meant, &here, &ctx) {
            return Ok(None);
        }
        if let Asked::Confirmed(Some(interaction)) = question {
            tx.finish_interaction(interaction.id)?;
        }
        for session in &meant {
            ending::session(tx, &ctx, session)?;
        }
        let left = here.len() - meant.len();
        Ok::<_, StorageFault>(Some((left, here.pop())))
    })
    .await;
    let left = match ended {
        Ok(Some((left, last))) => {
            last.iter().for_each(|(_, user)| language::reader_is(user));
            left
        }
        Ok(None) => return None,
        Err(fault) => return Some(failure::storage_page(state, id, &fault)),
    };
    let forget = (left == 0).then(|| cookies::clear_browser(&state.ctx));
    Some(deliver::with_cookie(onward(state, &asked), forget))
}

/// Back to the client if it named a registered address, else a page that says it is done.
fn onward(state: &AppState, asked: &LogoutRequest) -> HttpResponse {
    match &asked.target {
        Some(target) => deliver::to_post_logout(state, target),
        None => {
            let back = asked
                .app
                .as_ref()
                .and_then(|app| app.home.as_deref().map(|url| Link { name: &app.name, url }));
            let view = SignedOut {
                place: state.place(),
                back,
            };
            page(StatusCode::OK, &view, &PageContext::new(state.transport()))
        }
    }
}
