//! `POST /ask`: calls the API and keeps its answer for the page.

use actix_web::web::Form;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::{Shared, failure, see_other};
use crate::api_client::{ApiAnswer, Outcome, Question};
use crate::fault::Fault;
use crate::serve::Site;
use crate::tokens::Tokens;

#[derive(Deserialize)]
pub(super) struct AskForm {
    #[serde(default)]
    form_token: String,
    question: Asked,
    #[serde(default)]
    text: String,
}

/// Which button.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Asked {
    Read,
    Pin,
    /// What the API says to somebody who has no token.
    ReadWithoutToken,
}

pub(super) async fn ask(request: HttpRequest, site: Shared, form: Form<AskForm>) -> HttpResponse {
    let Some((id, session)) = site.session(&request) else {
        return see_other("/", []);
    };
    let AskForm {
        form_token,
        question,
        text,
    } = form.into_inner();
    if form_token != session.form_token {
        return failure::foreign_form(&site);
    }
    let answer = match question {
        Asked::ReadWithoutToken => Ok(site.api.ask(&Question::Read, None).await),
        Asked::Read => with_token(&site, &mut *session.tokens.lock().await, &Question::Read).await,
        Asked::Pin => with_token(&site, &mut *session.tokens.lock().await, &Question::Pin(text)).await,
    };
    match answer {
        Ok(answer) => {
            session.remember(answer);
            see_other("/#api", [])
        }
        Err(fault) => failure::in_session(&site, &id, fault),
    }
}

/// Asks with the access token, renewed if it has ended, and once more with a new one if the API refuses it (RFC 6750
/// 3.1: `invalid_token` may mean that it expired on the way).
async fn with_token(site: &Site, tokens: &mut Tokens, question: &Question) -> Result<ApiAnswer, Fault> {
    site.relying_party.renew_if_stale(tokens).await?;
    let answer = site.api.ask(question, Some(tokens.access_token.secret())).await;
    if answer.outcome != Outcome::TokenRefused || tokens.refresh_token.is_none() {
        return Ok(answer);
    }
    site.relying_party.refresh(tokens).await?;
    Ok(site.api.ask(question, Some(tokens.access_token.secret())).await)
}
