//! Somebody who can sign anything, even with the provider's own keys, and knocks at every door.

use std::cell::RefCell;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::PrivateSigningKey as _;
use reqwest::header::AUTHORIZATION;
use serde_json::{Value, json};
use token::SigningAlg;

use crate::actors::browser::{encode, http, param};
use crate::actors::{ApiServer, Attacker, Browser, Page};
use crate::apis::{self, NOTES, part};
use crate::rig::Provider;

/// What a token is made to look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Access,
    Id,
}

pub const KINDS: [Kind; 2] = [Kind::Access, Kind::Id];

pub struct Forge {
    pub provider: Provider,
    /// Verifies tokens and asks nobody.
    api: ApiServer,
    /// Alice is signed in there.
    browser: RefCell<Browser>,
    access: String,
    id: String,
}

impl Forge {
    pub fn new() -> Self {
        let provider = apis::provider();
        let attacker = Attacker(&provider);
        let mut browser = Browser::new(&provider);
        let changes = [("scope", Some("openid notes.read")), ("resource", Some(NOTES))];
        let landed = browser.sign_in(&attacker.authorize_url("web", &changes), "alice");
        let answer = attacker.redeem("web", &param(&landed, "code").unwrap());
        Self {
            access: answer.granted().to_owned(),
            id: answer.text("id_token").to_owned(),
            api: ApiServer::trusting(&provider),
            browser: RefCell::new(browser),
            provider,
        }
    }

    pub fn genuine(&self, kind: Kind) -> &str {
        match kind {
            Kind::Access => &self.access,
            Kind::Id => &self.id,
        }
    }

    pub fn claims(&self, kind: Kind) -> Value {
        part(self.genuine(kind), 1)
    }

    /// The header of a genuine token that [`Forge::signed`] signs for.
    pub fn header(&self, kind: Kind) -> Value {
        let mut header = json!({ "alg": "ES256", "kid": self.kid() });
        if kind == Kind::Access {
            header["typ"] = json!("at+jwt");
        }
        header
    }

    /// The provider's active ES256 key.
    pub fn kid(&self) -> String {
        self.provider
            .ring()
            .signer(SigningAlg::ES256)
            .unwrap()
            .kid()
            .to_owned()
    }

    /// That key as everybody may see it.
    pub fn public_key(&self) -> Value {
        let jwks = http().get(self.provider.url("/jwks")).send().unwrap();
        let jwks: Value = serde_json::from_str(&jwks.text().unwrap()).unwrap();
        let kid = json!(self.kid());
        let keys = jwks["keys"].as_array().unwrap();
        keys.iter().find(|key| key["kid"] == kid).unwrap().clone()
    }

    /// Signs anything with the provider's active ES256 key.
    pub fn signed(&self, header: &Value, claims: &str) -> String {
        let message = message(header, claims);
        let ring = self.provider.ring();
        let signer = ring.signer(SigningAlg::ES256).unwrap();
        let signature = signer.sign(&signer.openid_alg(), message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// A genuine token with one claim put otherwise; `None` leaves it out.
    pub fn with_claim(&self, kind: Kind, name: &str, value: Option<&Value>) -> String {
        let mut claims = self.claims(kind);
        let members = claims.as_object_mut().unwrap();
        match value {
            Some(value) => drop(members.insert(name.to_owned(), value.clone())),
            None => drop(members.remove(name)),
        }
        self.signed(&self.header(kind), &claims.to_string())
    }

    /// The same with a value that no JSON library would write.
    pub fn with_raw_claim(&self, kind: Kind, name: &str, value: &str) -> String {
        let mut claims = self.claims(kind);
        claims.as_object_mut().unwrap().remove(name);
        let rest = claims.to_string();
        self.signed(
            &self.header(kind),
            &format!("{{\"{name}\":{value},{}", &rest[1..]),
        )
    }

    /// A genuine token with other words in its header, signed for them.
    pub fn with_header(&self, kind: Kind, words: &Value) -> String {
        let mut header = self.header(kind);
        for (name, value) in words.as_object().unwrap() {
            header[name] = value.clone();
        }
        self.signed(&header, &self.claims(kind).to_string())
    }

    /// Nobody believes it anywhere, and nothing has happened.
    #[track_caller]
    pub fn assert_refused(&self, token: &str, what: &str) {
        let attacker = Attacker(&self.provider);
        let what = format!("{what}: {token:.300}");
        let userinfo = attacker.userinfo(token);
        assert_eq!(
            (userinfo.status, userinfo.text("error")),
            (401, "invalid_token"),
            "{what}"
        );
        for caller in ["web", "notes"] {
            let told = attacker.introspect(caller, token);
            assert_eq!(told.json, json!({ "active": false }), "{what}");
        }
        assert_eq!(attacker.revoke("web", token, &[]).status, 200, "{what}");
        attacker.refresh("web", token).refused("invalid_grant");
        assert_eq!(self.api.call(token), 401, "{what}");
        self.assert_no_hint(token, &what);
    }

    #[track_caller]
    pub fn assert_no_hint(&self, token: &str, what: &str) {
        let back = self.hint_to_authorize(token).location().unwrap();
        assert!(back.contains("error=invalid_request"), "{what}: {back}");
        let asked = self.hint_to_log_out(token);
        assert!(asked.title().starts_with("Sign out"), "{what}: {}", asked.title());
    }

    /// Whether an authorization request with this hint is refused.
    pub fn authorization_refuses(&self, token: &str) -> bool {
        let back = self.hint_to_authorize(token).location().unwrap();
        back.contains("error=invalid_request")
    }

    /// The status of the API's answer.
    pub fn call_api(&self, token: &str) -> u16 {
        self.api.call(token)
    }

    fn hint_to_authorize(&self, token: &str) -> Page {
        let changes = [("id_token_hint", Some(token)), ("prompt", Some("none"))];
        let url = Attacker(&self.provider).authorize_url("web", &changes);
        self.browser.borrow_mut().get(&url)
    }

    fn hint_to_log_out(&self, token: &str) -> Page {
        let url = format!("/logout?{}", encode(&[("id_token_hint", token)]));
        self.browser.borrow_mut().open(&self.provider.url(&url)).page()
    }

    /// It opens what a token of its kind opens. A logout it opens last.
    #[track_caller]
    pub fn assert_believed(&self, kind: Kind, token: &str) {
        let attacker = Attacker(&self.provider);
        match kind {
            Kind::Access => {
                assert_eq!(attacker.userinfo(token).status, 200);
                assert_eq!(attacker.introspect("notes", token).json["active"], true);
                assert_eq!(self.api.call(token), 200);
            }
            Kind::Id => {
                let back = self.hint_to_authorize(token).location().unwrap();
                assert!(back.contains("code="), "{back}");
                let gone = self.hint_to_log_out(token);
                assert!(gone.title().starts_with("Signed out"), "{}", gone.title());
            }
        }
    }

    /// What was true before is true still.
    #[track_caller]
    pub fn assert_unchanged(&self) {
        for kind in KINDS {
            self.assert_believed(kind, self.genuine(kind));
        }
    }

    /// The status of an answer to a POST of this token as a form's, where no header would hold it.
    pub fn userinfo_by_form(&self, token: &str) -> u16 {
        let answer = Attacker(&self.provider).post("/userinfo", None, &[("access_token", token)]);
        answer.status
    }

    /// The status of an answer to whatever header.
    pub fn userinfo_by_header(&self, token: &str) -> u16 {
        let request = http()
            .get(self.provider.url("/userinfo"))
            .header(AUTHORIZATION, format!("Bearer {token}"));
        // A server may also close the connection on a header of a megabyte.
        request.send().map_or(431, |answer| answer.status().as_u16())
    }
}

/// The two segments a signature is over.
pub fn message(header: &Value, claims: &str) -> String {
    format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(claims)
    )
}
