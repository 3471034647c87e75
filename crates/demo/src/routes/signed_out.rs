//! `GET /signed-out`: where people land after signing out. It never signs anybody out by itself: it can be linked to.

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::{Shared, failure, see_other};
use crate::cookies::{self, Purpose};
use crate::pages::{SignOutExtent, SignedOutPage, respond};
use crate::serve::Site;

#[derive(Deserialize)]
struct Landing {
    state: Option<String>,
}

pub(super) async fn signed_out(request: HttpRequest, site: Shared) -> HttpResponse {
    let Ok(Query(landing)) = Query::<Landing>::from_query(request.query_string()) else {
        return failure::malformed(&site);
    };
    if site.session(&request).is_some() {
        return see_other("/", []);
    }
    let page = SignedOutPage {
        app: site.app.name,
        issuer: site.app.issuer.clone(),
        extent: extent(&request, &site, landing),
    };
    respond(StatusCode::OK, &page)
}

/// The front page of somebody whose session ended because the provider said so. It is shown once: the next visit, without
/// the cookie, begins a sign-in.
pub(super) fn as_told(site: &Site) -> HttpResponse {
    let page = SignedOutPage {
        app: site.app.name,
        issuer: site.app.issuer.clone(),
        extent: SignOutExtent::AsTold,
    };
    let mut response = respond(StatusCode::OK, &page);
    let cookie = cookies::clear(site.app.name, Purpose::Session);
    if let Err(error) = response.add_cookie(&cookie) {
        tracing::error!(%error, "a cookie fits no header");
    }
    response
}

/// Only the provider knows the `state` it was given, so its return proves that the provider was there.
fn extent(request: &HttpRequest, site: &Site, landing: Landing) -> SignOutExtent {
    let browser = cookies::read(request, site.app.name, Purpose::Browser);
    match (landing.state, browser) {
        (Some(state), Some(browser)) if site.sign_outs.arrive(&state, &browser).is_some() => {
            SignOutExtent::Everywhere
        }
        _ => SignOutExtent::Here,
    }
}
