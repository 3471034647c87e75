//! What the tests of this module begin with.

use identity::{Profile, User, UserState};
use kernel::id::{BrowserId, Sid, UserId};
use kernel::{SystemEntropy, Timestamp};
use protocol::Scope;
use session::{Amr, Authentication, Device, Session};

use super::request::AuthorizationRequest;
use crate::client::tests_support::client;
use crate::client::{ApplicationType, ResponseTarget};

pub(super) const NOW: Timestamp = Timestamp::from_secs(1_763_000_000);

pub(super) fn minutes_ago(minutes: i64) -> Timestamp {
    Timestamp::from_secs(NOW.as_secs() - minutes * 60)
}

/// A request of the client `web` that asks for nothing special.
pub(super) fn request() -> AuthorizationRequest {
    let client = client(ApplicationType::Web, &["https://rp.test/cb"]);
    AuthorizationRequest {
        client_id: client.client_id.clone(),
        target: ResponseTarget::prove(&client, "https://rp.test/cb", None).unwrap(),
        scope: Scope::parse("openid email").unwrap(),
        implied_scope: Scope::default(),
        resources: vec![],
        nonce: None,
        claims: Default::default(),
        acr_values: vec![],
        ui_locales: vec![],
        prompt: Default::default(),
        max_age: None,
        login_hint: None,
        meant: Default::default(),
        choice: Default::default(),
        pkce: None,
    }
}

/// Somebody who signed in some minutes ago.
pub(super) fn person(username: &str, minutes: i64) -> (Session, User) {
    let id = UserId::generate(&SystemEntropy);
    let session = Session {
        sid: Sid::generate(&SystemEntropy),
        browser: BrowserId::generate(&SystemEntropy),
        user: id,
        device: Device::default(),
        authentication: Authentication {
            at: minutes_ago(minutes),
            methods: vec![Amr::Pwd],
        },
        created_at: minutes_ago(minutes),
        last_seen_at: minutes_ago(minutes),
        ended_at: None,
    };
    let user = User {
        id,
        username: username.into(),
        email: Some(format!("{username}@example.org")),
        email_verified: true,
        profile: Profile::default(),
        roles: vec![],
        attributes: serde_json::Map::new(),
        groups: vec![],
        group_roles: vec![],
        state: UserState::Active,
        password: None,
        created_at: minutes_ago(999),
        updated_at: minutes_ago(999),
    };
    (session, user)
}
