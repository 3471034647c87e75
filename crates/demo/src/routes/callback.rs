//! `GET /callback`: the browser returns from the provider with a code or an error.

use actix_web::http::header;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};

use super::{Shared, failure, see_other};
use crate::answer::AuthorizationAnswer;
use crate::cookies::{self, Purpose};
use crate::fault::Fault;
use crate::pending::SignInSecrets;
use crate::serve::Site;
use crate::tokens::Tokens;

pub(super) async fn callback(request: HttpRequest, site: Shared) -> HttpResponse {
    let Ok(Query(answer)) = Query::<AuthorizationAnswer>::from_query(request.query_string()) else {
        return failure::malformed(&site);
    };
    let response = match arrived(&request, &site, &answer) {
        Some(secrets) => match finish(&site, answer, secrets).await {
            Ok(tokens) => welcome(&request, &site, tokens),
            Err(fault) => failure::page(&site, fault),
        },
        // A reload or the back button after a sign-in that worked.
        None if site.session(&request).is_some() => see_other("/", []),
        None => failure::stale(&site),
    };
    without_referrer(response)
}

/// The secrets of the sign-in that this answer ends, if this browser began it.
fn arrived(request: &HttpRequest, site: &Site, answer: &AuthorizationAnswer) -> Option<SignInSecrets> {
    let browser = cookies::read(request, site.app.name, Purpose::Browser)?;
    site.sign_ins.arrive(answer.state.as_deref()?, &browser)
}

async fn finish(site: &Site, answer: AuthorizationAnswer, secrets: SignInSecrets) -> Result<Tokens, Fault> {
    let provider = site.relying_party.provider().await?;
    let code = answer.code(&site.app.issuer, provider.response_issuer)?;
    site.relying_party.finish(code, secrets).await
}

/// Opens the session under a new id; one that was there before ends, so that a planted id is worth nothing.
fn welcome(request: &HttpRequest, site: &Site, tokens: Tokens) -> HttpResponse {
    if let Some((previous, _)) = site.session(request) {
        site.sessions.end(&previous);
    }
    let id = site.sessions.open(tokens);
    see_other("/", [cookies::set(site.app.name, Purpose::Session, id)])
}

/// This address held a code; nobody needs to hear of it.
fn without_referrer(mut response: HttpResponse) -> HttpResponse {
    response.headers_mut().insert(
        header::REFERRER_POLICY,
        header::HeaderValue::from_static("no-referrer"),
    );
    response
}
