//! Somebody who writes requests by hand. Also for what an honest library would not send or show.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use serde_json::Value;

use super::browser::{encode, http};
use super::{Browser, Page};
use crate::cast::{CALLBACK, SECRET};
use crate::rig::Provider;

/// A code verifier (RFC 7636 appendix B).
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// Its challenge.
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Sends what it likes.
pub struct Attacker<'a>(pub &'a Provider);

/// What came back from an endpoint for programs.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// HTTP headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: String,
    /// The same as JSON; null when it is none.
    pub json: Value,
}

impl Attacker<'_> {
    /// The usual request of a client at [`CALLBACK`], with parameters replaced, added (`Some`) or left out (`None`).
    pub fn authorize_url(&self, client_id: &str, changes: &[(&str, Option<&str>)]) -> String {
        let usual = [
            ("client_id", client_id),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid offline_access"),
            ("state", "a state & more"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let kept = usual
            .into_iter()
            .filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        let added = changes
            .iter()
            .filter_map(|(name, value)| value.map(|value| (*name, value)));
        self.0.url(&format!(
            "/authorize?{}",
            encode(&kept.chain(added).collect::<Vec<_>>())
        ))
    }

    /// Opens such a request in a browser of its own; what comes first, be it a redirect.
    pub fn authorize(&self, client_id: &str, changes: &[(&str, Option<&str>)]) -> Page {
        Browser::new(self.0).get(&self.authorize_url(client_id, changes))
    }

    /// A code of alice for that client.
    pub fn code(&self, client_id: &str, changes: &[(&str, Option<&str>)]) -> String {
        let landed = Browser::new(self.0).sign_in(&self.authorize_url(client_id, changes), "alice");
        super::browser::param(&landed, "code").unwrap_or_else(|| panic!("no code: {landed}"))
    }

    /// A token request of that client, with Basic.
    pub fn token(&self, client_id: &str, form: &[(&str, &str)]) -> Answer {
        self.token_with(Some(&basic(client_id, SECRET)), form)
    }

    /// A token request with that Authorization header.
    pub fn token_with(&self, authorization: Option<&str>, form: &[(&str, &str)]) -> Answer {
        self.post("/token", authorization, form)
    }

    /// A form for any endpoint, with that Authorization header.
    pub fn post(&self, path: &str, authorization: Option<&str>, form: &[(&str, &str)]) -> Answer {
        let mut request = http().post(self.0.url(path)).body(encode(form));
        request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(value) = authorization {
            request = request.header(AUTHORIZATION, value);
        }
        Answer::read(request.send().unwrap())
    }

    /// Redeems a code as the honest client would.
    pub fn redeem(&self, client_id: &str, code: &str) -> Answer {
        self.token(client_id, &redemption(code))
    }

    /// Gives a token back (RFC 7009), with further parameters.
    pub fn revoke(&self, client_id: &str, token: &str, extra: &[(&str, &str)]) -> Answer {
        let form = [&[("token", token)], extra].concat();
        self.post("/revoke", Some(&basic(client_id, SECRET)), &form)
    }

    /// Asks about a token (RFC 7662).
    pub fn introspect(&self, client_id: &str, token: &str) -> Answer {
        self.post(
            "/introspect",
            Some(&basic(client_id, SECRET)),
            &[("token", token)],
        )
    }

    /// Refreshes as the honest client would.
    pub fn refresh(&self, client_id: &str, token: &str) -> Answer {
        self.token(
            client_id,
            &[("grant_type", "refresh_token"), ("refresh_token", token)],
        )
    }

    /// Asks userinfo.
    pub fn userinfo(&self, token: &str) -> Answer {
        let request = http()
            .get(self.0.url("/userinfo"))
            .header(AUTHORIZATION, format!("Bearer {token}"));
        Answer::read(request.send().unwrap())
    }
}

/// The form that redeems a code got by [`Attacker::code`].
pub fn redemption(code: &str) -> [(&str, &str); 4] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ]
}

/// RFC 7617.
pub fn basic(client_id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{client_id}:{secret}")))
}

impl Answer {
    pub fn read(response: reqwest::blocking::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.text().unwrap();
        let json = serde_json::from_str(&body).unwrap_or(Value::Null);
        Self {
            status,
            headers,
            body,
            json,
        }
    }

    /// A member that is text.
    #[track_caller]
    pub fn text(&self, name: &str) -> &str {
        self.json[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name}: {self:?}"))
    }

    /// A success, and its access token.
    #[track_caller]
    pub fn granted(&self) -> &str {
        assert_eq!(self.status, 200, "{self:?}");
        assert_eq!(self.headers["cache-control"], "no-store");
        self.text("access_token")
    }

    /// RFC 6749 5.2: 400 (401 for `invalid_client`), never cached.
    #[track_caller]
    pub fn refused(&self, error: &str) {
        let status = if error == "invalid_client" { 401 } else { 400 };
        assert_eq!((self.status, self.text("error")), (status, error), "{self:?}");
        assert_eq!(self.headers["cache-control"], "no-store");
    }
}
