//! `/consent/{id}`: what an app asks for, and the person's answer.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use kernel::StorageFault;
use kernel::id::UserId;
use token::Catalogue;
use token::authorize::hub::ConsentView;
use token::authorize::{Consented, Meant, Step, hub};
use token::client::{ApplicationType, Client};

use super::interaction::{Claimed, Found, due, find, go_on};
use crate::correlation::CorrelationId;
use crate::csrf::{self, Purpose};
use crate::forms::PostedForm;
use crate::state::AppState;
use crate::unit::{read, write};
use crate::views::{
    Account, Api, Consent, Introduction, Onward, PageContext, ScopeDetail, ScopeLine, Trouble, Way, page,
};
use crate::{deliver, failure, language};

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
    match due(&state, &claimed).await {
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
        Found::SignIn(..) => Err(failure::error_page(state, id, Trouble::Expired { app: None })),
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
    language::reader_is(&view.user);
    let (request, catalogue) = (&claimed.request, state.catalogue.get());
    let asked = request.to_be_allowed();
    let asked_before = asked != view.new_scopes;
    let lines = asked.iter().map(|scope| {
        let line = line(&catalogue, scope, &request.resources);
        // On a first visit everything is new, and marking it all would say nothing.
        if asked_before && view.new_scopes.contains(scope) {
            line.new_since_last_time()
        } else {
            line
        }
    });
    let host = deliver::place_of(request.target.redirect_uri());
    let choose = format!("/choose/{path}");
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
        resources: request.resources.iter().map(|uri| api(&catalogue, uri)).collect(),
        choose: (request.meant == Meant::Anybody).then_some(&choose),
    };
    page(StatusCode::OK, &consent, &PageContext::new(state.transport()))
}

/// What a scope is called: a standard one by us, others by their operator, or by the APIs they mean something to.
pub(crate) fn line(catalogue: &Catalogue, scope: &str, resources: &[String]) -> ScopeLine {
    let own = catalogue.claim_scope(scope);
    let description = own.and_then(|own| own.description.as_deref());
    match ScopeLine::standard(scope) {
        Some(line) => description
            .into_iter()
            .fold(line, |line, text| line.with(ScopeDetail::Theirs(text.to_owned()))),
        None if own.is_some() => ScopeLine::described(scope, description),
        None => {
            let owners = catalogue
                .owners(scope)
                .filter(|owner| resources.contains(&owner.identifier));
            let names: Vec<String> = owners
                .map(|owner| owner.name.as_ref().unwrap_or(&owner.identifier).clone())
                .collect();
            let line = ScopeLine::undescribed(scope);
            match &names[..] {
                [] => line,
                _ => line.with(ScopeDetail::CountsAt(names)),
            }
        }
    }
}

fn api<'a>(catalogue: &'a Catalogue, identifier: &'a str) -> Api<'a> {
    let known = catalogue.resource(identifier);
    Api {
        name: known.and_then(|resource| resource.name.as_deref()),
        identifier,
    }
}

fn introduction(client: &Client) -> Introduction {
    match (client.is_public(), client.metadata.application_type) {
        (false, _) => Introduction::ByName,
        (true, ApplicationType::Web) => Introduction::ByHost,
        (true, ApplicationType::Native) => Introduction::ByDevice,
    }
}

/// POST `/consent/{id}`: Allow or Deny. What is allowed was kept on the server; the form only says yes or no.
pub(crate) async fn post(
    request: HttpRequest,
    path: web::Path<String>,
    PostedForm(form): PostedForm,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
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
        let again = Onward {
            way: Way::Request,
            url: &format!("/consent/{}", claimed.interaction.id),
        };
        return failure::error_page_with_next(&state, &id, Trouble::FormRefused, again);
    }
    let step = match form.get("decision") {
        Some("allow") => go_on(&state, &claimed, Consented::JustNow(person)).await,
        Some("deny") => {
            let (ctx, claimed) = (
                state.ctx.clone(),
                (claimed.interaction.clone(), claimed.request.clone()),
            );
            write(&state, move |tx| {
                hub::deny(tx, &ctx, &claimed.0, &claimed.1, person)
            })
            .await
        }
        _ => return failure::error_page(&state, &id, Trouble::FormRefused),
    };
    match step {
        Ok(step) => deliver::step(&state, &step),
        Err(fault) => failure::storage_page(&state, &id, &fault),
    }
}
