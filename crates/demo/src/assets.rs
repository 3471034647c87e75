//! Style and icon, compiled in.

use actix_web::web::Data;
use actix_web::{HttpResponse, http::header};

use crate::app::AppName;
use crate::serve::Site;

const STYLESHEET: &[u8] = include_bytes!("../../../static/demo/demo.css");
const NOTES_ICON: &[u8] = include_bytes!("../../../static/demo/notes.svg");
const CALENDAR_ICON: &[u8] = include_bytes!("../../../static/demo/calendar.svg");
const API_ICON: &[u8] = include_bytes!("../../../static/demo/api.svg");

/// `GET /assets/demo.css`
pub(crate) async fn stylesheet() -> HttpResponse {
    asset("text/css; charset=utf-8", STYLESHEET)
}

/// `GET /assets/icon.svg` of an application.
pub(crate) async fn icon(site: Data<Site>) -> HttpResponse {
    match site.app.name {
        AppName::Notes => asset("image/svg+xml", NOTES_ICON),
        AppName::Calendar => asset("image/svg+xml", CALENDAR_ICON),
    }
}

/// `GET /assets/icon.svg` of the API.
pub(crate) async fn api_icon() -> HttpResponse {
    asset("image/svg+xml", API_ICON)
}

/// All of them may get another version at the same address tomorrow, so nothing is kept for long.
fn asset(content_type: &'static str, bytes: &'static [u8]) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((header::CACHE_CONTROL, "max-age=60"))
        .body(bytes)
}
