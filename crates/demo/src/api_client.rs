//! How an application calls the API: with the access token of whoever is signed in, from server to server. The answer is
//! kept to be shown, refusals included.

use outbound::{HeaderMap, Method, Outbound, OutboundError, Request, Response, StatusCode};
use serde_json::{Value, json};
use url::Url;

use crate::api::DemoApi;
use crate::jwt::pretty;

/// Longest answer shown, in bytes.
const SHOWN: usize = 16 * 1024;

/// What an application may want of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Question {
    /// The notes.
    Read,
    /// Pin this note.
    Pin(String),
}

/// What the API said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiAnswer {
    /// Method and address asked.
    pub(crate) request: String,
    /// Status code and its name, or that there was no answer.
    pub(crate) status: String,
    /// For the style of it.
    pub(crate) outcome: Outcome,
    /// `WWW-Authenticate`: why access was refused (RFC 6750 3).
    pub(crate) challenge: Option<String>,
    /// The body, indented if it is JSON; empty if there was none.
    pub(crate) body: String,
}

/// Whether the API did as it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    /// It wants another token: 401.
    TokenRefused,
    Refused,
}

/// Calls one API on this machine.
#[derive(Debug, Clone)]
pub(crate) struct ApiClient {
    http: Outbound,
    notes: Url,
}

impl ApiClient {
    /// Does not talk to the API yet.
    pub(crate) fn new(api: &DemoApi) -> Result<Self, OutboundError> {
        Ok(Self {
            http: Outbound::loopback()?,
            notes: api.notes_url(),
        })
    }

    /// Asks, with a token or without one.
    pub(crate) async fn ask(&self, question: &Question, access_token: Option<&str>) -> ApiAnswer {
        let (method, body) = match question {
            Question::Read => (Method::GET, Vec::new()),
            Question::Pin(text) => (Method::POST, json!({ "text": text }).to_string().into_bytes()),
        };
        let request = format!("{method} {}", self.notes);
        let Some(headers) = headers(access_token) else {
            return ApiAnswer::none(request, "The access token fits no header.".to_owned());
        };
        let sent = Request {
            method,
            url: self.notes.clone(),
            headers,
            body,
        };
        match self.http.send(sent).await {
            Ok(response) => ApiAnswer::read(request, &response),
            Err(error) => ApiAnswer::none(request, format!("The API could not be reached: {error}.")),
        }
    }
}

/// `None` if the token is not made of characters for a header; it came from the provider, so that would be odd.
fn headers(access_token: Option<&str>) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert("accept", "application/json".parse().ok()?);
    headers.insert("content-type", "application/json".parse().ok()?);
    if let Some(token) = access_token {
        headers.insert("authorization", format!("Bearer {token}").parse().ok()?);
    }
    Some(headers)
}

impl ApiAnswer {
    fn read(request: String, response: &Response) -> Self {
        let challenge = response.headers.get("www-authenticate");
        Self {
            request,
            status: response.status.to_string(),
            outcome: match response.status {
                status if status.is_success() => Outcome::Done,
                StatusCode::UNAUTHORIZED => Outcome::TokenRefused,
                _ => Outcome::Refused,
            },
            challenge: challenge.and_then(|value| value.to_str().ok()).map(str::to_owned),
            body: body(&response.body),
        }
    }

    fn none(request: String, reason: String) -> Self {
        Self {
            request,
            status: "No answer".to_owned(),
            outcome: Outcome::Refused,
            challenge: None,
            body: reason,
        }
    }
}

fn body(bytes: &[u8]) -> String {
    let bytes = bytes.get(..SHOWN).unwrap_or(bytes);
    match serde_json::from_slice::<Value>(bytes) {
        Ok(json) => pretty(&json),
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, challenge: Option<&str>, body: &str) -> Response {
        let mut headers = HeaderMap::new();
        if let Some(challenge) = challenge {
            headers.insert("www-authenticate", challenge.parse().unwrap());
        }
        Response {
            status: StatusCode::from_u16(status).unwrap(),
            headers,
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn a_refusal_keeps_its_words() {
        let challenge = "Bearer realm=\"r\", error=\"insufficient_scope\", scope=\"notes.write\"";
        let answer = ApiAnswer::read(
            "POST /".to_owned(),
            &response(403, Some(challenge), r#"{"error":"e"}"#),
        );
        assert_eq!(
            (answer.status.as_str(), answer.outcome),
            ("403 Forbidden", Outcome::Refused)
        );
        assert_eq!(answer.challenge.as_deref(), Some(challenge));
        assert_eq!(answer.body, "{\n  \"error\": \"e\"\n}");
    }

    #[test]
    fn only_401_speaks_of_the_token() {
        let outcome = |status| ApiAnswer::read(String::new(), &response(status, None, "")).outcome;
        assert_eq!(
            [200, 201, 401, 403, 503].map(outcome),
            [
                Outcome::Done,
                Outcome::Done,
                Outcome::TokenRefused,
                Outcome::Refused,
                Outcome::Refused
            ]
        );
    }

    #[test]
    fn what_is_no_json_is_shown_as_it_is_up_to_a_length() {
        assert_eq!(body(b"plain"), "plain");
        assert_eq!(body(&[b'x'; 2 * SHOWN]).len(), SHOWN);
    }
}
