//! The pages, as the templates see them: finished words and numbers, nothing to decide.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use kernel::Timestamp;

use crate::api_client::{ApiAnswer, Outcome};
use crate::app::{AppName, DemoApp};
use crate::jwt::{DecodedJwt, pretty};
use crate::relying_party::UserInfo;
use crate::sample::{self, Content};
use crate::sessions::Session;
use crate::tokens::Tokens;

/// The page of somebody who is signed in.
#[derive(Template)]
#[template(path = "home.html")]
pub(crate) struct HomePage {
    app: AppName,
    other: AppName,
    other_url: String,
    issuer: String,
    form_token: String,
    person: Person,
    content: Content,
    tokens: [TokenView; 2],
    userinfo: String,
    scope: Vec<String>,
    expires_at: Option<String>,
    refresh_token: &'static str,
    can_refresh: bool,
    renewals: u32,
    api: String,
    answer: Option<Arc<ApiAnswer>>,
}

/// Who is signed in.
struct Person {
    name: String,
    email: Option<String>,
    subject: String,
}

/// A token taken apart.
struct TokenView {
    title: &'static str,
    purpose: String,
    jwt: Option<JwtView>,
    /// Of the whole token, in characters.
    length: usize,
}

struct JwtView {
    algorithm: String,
    kid: Option<String>,
    expires_at: Option<String>,
    header: String,
    claims: String,
    signature_length: usize,
}

/// The page after signing out.
#[derive(Template)]
#[template(path = "signed_out.html")]
pub(crate) struct SignedOutPage {
    pub(crate) app: AppName,
    pub(crate) issuer: String,
    pub(crate) extent: SignOutExtent,
}

/// What has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignOutExtent {
    /// The session here; whether the provider's has ended is not known.
    Here,
    /// The session here and the one at the provider, which sent the browser back.
    Everywhere,
    /// The session here, because the provider said that the one there has ended.
    AsTold,
}

/// A page that says what happened and what to do next.
#[derive(Template)]
#[template(path = "error.html")]
pub(crate) struct ErrorPage {
    pub(crate) app: AppName,
    pub(crate) heading: &'static str,
    pub(crate) text: String,
    /// The provider's error code and its description, or a reason for people who look closer.
    pub(crate) detail: Option<String>,
    /// What the way on is called; it always leads to the front page.
    pub(crate) onward: &'static str,
}

impl HomePage {
    /// Puts together what is held for a session and what the provider just said.
    pub(crate) fn new(app: &DemoApp, session: &Session, tokens: &Tokens, userinfo: &UserInfo) -> Self {
        let (other, other_url) = &app.other;
        let identity = format!("Tells {} who you are.", app.name);
        Self {
            app: app.name,
            other: *other,
            other_url: other_url.to_string(),
            issuer: app.issuer.clone(),
            form_token: session.form_token.clone(),
            person: Person::new(userinfo),
            content: sample::content(app.name),
            tokens: [
                TokenView::new("ID token", identity, &tokens.id_token.to_string()),
                TokenView::new(
                    "Access token",
                    access_purpose(app.name),
                    tokens.access_token.secret(),
                ),
            ],
            userinfo: pretty(userinfo),
            scope: tokens.scope.clone(),
            expires_at: tokens.expires_at.map(moment),
            refresh_token: if tokens.refresh_token.is_some() {
                "Held, and never shown"
            } else {
                "None"
            },
            can_refresh: tokens.refresh_token.is_some(),
            renewals: tokens.renewals,
            api: app.api.identifier(),
            answer: session.answer(),
        }
    }
}

fn access_purpose(app: AppName) -> String {
    format!("Lets {app} ask about you, and no more than you allowed.")
}

impl Person {
    fn new(userinfo: &UserInfo) -> Self {
        let subject = userinfo.subject().to_string();
        let name = userinfo
            .name()
            .and_then(|name| name.get(None))
            .map(|name| name.to_string());
        let username = || userinfo.preferred_username().map(|name| name.to_string());
        Self {
            name: name.or_else(username).unwrap_or_else(|| subject.clone()),
            email: userinfo.email().map(|email| email.to_string()),
            subject,
        }
    }
}

impl TokenView {
    fn new(title: &'static str, purpose: String, token: &str) -> Self {
        Self {
            title,
            purpose,
            jwt: DecodedJwt::parse(token).map(JwtView::from),
            length: token.len(),
        }
    }
}

impl From<DecodedJwt> for JwtView {
    fn from(jwt: DecodedJwt) -> Self {
        Self {
            algorithm: jwt.header_text("alg").unwrap_or("unsigned").to_owned(),
            kid: jwt.header_text("kid").map(str::to_owned),
            expires_at: jwt.expires_at().map(moment),
            header: jwt.header(),
            claims: jwt.claims(),
            signature_length: jwt.signature_length,
        }
    }
}

/// A moment as people read it: RFC 3339 with a space, and the zone by name.
fn moment(at: Timestamp) -> String {
    at.to_rfc3339().replace('T', " ").replace('Z', " UTC")
}

/// Renders a page. A template that fails is a defect of this program; the person still gets an answer.
pub(crate) fn respond(status: StatusCode, page: &impl Template) -> HttpResponse {
    match page.render() {
        Ok(html) => HttpResponse::build(status)
            .content_type("text/html; charset=utf-8")
            .body(html),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            HttpResponse::InternalServerError().finish()
        }
    }
}

#[cfg(test)]
mod tests {
    use openidconnect::AccessToken;

    use super::*;
    use crate::http::HttpFault;

    const PERSON: &[u8] = br#"{"sub":"0198f2c6-7d1e-7b35-9c41-5a2f64d0e9b7","name":"Alice <b>Example</b>",
        "email":"alice@example.org","groups":["staff"]}"#;

    fn home(name: AppName, tokens: Tokens) -> String {
        let userinfo = UserInfo::from_json::<HttpFault>(PERSON, None).unwrap();
        let session = crate::sessions::sample(tokens);
        let tokens = session.tokens.try_lock().unwrap();
        HomePage::new(&crate::app::sample(name), &session, &tokens, &userinfo)
            .render()
            .unwrap()
    }

    #[test]
    fn says_who_is_signed_in() {
        let page = home(AppName::Notes, crate::tokens::sample());
        for text in [
            "Alice &#60;b&#62;Example",
            "alice@example.org",
            "<code>0198f2c6-",
            "staff",
            "at+jwt",
            "k-5de0b8c1",
        ] {
            assert!(page.contains(text), "{text}");
        }
        assert!(!page.contains("<b>"));
    }

    #[test]
    fn tells_the_applications_apart() {
        let (notes, calendar) = (
            home(AppName::Notes, crate::tokens::sample()),
            home(AppName::Calendar, crate::tokens::sample()),
        );
        assert!(notes.contains("Open Calendar") && notes.contains("Your notes"));
        assert!(calendar.contains("Open Notes") && calendar.contains("Your week"));
    }

    #[test]
    fn shows_no_refresh_token_and_no_signature() {
        let page = home(AppName::Notes, crate::tokens::sample());
        assert!(page.contains("Held, and never shown"));
        assert!(!page.contains("never-shown") && !page.contains("BwcHBwcH"));
    }

    #[test]
    fn an_opaque_access_token_stays_closed() {
        let tokens = Tokens {
            access_token: AccessToken::new("opaque-secret".to_owned()),
            ..crate::tokens::sample()
        };
        let page = home(AppName::Notes, tokens);
        assert!(page.contains("An opaque token of 13 characters") && !page.contains("opaque-secret"));
    }

    #[test]
    fn nothing_is_inline() {
        let page = home(AppName::Notes, crate::tokens::sample());
        assert!(!page.contains("<script") && !page.contains("<style") && !page.contains(" style="));
    }
}
