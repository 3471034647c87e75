//! `POST /sign-out`: ends the session here, then sends the browser to end the one at the provider
//! (OpenID Connect RP-Initiated Logout 1.0).

use actix_web::web::Form;
use actix_web::{HttpRequest, HttpResponse};
use openidconnect::CsrfToken;

use super::{OwnForm, Shared, failure, see_other};
use crate::cookies::{self, Purpose};
use crate::sessions::unguessable;

pub(super) async fn sign_out(request: HttpRequest, site: Shared, form: Form<OwnForm>) -> HttpResponse {
    let app = site.app.name;
    let Some((id, session)) = site.session(&request) else {
        return see_other("/signed-out", [cookies::clear(app, Purpose::Session)]);
    };
    if form.form_token != session.form_token {
        return failure::foreign_form(&site);
    }
    site.sessions.end(&id);

    let state = CsrfToken::new_random();
    let tokens = session.tokens.lock().await;
    let Some(url) = site.relying_party.sign_out_url(&tokens, state.clone()).await else {
        return see_other("/signed-out", [cookies::clear(app, Purpose::Session)]);
    };
    let browser = cookies::read(&request, app, Purpose::Browser).unwrap_or_else(unguessable);
    site.sign_outs.depart(&state, &browser, ());
    see_other(
        url.as_str(),
        [
            cookies::clear(app, Purpose::Session),
            cookies::set(app, Purpose::Browser, browser),
        ],
    )
}
