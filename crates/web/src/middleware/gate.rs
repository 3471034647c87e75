//! The outermost layer: names the request, turns away what is not for us, and writes the one line in the log.

use actix_web::body::MessageBody;
use actix_web::dev::{RequestHead, ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, STRICT_TRANSPORT_SECURITY, TRANSFER_ENCODING,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::http::{ConnectionType, Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpResponse, web};

use crate::client_certificate::ClientCertificate;
use crate::correlation::CorrelationId;
use crate::exchange::Exchange;
use crate::failure;
use crate::flows;
use crate::language::Reader;
use crate::metrics::method_label;
use crate::peer;
use crate::state::AppState;
use crate::views::{ONE_YEAR, Transport};
use crate::whence;

/// Longer request targets are answered 414.
const MAX_TARGET: usize = 16 * 1024;
/// Bytes of header names and values beyond which a request is answered 431.
const MAX_HEADERS: usize = 32 * 1024;

/// The middleware; wrap the app with `actix_web::middleware::from_fn(gate)`.
///
/// # Errors
/// Those of the inner service.
pub async fn gate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let Some(state) = request.app_data::<web::Data<AppState>>().cloned() else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let exchange = request.conn_data::<Exchange>().cloned().unwrap_or_default();
    if exchange.is_over() {
        // What was sent along behind the last request may be anything, but it is no request. The connection is given a turn
        // to see that, and closes.
        tokio::task::yield_now().await;
        std::future::pending::<()>().await;
    }
    let _active = state.metrics.began();
    let _open = exchange.begin();
    if has_stray_body(request.head())
        || request.head().connection_type() == ConnectionType::Close
        || state.is_draining()
    {
        exchange.end();
    }
    let began = timer();
    let id = CorrelationId::generate(&*state.ctx.entropy);
    request.extensions_mut().insert(id.clone());
    let address = peer::address(request.request(), &state.trusted_proxies);
    let certificate = ClientCertificate::of(request.request(), &state.trusted_proxies);
    let source = whence::source(request.request(), &state, address, &id);
    let fingerprint = certificate.as_ref().map(ClientCertificate::fingerprint);
    if let Some(certificate) = certificate {
        request.extensions_mut().insert(certificate);
    }
    let reader = Reader::of(request.request(), &state.ctx);
    let answered = reader.reads(whence::within(source, async {
        Ok::<_, Error>(match refusal(&request, &state) {
            Some(status) => {
                let answer = turned_away(&request, &state, &id, status);
                request.into_response(answer).map_into_boxed_body()
            }
            None => next.call(request).await?.map_into_boxed_body(),
        })
    }));
    let mut response = answered.await?;
    flows::collect(&state, &mut response, &id, address);
    common_headers(response.headers_mut(), state.transport());
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response
            .headers_mut()
            .insert(HeaderName::from_static("x-correlation-id"), value);
    }
    if exchange.is_over() || state.is_draining() {
        let head = response.response_mut().head_mut();
        head.set_connection_type(ConnectionType::Close);
    }
    // The route's pattern, never the path or query: those may carry codes, hints and state.
    let route = response.request().match_pattern();
    let (method, status) = (response.request().method(), response.status());
    let duration = began.elapsed();
    state.metrics.answered(method, route.as_deref(), status, duration);
    tracing::info!(
        target: "signet::request",
        correlation_id = %id,
        http.request.method = method_label(method),
        http.route = route.as_deref(),
        http.response.status_code = status.as_u16(),
        client.address = address.map(tracing::field::display),
        tls.client.hash.sha256 = fingerprint,
        duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
        "request"
    );
    Ok(response)
}

/// The answer to a request that is turned away: a page for those who read one, else the status alone.
fn turned_away(
    request: &ServiceRequest,
    state: &AppState,
    id: &CorrelationId,
    status: StatusCode,
) -> HttpResponse {
    if status != StatusCode::BAD_REQUEST && failure::reads_pages(request.headers()) {
        failure::turned_away(state, id, status)
    } else {
        HttpResponse::build(status).finish()
    }
}

/// The machine's timer: finer than the clock, and nobody sets it.
#[expect(clippy::disallowed_methods, reason = "measuring at the rim")]
fn timer() -> std::time::Instant {
    std::time::Instant::now()
}

/// What every answer says, page or not, where the handler has not said it already.
fn common_headers(headers: &mut HeaderMap, transport: Transport) {
    let mut add = |name, value| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    add(X_CONTENT_TYPE_OPTIONS, "nosniff");
    if transport == Transport::Https {
        add(STRICT_TRANSPORT_SECURITY, ONE_YEAR);
    }
}

/// Whether a body comes with a request that has no use for one (RFC 9110 9.3.1): what to one reader is a body is to another
/// the next request.
fn has_stray_body(head: &RequestHead) -> bool {
    let has_body = head.headers().contains_key(TRANSFER_ENCODING)
        || head
            .headers()
            .get(CONTENT_LENGTH)
            .is_some_and(|length| length != "0");
    has_body && (head.method == Method::GET || head.method == Method::HEAD)
}

/// Why a request is turned away unread: ambiguous, too long, or meant for somebody else (RFC 9110 7.4).
fn refusal(request: &ServiceRequest, state: &AppState) -> Option<StatusCode> {
    if has_stray_body(request.head()) {
        return Some(StatusCode::BAD_REQUEST);
    }
    let target = request
        .uri()
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    if target > MAX_TARGET {
        return Some(StatusCode::URI_TOO_LONG);
    }
    let headers: usize = request
        .headers()
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if headers > MAX_HEADERS {
        return Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    }
    let host = request
        .headers()
        .get("host")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let host = request
        .uri()
        .authority()
        .map_or(host, |authority| authority.as_str());
    (!state.answers_to(without_port(host))).then_some(StatusCode::MISDIRECTED_REQUEST)
}

/// The name in a Host header: names are compared, ports are not.
fn without_port(host: &str) -> &str {
    match (host.rfind(':'), host.rfind(']')) {
        (Some(colon), Some(bracket)) if colon < bracket => host,
        (Some(colon), _) => &host[..colon],
        (None, _) => host,
    }
}

#[cfg(test)]
mod tests {
    use super::without_port;

    #[test]
    fn ports_do_not_count() {
        assert_eq!(without_port("id.example.com:8443"), "id.example.com");
        assert_eq!(without_port("[::1]:8080"), "[::1]");
        assert_eq!(without_port("[::1]"), "[::1]");
        assert_eq!(without_port("localhost"), "localhost");
    }
}
