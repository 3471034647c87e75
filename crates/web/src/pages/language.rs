//! `/language/{tag}`: a language chosen at the foot of a page, for this browser.
//!
//! A link, because a page has one form and this is not what it is for. Following it changes what is read and nothing else,
//! so anybody may bring a browser here.

use actix_web::http::header::REFERER;
use actix_web::{HttpRequest, HttpResponse, web};
use i18n::Language;
use kernel::StorageFault;
use token::authorize::Pending;
use url::Url;

use super::interaction::load;
use crate::correlation::CorrelationId;
use crate::state::AppState;
use crate::unit::write;
use crate::views::Trouble;
use crate::{cookies, deliver, failure};

/// GET `/language/{tag}`: keeps it and goes back to where the link was.
pub(crate) async fn get(
    request: HttpRequest,
    tag: web::Path<String>,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let Some(language) = Language::of_tag(&tag) else {
        return failure::error_page(&state, &id, Trouble::NotFound);
    };
    let back = came_from(&request, &state);
    if let Err(fault) = overrule(&request, &state, &back).await {
        return failure::storage_page(&state, &id, &fault);
    }
    let response = deliver::to_path(&state, &back);
    deliver::with_cookie(response, Some(cookies::set_language(&state.ctx, language)))
}

/// The page of ours the browser says it comes from, or the front page. Only what is below our own origin is followed, so
/// nobody is led away.
fn came_from(request: &HttpRequest, state: &AppState) -> String {
    let told = request
        .headers()
        .get(REFERER)
        .and_then(|value| value.to_str().ok());
    let url = told.and_then(|told| Url::parse(told).ok());
    let Some(url) = url.filter(|url| url.origin().ascii_serialization() == state.origin()) else {
        return "/".to_owned();
    };
    let base = Url::parse(state.ctx.issuer.as_str()).ok();
    let prefix = base.map(|base| base.path().trim_end_matches('/').to_owned());
    let path = prefix.and_then(|prefix| url.path().strip_prefix(&prefix).map(str::to_owned));
    match (path, url.query()) {
        (None, _) => "/".to_owned(),
        (Some(path), None) => path,
        (Some(path), Some(query)) => format!("{path}?{query}"),
    }
}

/// Who chooses a language on the way through an app's request no longer wants the one the app asked for.
async fn overrule(request: &HttpRequest, state: &AppState, back: &str) -> Result<(), StorageFault> {
    let Some(name) = saved_at(back) else {
        return Ok(());
    };
    let (visitor, _) = cookies::visitor(request, &state.ctx);
    let own = load(state, name)
        .await?
        .filter(|saved| saved.flow.as_deref() == Some(&visitor.flow_digest()));
    let Some(mut saved) = own else {
        return Ok(());
    };
    match &mut saved.request {
        Pending::Authorization(request) if !request.ui_locales.is_empty() => request.ui_locales.clear(),
        _ => return Ok(()),
    }
    let until = saved.created_at.plus(state.ctx.policy.interaction_ttl);
    write(state, move |tx| tx.save_interaction(&saved, until)).await
}

/// The saved request a page belongs to.
fn saved_at(path: &str) -> Option<&str> {
    let steps = ["/login/", "/choose/", "/consent/"];
    steps.into_iter().find_map(|step| path.strip_prefix(step))
}
