//! What each address of an application does. One file per address.

mod ask;
mod backchannel_logout;
mod callback;
mod failure;
mod home;
mod refresh;
mod sign_out;
mod signed_out;

use actix_web::cookie::Cookie;
use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::assets;
use crate::serve::Site;

/// The application's addresses.
pub(crate) fn configure(config: &mut ServiceConfig) {
    config
        .route("/", web::get().to(home::home))
        .route("/callback", web::get().to(callback::callback))
        .route("/ask", web::post().to(ask::ask))
        .route(
            "/backchannel-logout",
            web::post().to(backchannel_logout::backchannel_logout),
        )
        .route("/refresh", web::post().to(refresh::refresh))
        .route("/sign-out", web::post().to(sign_out::sign_out))
        .route("/signed-out", web::get().to(signed_out::signed_out))
        .route("/assets/demo.css", web::get().to(assets::stylesheet))
        .route("/assets/icon.svg", web::get().to(assets::icon))
        .default_service(web::to(failure::not_found));
}

type Shared = web::Data<Site>;

/// What every form of ours carries.
#[derive(Deserialize)]
struct OwnForm {
    /// Empty when it is missing, and then it fits no session.
    #[serde(default)]
    form_token: String,
}

/// Sends the browser on with GET, whatever it came with (RFC 9110 15.4.4).
fn see_other(location: &str, cookies: impl IntoIterator<Item = Cookie<'static>>) -> HttpResponse {
    let mut response = HttpResponse::SeeOther();
    response.insert_header((header::LOCATION, location));
    for cookie in cookies {
        response.cookie(cookie);
    }
    response.finish()
}

/// Whether the browser came under the application's own name. It may have come as `127.0.0.1` or under a name somebody
/// pointed here; cookies and redirects only fit the one name that is registered.
fn is_own_name(request: &HttpRequest, site: &Site) -> bool {
    request
        .headers()
        .get(header::HOST)
        .is_some_and(|host| host == site.app.authority())
}
