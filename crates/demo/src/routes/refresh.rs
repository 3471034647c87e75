//! `POST /refresh`: spends the refresh token on new tokens.

use actix_web::web::Form;
use actix_web::{HttpRequest, HttpResponse};

use super::{OwnForm, Shared, failure, see_other};

pub(super) async fn refresh(request: HttpRequest, site: Shared, form: Form<OwnForm>) -> HttpResponse {
    let Some((id, session)) = site.session(&request) else {
        return see_other("/", []);
    };
    if form.form_token != session.form_token {
        return failure::foreign_form(&site);
    }
    let mut tokens = session.tokens.lock().await;
    match site.relying_party.refresh(&mut tokens).await {
        Ok(()) => see_other("/", []),
        Err(fault) => failure::in_session(&site, &id, fault),
    }
}
