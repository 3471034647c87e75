//! `GET /`: the application. Without a session it leads straight to the provider, which is how the second application
//! opens without a question.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};

use super::{Shared, failure, is_own_name, see_other, signed_out};
use crate::cookies::{self, Purpose};
use crate::pages::{HomePage, respond};
use crate::serve::Site;
use crate::sessions::unguessable;

pub(super) async fn home(request: HttpRequest, site: Shared) -> HttpResponse {
    if !is_own_name(&request, &site) {
        return see_other(site.app.base_url.as_str(), []);
    }
    let Some((id, session)) = site.session(&request) else {
        return match cookies::read(&request, site.app.name, Purpose::Session) {
            Some(id) if site.sessions.ended_as_told(&id) => signed_out::as_told(&site),
            _ => begin(&request, &site).await,
        };
    };
    let mut tokens = session.tokens.lock().await;
    match site.relying_party.userinfo(&mut tokens).await {
        Ok(userinfo) => respond(
            StatusCode::OK,
            &HomePage::new(&site.app, &session, &tokens, &userinfo),
        ),
        Err(fault) => failure::in_session(&site, &id, fault),
    }
}

/// Begins a sign-in and sends the browser to the provider.
async fn begin(request: &HttpRequest, site: &Site) -> HttpResponse {
    let departure = match site.relying_party.begin().await {
        Ok(departure) => departure,
        Err(fault) => return failure::page(site, fault),
    };
    let browser = cookies::read(request, site.app.name, Purpose::Browser).unwrap_or_else(unguessable);
    site.sign_ins
        .depart(&departure.state, &browser, departure.secrets);
    see_other(
        departure.url.as_str(),
        [cookies::set(site.app.name, Purpose::Browser, browser)],
    )
}
