//! Reading parameters from queries and form bodies, within bounds.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::rt::time::timeout;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use protocol::{Params, ParamsFault};

use crate::correlation::CorrelationId;
use crate::exchange::Exchange;
use crate::failure;
use crate::patience::Patience;
use crate::state::AppState;

/// Largest form body, in bytes.
pub(crate) const MAX_BODY: usize = 64 * 1024;

/// Why a request's parameters could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FormFault {
    /// Not `application/x-www-form-urlencoded`.
    ContentType,
    /// Larger than [`MAX_BODY`].
    TooLarge,
    /// Broken encoding.
    Encoding(ParamsFault),
    /// Not complete in the time there is for it.
    TooSlow,
    /// The connection broke.
    Connection,
}

impl FormFault {
    /// The status that tells.
    pub(crate) fn status(self) -> StatusCode {
        match self {
            FormFault::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            FormFault::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            FormFault::TooSlow => StatusCode::REQUEST_TIMEOUT,
            FormFault::Encoding(_) | FormFault::Connection => StatusCode::BAD_REQUEST,
        }
    }

    /// For the developer at the other end.
    pub(crate) fn description(self) -> &'static str {
        match self {
            FormFault::ContentType => "the body must be application/x-www-form-urlencoded",
            FormFault::TooLarge => "the body is too large",
            FormFault::Encoding(ParamsFault::Malformed) => {
                "the parameters are not valid form encoding in UTF-8"
            }
            FormFault::Encoding(ParamsFault::TooMany) => "there are too many parameters",
            FormFault::TooSlow => "the body took too long to arrive",
            FormFault::Connection => "the body could not be read",
        }
    }
}

/// The parameters of the query.
pub(crate) fn query(request: &HttpRequest) -> Result<Params, FormFault> {
    Params::parse(request.query_string().as_bytes()).map_err(FormFault::Encoding)
}

/// The parameters of a form body. The limit is enforced before reading where the length is told, and while reading where
/// it is not: nothing is kept beyond it.
pub(crate) async fn form(request: &HttpRequest, payload: web::Payload) -> Result<Params, FormFault> {
    if !is_form(request) {
        return Err(FormFault::ContentType);
    }
    if told_length(request).is_some_and(|length| length > MAX_BODY) {
        return Err(FormFault::TooLarge);
    }
    let body = timeout(Patience::of(request).body, payload.to_bytes_limited(MAX_BODY)).await;
    let body = match body {
        Err(_) => Err(FormFault::TooSlow),
        Ok(Err(_)) => Err(FormFault::TooLarge),
        Ok(Ok(read)) => read.map_err(|_| FormFault::Connection),
    };
    // Where a body does not end as it should, nobody can say where the next request begins.
    if let (Err(_), Some(exchange)) = (&body, request.conn_data::<Exchange>()) {
        exchange.end();
    }
    let body = body?;
    Params::parse(&body).map_err(FormFault::Encoding)
}

/// The form a browser posted to one of our pages. What cannot be read is answered by a page, before the handler runs.
pub(crate) struct PostedForm(pub(crate) Params);

impl FromRequest for PostedForm {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), web::Payload::from_request(request, payload));
        Box::pin(async move {
            form(&request, payload.await?).await.map(Self).map_err(|fault| {
                let response = match request.app_data::<web::Data<AppState>>() {
                    Some(state) => failure::form_page(state, &CorrelationId::of(&request), fault),
                    None => HttpResponse::new(fault.status()),
                };
                InternalError::from_response(fault.description(), response).into()
            })
        })
    }
}

/// About how many bytes of parameters came with a request.
pub(crate) fn length(request: &HttpRequest) -> usize {
    let has_body = request.headers().contains_key(CONTENT_TYPE);
    let untold = if has_body { MAX_BODY } else { 0 };
    request.query_string().len() + told_length(request).unwrap_or(untold)
}

fn told_length(request: &HttpRequest) -> Option<usize> {
    request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn is_form(request: &HttpRequest) -> bool {
    let header = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = header.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
