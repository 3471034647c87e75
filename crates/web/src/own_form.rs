//! Forms that only pages of ours send: where the browser says they come from, and their parameters.
//!
//! Beside the token in the form, not instead of it. Forms of the authorization flow are not read here: apps may post
//! there too.

use actix_web::http::header::ORIGIN;
use actix_web::{HttpRequest, HttpResponse, web};
use protocol::Params;

use crate::correlation::CorrelationId;
use crate::failure;
use crate::forms::{self, FormFault};
use crate::state::AppState;
use crate::views::Trouble;

/// The parameters of a form sent from a page of ours; otherwise the page that refuses it.
pub(crate) async fn read(
    request: &HttpRequest,
    payload: web::Payload,
    state: &AppState,
    id: &CorrelationId,
) -> Result<Params, HttpResponse> {
    if !comes_from_us(request, &state.origin()) {
        return Err(failure::error_page(state, id, Trouble::FormRefused));
    }
    forms::form(request, payload).await.map_err(|fault| match fault {
        FormFault::TooLarge => failure::error_page(state, id, Trouble::TooLong),
        fault => failure::form_page(state, id, fault),
    })
}

/// Browsers say where a form comes from, in `Origin` (RFC 6454 7) and in `Sec-Fetch-Site` (Fetch Metadata 2.3). A browser
/// that says neither is left to the token; one that names another place is refused whatever the form holds.
fn comes_from_us(request: &HttpRequest, own: &str) -> bool {
    let says = |name: &str, fits: &dyn Fn(&[u8]) -> bool| {
        let mut values = request.headers().get_all(name);
        values.all(|value| fits(value.as_bytes()))
    };
    says(ORIGIN.as_str(), &|origin| origin == own.as_bytes())
        && says("sec-fetch-site", &|site| matches!(site, b"same-origin" | b"none"))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_our_own_pages_and_silent_browsers_pass() {
        let judge = |headers: &[(&str, &str)]| {
            let request = headers
                .iter()
                .fold(TestRequest::post(), |request, (name, value)| {
                    request.append_header((*name, *value))
                });
            comes_from_us(&request.to_http_request(), "https://id.test")
        };
        assert!(judge(&[]));
        assert!(judge(&[
            ("origin", "https://id.test"),
            ("sec-fetch-site", "same-origin")
        ]));
        assert!(judge(&[("sec-fetch-site", "none")]));
        for other in [
            "null",
            "https://id.test.evil",
            "http://id.test",
            "https://id.test:8443",
            "",
        ] {
            assert!(!judge(&[("origin", other)]), "{other}");
        }
        for other in ["cross-site", "same-site", "", "x"] {
            assert!(
                !judge(&[("origin", "https://id.test"), ("sec-fetch-site", other)]),
                "{other}"
            );
        }
        assert!(!judge(&[
            ("origin", "https://id.test"),
            ("origin", "https://evil.test")
        ]));
    }
}
