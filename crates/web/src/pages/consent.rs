//! `/consent/{id}`: what an app asks for, and the person's answer.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use kernel::StorageFault;
use kernel::id::UserId;
use token::authorize::hub::ConsentView;
use token::authorize::{Consented, Step, hub};
use token::client::{ApplicationType, Client};

use super::interaction::{Claimed, Found, find, go_on};
use crate::correlation::CorrelationId;
use crate::csrf::{self, Purpose};
use crate::state::AppState;
use crate::unit::{read, write};
use crate::views::{Account, Consent, Introduction, Link, PageContext, ScopeLine, Trouble, page};
use crate::{deliver, failure, forms};

/// GET `/consent/{id}`.
pub(crate) async fn get(
    request: HttpRequest,
    path: web::Path<String>,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let claimed = match claimed(&request, &state, &id, &path).await {
        Ok(claimed) => claimed,
        Err(response) => return response,
    };
    match go_on(&state, &claimed, Consented::NotAsked).await {
        Ok(due) => match due.step {
            Step::Consent(_) => show(&state, &id, &claimed, &path).await,
            step => deliver::step(&state, &step),
        },
        Err(fault) => failure::storage_page(&state, &id, &fault),
    }
}

async fn claimed(
    request: &HttpRequest,
    state: &AppState,
    id: &CorrelationId,
    path: &str,
) -> Result<Box<Claimed>, HttpResponse> {
    match find(request, state, id, path).await? {
        Found::Authorization(claimed) => Ok(claimed),
        Found::SignIn(_) => Err(failure::error_page(state, id, Trouble::Expired { app: None })),
    }
}

/// What the page says is on the form's token.
fn form_subject(path: &str, person: UserId) -> String {
    format!("{path}:{person}")
}

async fn gather(state: &AppState, claimed: &Claimed) -> Result<Option<ConsentView>, StorageFault> {
    let (ctx, request, visitor) = (
        state.ctx.clone(),
        claimed.request.clone(),
        claimed.visitor.clone(),
    );
    read(state, move |tx| hub::consent_view(tx, &ctx, &request, &visitor)).await
}

async fn show(state: &AppState, id: &CorrelationId, claimed: &Claimed, path: &str) -> HttpResponse {
    match gather(state, claimed).await {
        Ok(Some(view)) => draw(state, claimed, path, &view),
        Ok(None) => deliver::to_path(state, &format!("/authorize/{path}")),
        Err(fault) => failure::storage_page(state, id, &fault),
    }
}

fn draw(state: &AppState, claimed: &Claimed, path: &str, view: &ConsentView) -> HttpResponse {
    let request = &claimed.request;
    let asked_before = request.scope != view.new_scopes;
    let lines = request.scope.iter().map(|scope| {
        let line = ScopeLine::standard(scope).unwrap_or_else(|| ScopeLine::undescribed(scope));
        // On a first visit everything is new, and marking it all would say nothing.
        if asked_before && view.new_scopes.contains(scope) {
            line.new_since_last_time()
        } else {
            line
        }
    });
    let host = redirect_host(request.target.redirect_uri());
    let account = Account {
        name: view.user.display_name(),
        username: &view.user.username,
    };
    let consent = Consent {
        action: &format!("/consent/{path}"),
        csrf: &csrf::token(
            &claimed.visitor.flow,
            Purpose::Consent,
            &form_subject(path, view.user.id),
        ),
        app: claimed.client.display_name(),
        introduction: introduction(&claimed.client),
        redirect_host: &host,
        account,
        scopes: lines.collect(),
        resources: request.resources.iter().map(String::as_str).collect(),
    };
    page(StatusCode::OK, &consent, &PageContext::new(state.transport()))
}

fn introduction(client: &Client) -> Introduction {
    match (client.is_public(), client.metadata.application_type) {
        (false, _) => Introduction::ByName,
        (true, ApplicationType::Web) => Introduction::ByHost,
        (true, ApplicationType::Native) => Introduction::ByDevice,
    }
}

/// The host of a redirect URI, or its scheme where it has none (RFC 8252 7.1).
fn redirect_host(uri: &str) -> String {
    let url = url::Url::parse(uri).ok();
    let host = url.as_ref().and_then(|url| url.host_str().map(str::to_owned));
    host.or_else(|| url.map(|url| url.scheme().to_owned()))
        .unwrap_or_default()
}

/// POST `/consent/{id}`: Allow or Deny. What is allowed was kept on the server; the form only says yes or no.
pub(crate) async fn post(
    request: HttpRequest,
    path: web::Path<String>,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let form = match forms::form(&request, payload).await {
        Ok(form) => form,
        Err(fault) => return failure::form_page(&state, &id, fault),
    };
    let claimed = match claimed(&request, &state, &id, &path).await {
        Ok(claimed) => claimed,
        Err(response) => return response,
    };
    let person = match gather(&state, &claimed).await {
        Ok(Some(view)) => view.user.id,
        Ok(None) => return deliver::to_path(&state, &format!("/authorize/{path}")),
        Err(fault) => return failure::storage_page(&state, &id, &fault),
    };
    // The token names the person the page was shown to: whoever signed in meanwhile has not been asked.
    let subject = form_subject(&path, person);
    if !csrf::is_genuine(
        form.get("csrf"),
        &claimed.visitor.flow,
        Purpose::Consent,
        &subject,
    ) {
        let again = Link {
            name: "Show the request again",
            url: &format!("/consent/{}", claimed.interaction.id),
        };
        return failure::error_page_with_next(&state, &id, Trouble::FormRefused, again);
    }
    let step = match form.get("decision") {
        Some("allow") => go_on(&state, &claimed, Consented::JustNow(person))
            .await
            .map(|due| due.step),
        Some("deny") => {
            let (ctx, claimed) = (
                state.ctx.clone(),
                (claimed.interaction.clone(), claimed.request.clone()),
            );
            write(&state, move |tx| hub::deny(tx, &ctx, &claimed.0, &claimed.1)).await
        }
        _ => return failure::error_page(&state, &id, Trouble::FormRefused),
    };
    match step {
        Ok(step) => deliver::step(&state, &step),
        Err(fault) => failure::storage_page(&state, &id, &fault),
    }
}
