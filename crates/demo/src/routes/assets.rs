//! Style and icon, compiled in.

use actix_web::{HttpResponse, http::header};

use super::Shared;
use crate::app::AppName;

const STYLESHEET: &[u8] = include_bytes!("../../../../static/demo/demo.css");
const NOTES_ICON: &[u8] = include_bytes!("../../../../static/demo/notes.svg");
const CALENDAR_ICON: &[u8] = include_bytes!("../../../../static/demo/calendar.svg");

/// `GET /assets/demo.css`
pub(super) async fn stylesheet() -> HttpResponse {
    asset("text/css; charset=utf-8", STYLESHEET)
}

/// `GET /assets/icon.svg`
pub(super) async fn icon(site: Shared) -> HttpResponse {
    match site.app.name {
        AppName::Notes => asset("image/svg+xml", NOTES_ICON),
        AppName::Calendar => asset("image/svg+xml", CALENDAR_ICON),
    }
}

/// Both applications may get another version at the same address tomorrow, so nothing is kept for long.
fn asset(content_type: &'static str, bytes: &'static [u8]) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((header::CACHE_CONTROL, "max-age=60"))
        .body(bytes)
}
