//! What each address of the API does. The type of an argument says what a token must allow.

use actix_web::error::{InternalError, JsonPayloadError};
use actix_web::http::{Method, StatusCode, header};
use actix_web::web::{self, Data, Json, JsonConfig, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use guard::actix::Access;
use serde::Deserialize;
use serde_json::json;

use super::access::{NotesRead, NotesWrite};
use super::page::ApiPage;
use super::serve::ApiSite;
use crate::assets;
use crate::pages::respond;

/// A note fits many times.
const LONGEST_BODY: usize = 8 * 1024;

/// The API's addresses.
pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .app_data(JsonConfig::default().limit(LONGEST_BODY).error_handler(bad_json))
        .route("/", web::get().to(about))
        .service(
            web::resource("/notes")
                .route(web::get().to(read))
                .route(web::post().to(pin))
                .default_service(web::to(other_method)),
        )
        .route("/assets/demo.css", web::get().to(assets::stylesheet))
        .route("/assets/icon.svg", web::get().to(assets::api_icon))
        .default_service(web::to(not_found));
}

async fn about(site: Data<ApiSite>) -> HttpResponse {
    respond(StatusCode::OK, &ApiPage::new(&site.api))
}

async fn read(access: Access<NotesRead>, site: Data<ApiSite>) -> HttpResponse {
    let notes = site.boards.notes(&access.sub, site.clock.now());
    HttpResponse::Ok().json(json!({ "owner": access.sub, "notes": notes }))
}

#[derive(Deserialize)]
struct NewNote {
    text: String,
}

async fn pin(access: Access<NotesWrite>, note: Json<NewNote>, site: Data<ApiSite>) -> HttpResponse {
    let pinned = site
        .boards
        .pin(&access.sub, &note.text, &access.client_id, site.clock.now());
    match pinned {
        Ok(note) => HttpResponse::Created().json(note),
        Err(error) => refusal(StatusCode::BAD_REQUEST, "invalid_request", &error.to_string()),
    }
}

fn bad_json(error: JsonPayloadError, _: &HttpRequest) -> actix_web::Error {
    let status = match error {
        JsonPayloadError::Overflow { .. } | JsonPayloadError::OverflowKnownLength { .. } => {
            StatusCode::PAYLOAD_TOO_LARGE
        }
        JsonPayloadError::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        _ => StatusCode::BAD_REQUEST,
    };
    let answer = refusal(
        status,
        "invalid_request",
        "send JSON such as {\"text\": \"Water the dahlias\"}",
    );
    InternalError::from_response(error, answer).into()
}

async fn other_method() -> HttpResponse {
    HttpResponse::MethodNotAllowed()
        .insert_header(header::Allow(vec![Method::GET, Method::POST]))
        .finish()
}

async fn not_found() -> HttpResponse {
    refusal(
        StatusCode::NOT_FOUND,
        "not_found",
        "there is /notes here, and nothing else",
    )
}

fn refusal(status: StatusCode, error: &str, description: &str) -> HttpResponse {
    HttpResponse::build(status).json(json!({ "error": error, "error_description": description }))
}
