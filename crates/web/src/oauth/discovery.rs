//! `/.well-known/openid-configuration` and `/.well-known/oauth-authorization-server`: one document, made from what is
//! routed.

use actix_web::{HttpRequest, HttpResponse, web};
use i18n::Language;
use kernel::Issuer;
use token::discovery::{DiscoveryFault, Document, Routes};
use token::keys::KeyRing;

use super::jwks;
use crate::routes::paths;
use crate::state::AppState;

/// Endpoints move with releases, not with requests.
const MAX_AGE: &str = "public, max-age=3600";

/// The document for `issuer`, made from the same constants the routes are made of, whenever the keys change.
///
/// # Errors
/// When the issuer is no URL, which configuration has already refused.
pub(crate) fn document(issuer: &Issuer, ring: &KeyRing) -> Result<Document, DiscoveryFault> {
    let routes = Routes {
        authorization: paths::AUTHORIZE.to_owned(),
        token: paths::TOKEN.to_owned(),
        userinfo: paths::USERINFO.to_owned(),
        jwks: paths::JWKS.to_owned(),
        revocation: paths::REVOKE.to_owned(),
        introspection: paths::INTROSPECT.to_owned(),
        end_session: Some(paths::LOGOUT.to_owned()),
        ui_locales: Language::ALL.map(|language| language.tag().to_owned()).into(),
    };
    token::discovery::document(issuer, &routes, ring.algorithms())
}

/// Serves it.
pub(crate) async fn get(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    match &*state.discovery() {
        Ok(document) => jwks::document(&request, document.json.clone(), &document.etag, MAX_AGE),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}
