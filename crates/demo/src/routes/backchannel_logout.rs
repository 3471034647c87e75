//! `POST /backchannel-logout`: the provider tells that a session there has ended (OpenID Connect Back-Channel Logout 1.0
//! 2.5 to 2.8). No browser is involved; the logout token is all there is to believe.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Form;
use serde::Deserialize;
use serde_json::json;

use super::Shared;
use crate::logout_token::LogoutFault;
use crate::serve::Site;

#[derive(Deserialize)]
pub(super) struct LogoutRequest {
    logout_token: String,
}

pub(super) async fn backchannel_logout(
    site: Shared,
    form: Result<Form<LogoutRequest>, actix_web::Error>,
) -> HttpResponse {
    let outcome = match form {
        Ok(form) => obey(&site, &form.logout_token).await,
        Err(_) => Err(LogoutFault::Malformed),
    };
    let mut response = match outcome {
        Ok(()) => HttpResponse::Ok().finish(),
        Err(fault) => {
            tracing::warn!(app = site.app.name.slug(), %fault, "a logout token was refused");
            HttpResponse::BadRequest().json(json!({ "error": "invalid_request" }))
        }
    };
    // 2.8.
    let no_store = header::HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, no_store);
    response
}

/// Ends the sessions the token speaks of. That there are none is fine: they may have ended here already.
async fn obey(site: &Site, logout_token: &str) -> Result<(), LogoutFault> {
    let token = site.relying_party.verified_logout(logout_token).await?;
    if !site.logouts.insert_new(token.jti, ()) {
        return Err(LogoutFault::Replayed);
    }
    site.sessions.end_as_told(&token.whom);
    Ok(())
}

#[cfg(test)]
mod tests {
    use actix_web::App;
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::web::Data;
    use kernel::{Clock, SystemClock};
    use serde_json::Value;

    use super::*;
    use crate::app::AppName;
    use crate::cookies::{self, Purpose};
    use crate::testing::{KID, provider, sign};
    use crate::tokens;

    fn logout_token(issuer: &str, changed: &[(&str, Value)]) -> String {
        let now = SystemClock.now().as_secs();
        let mut claims = json!({
            "iss": issuer, "aud": "notes", "iat": now, "exp": now + 120, "jti": "j", "sid": "s-91c4e07a",
            "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
        });
        for (name, value) in changed {
            claims[name] = value.clone();
        }
        sign(
            9,
            &json!({ "typ": "logout+jwt", "alg": "EdDSA", "kid": KID }),
            &claims,
        )
    }

    #[test]
    fn the_session_ends_and_the_front_page_says_so() {
        let mut app = crate::app::sample(AppName::Notes);
        app.issuer = provider(9);
        let site = Data::new(Site::new(app).unwrap());
        let good = logout_token(&site.app.issuer, &[]);
        let foreign = logout_token(
            &site.app.issuer,
            &[("aud", json!("calendar")), ("jti", json!("k"))],
        );
        let id = site.sessions.open(tokens::sample());
        actix_web::rt::System::new().block_on(async {
            let service = App::new()
                .app_data(site.clone())
                .configure(crate::routes::configure);
            let service = init_service(service).await;
            let tell = |body: String| {
                TestRequest::post()
                    .uri("/backchannel-logout")
                    .insert_header(("content-type", "application/x-www-form-urlencoded"))
                    .set_payload(body)
                    .to_request()
            };
            for bad in [
                String::new(),
                "logout_token=a.b.c".to_owned(),
                format!("logout_token={foreign}"),
            ] {
                let answer = call_service(&service, tell(bad)).await;
                assert_eq!(
                    (answer.status().as_u16(), site.sessions.find(&id).is_some()),
                    (400, true)
                );
            }

            let answer = call_service(&service, tell(format!("logout_token={good}"))).await;
            assert_eq!(answer.status(), 200);
            assert_eq!(answer.headers().get("cache-control").unwrap(), "no-store");
            assert!(site.sessions.find(&id).is_none());
            let replayed = call_service(&service, tell(format!("logout_token={good}"))).await;
            assert_eq!(replayed.status(), 400);

            let home = TestRequest::get()
                .uri("/")
                .insert_header(("host", "localhost:8081"))
                .cookie(cookies::set(AppName::Notes, Purpose::Session, id));
            let page = call_service(&service, home.to_request()).await;
            assert_eq!(page.status(), 200);
            let text = actix_web::test::read_body(page).await;
            assert!(String::from_utf8_lossy(&text).contains("You are signed out"));
        });
    }
}
