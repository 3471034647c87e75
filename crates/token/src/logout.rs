//! What a logout request means (OpenID Connect RP-Initiated Logout 1.0 2 and 3). Ending sessions is the caller's part.

use identity::User;
use kernel::Ctx;
use protocol::Params;
use session::Session;

use crate::client::{Client, PostLogoutTarget};
use crate::keys::ring::KeyRing;
use crate::verify::{self, HintClaims};

/// The application that asked, for the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskingApp {
    /// Its name.
    pub name: String,
    /// Its home page, if it registered one.
    pub home: Option<String>,
}

/// A logout request once understood. Everything in it is proven; what could not be proven is absent.
#[derive(Debug, Clone, Default)]
pub struct LogoutRequest {
    /// Whose session is meant, by a genuine ID token. It may have expired.
    pub hint: Option<HintClaims>,
    /// Who asks.
    pub app: Option<AskingApp>,
    /// Where to go afterwards.
    pub target: Option<PostLogoutTarget>,
}

impl LogoutRequest {
    /// Whether the hint names this session: then no question is needed.
    pub fn names(&self, session: &Session, user: &User) -> bool {
        self.hint
            .as_ref()
            .is_some_and(|hint| hint.sub == user.id && hint.sid.is_none_or(|sid| sid == session.sid))
    }
}

/// What of a request is worth keeping until a browser comes for it.
pub const PARAMETERS: [&str; 5] = [
    "id_token_hint",
    "client_id",
    "post_logout_redirect_uri",
    "state",
    "ui_locales",
];

/// The claims of a genuine `id_token_hint`.
pub fn hint(ring: &KeyRing, ctx: &Ctx, params: &Params) -> Option<HintClaims> {
    let text = params
        .get("id_token_hint")
        .filter(|_| params.first_repeated().is_none())?;
    verify::id_token_hint(ring, ctx, text).ok()
}

/// The client that asks: the hint's audience; `client_id` must then be the same, or stands alone when there is no hint.
pub fn client_id(params: &Params, hint: Option<&HintClaims>) -> Option<String> {
    if params.first_repeated().is_some() {
        return None;
    }
    let named = params.get("client_id");
    match (hint, named) {
        (Some(hint), Some(named)) => (hint.client_id == named).then(|| named.to_owned()),
        (Some(hint), None) => Some(hint.client_id.clone()),
        // A hint that was sent but is not genuine proves that something is wrong with this request.
        (None, named) => named
            .filter(|_| params.get("id_token_hint").is_none())
            .map(str::to_owned),
    }
}

/// Puts together what can be believed.
pub fn check(params: &Params, hint: Option<HintClaims>, client: Option<&Client>) -> LogoutRequest {
    let Some(client) = client.filter(|client| client.enabled) else {
        return LogoutRequest {
            hint: None,
            app: None,
            target: None,
        };
    };
    let presented = params.get("post_logout_redirect_uri");
    let target = presented.and_then(|uri| PostLogoutTarget::prove(client, uri, params.get("state")));
    // An address that is not the client's spoils the request: it is asked about, and nobody is redirected.
    let hint = hint.filter(|_| presented.is_none() || target.is_some());
    let app = AskingApp {
        name: client.display_name().to_owned(),
        home: client.metadata.client_uri.clone(),
    };
    LogoutRequest {
        hint,
        app: Some(app),
        target,
    }
}
