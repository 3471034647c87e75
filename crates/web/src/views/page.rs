//! Turns a drawn page into a response. The only place where HTML leaves the provider.

use actix_web::HttpResponse;
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use askama::Template;

use super::headers::{PageContext, secure};
use super::reading::Reading;
use crate::language;

/// Draws `view` in the language of whoever reads it, and answers with it under `status`, with every security header.
///
/// A template that cannot be drawn becomes a plain 500; the cause is kept on the response for the log, not shown.
pub fn page(status: StatusCode, view: &impl Template, context: &PageContext) -> HttpResponse {
    let reading = Reading::of(language::wishes());
    answer(status, view.render_with_values(&reading), context)
}

/// Compiled once, not again for every page.
#[inline(never)]
fn answer(status: StatusCode, drawn: askama::Result<String>, context: &PageContext) -> HttpResponse {
    let mut response = match drawn {
        Ok(html) => HttpResponse::build(status)
            .content_type(ContentType::html())
            .body(html),
        Err(cause) => undrawn(cause),
    };
    secure(response.headers_mut(), context);
    response
}

fn undrawn(cause: askama::Error) -> HttpResponse {
    let apology = HttpResponse::InternalServerError()
        .content_type(ContentType::plaintext())
        .body("This page could not be drawn. Please try again in a moment.\n");
    HttpResponse::from_error(InternalError::from_response(cause, apology))
}
