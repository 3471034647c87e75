//! What people see when something did not work: what happened, and the way on.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::{Shared, see_other};
use crate::cookies::{self, Purpose};
use crate::fault::Fault;
use crate::pages::{ErrorPage, respond};
use crate::serve::Site;

const NOT_FINISHED: &str = "Sign-in did not finish";
const TRY_AGAIN: &str = "Try again";

/// The answer to a fault that befell a session. The session outlives a provider that is away for a moment and nothing
/// else; once it has ended, the front page asks the provider anew who it is.
pub(super) fn in_session(site: &Site, session_id: &str, fault: Fault) -> HttpResponse {
    if !matches!(fault, Fault::Unreachable(_)) {
        site.sessions.end(session_id);
    }
    match fault {
        Fault::SessionEnded => see_other("/", [cookies::clear(site.app.name, Purpose::Session)]),
        fault => page(site, fault),
    }
}

/// The page for a fault. The log gets it too; no fault carries a secret.
pub(super) fn page(site: &Site, fault: Fault) -> HttpResponse {
    let app = site.app.name;
    tracing::warn!(app = app.slug(), %fault, "a conversation with the provider failed");
    let (status, heading, text, detail) = match fault {
        Fault::Unreachable(reason) => (
            StatusCode::BAD_GATEWAY,
            "Sign-in is not available",
            format!(
                "{app} could not reach {}. It may still be starting.",
                site.app.issuer
            ),
            Some(reason),
        ),
        Fault::Refused { code, description } if code == "access_denied" => (
            StatusCode::FORBIDDEN,
            "Access was not allowed",
            format!("{app} may not know who you are, so it cannot sign you in. Nothing was shared."),
            Some(with_description(code, description)),
        ),
        Fault::Refused { code, description } => (
            StatusCode::BAD_REQUEST,
            NOT_FINISHED,
            format!("{} did not sign you in to {app}.", site.app.issuer),
            Some(with_description(code, description)),
        ),
        Fault::Rejected(reason) => (
            StatusCode::BAD_GATEWAY,
            NOT_FINISHED,
            format!("{app} did not accept the answer of {}.", site.app.issuer),
            Some(reason),
        ),
        Fault::SessionEnded => (
            StatusCode::FORBIDDEN,
            "Your session has ended",
            format!("Sign in to {app} again to go on."),
            None,
        ),
    };
    respond(
        status,
        &ErrorPage {
            app,
            heading,
            text,
            detail,
            onward: TRY_AGAIN,
        },
    )
}

fn with_description(code: String, description: Option<String>) -> String {
    match description {
        Some(description) => format!("{code}: {description}"),
        None => code,
    }
}

/// An answer that belongs to no sign-in this browser has under way (RFC 6749 10.12).
pub(super) fn stale(site: &Site) -> HttpResponse {
    let text = "It was begun in another browser, or it is already over. Begin it once more.".to_owned();
    refuse(
        site,
        StatusCode::BAD_REQUEST,
        NOT_FINISHED,
        text,
        Some("state mismatch"),
    )
}

/// A query that does not parse, or says something twice (RFC 6749 3.1).
pub(super) fn malformed(site: &Site) -> HttpResponse {
    let text = "The address that led here is not one we understand.".to_owned();
    refuse(
        site,
        StatusCode::BAD_REQUEST,
        NOT_FINISHED,
        text,
        Some("malformed query"),
    )
}

/// A form that did not come from a page of ours.
pub(super) fn foreign_form(site: &Site) -> HttpResponse {
    let text = "The page it came from is out of date. Open it again and repeat what you did.".to_owned();
    refuse(site, StatusCode::FORBIDDEN, "That did not work", text, None)
}

/// Everything else.
pub(super) async fn not_found(site: Shared) -> HttpResponse {
    let page = ErrorPage {
        app: site.app.name,
        heading: "Nothing here",
        text: format!("{} has no page at this address.", site.app.name),
        detail: None,
        onward: "Go to the front page",
    };
    respond(StatusCode::NOT_FOUND, &page)
}

fn refuse(
    site: &Site,
    status: StatusCode,
    heading: &'static str,
    text: String,
    detail: Option<&'static str>,
) -> HttpResponse {
    let detail = detail.map(str::to_owned);
    respond(
        status,
        &ErrorPage {
            app: site.app.name,
            heading,
            text,
            detail,
            onward: TRY_AGAIN,
        },
    )
}

#[cfg(test)]
mod tests {
    use actix_web::App;
    use actix_web::test::{TestRequest, call_service, init_service, read_body};
    use actix_web::web::Data;

    use super::*;
    use crate::app::AppName;
    use crate::tokens;

    /// A provider that is away: its address is real, and nobody listens there any more.
    fn nobody() -> String {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    }

    #[test]
    fn a_provider_that_is_away_costs_nobody_the_session() {
        let mut app = crate::app::sample(AppName::Notes);
        app.issuer = nobody();
        let site = Data::new(Site::new(app).unwrap());
        let id = site.sessions.open(tokens::sample());
        actix_web::rt::System::new().block_on(async {
            let service = App::new()
                .app_data(site.clone())
                .configure(crate::routes::configure);
            let service = init_service(service).await;
            let known = cookies::set(AppName::Notes, Purpose::Session, id.clone());
            for request in [TestRequest::get(), TestRequest::get().cookie(known)] {
                let host = site.app.authority().to_owned();
                let request = request.uri("/").insert_header(("host", host));
                let answer = call_service(&service, request.to_request()).await;
                assert_eq!(answer.status(), 502);
                let page = read_body(answer).await;
                let page = str::from_utf8(&page).unwrap();
                assert!(page.contains("Sign-in is not available") && page.contains(&site.app.issuer));
                assert!(page.contains("href=\"/\">Try again</a>"));
            }
        });
        assert!(site.sessions.find(&id).is_some());
    }
}
