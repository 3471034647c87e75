//! What a story begins with: somebody signed in, a client that was given something.

use identity::User;
use kernel::id::{BrowserId, GrantId, Sid, UserId};
use kernel::secret::AuthorizationCode;
use kernel::{Ctx, Plain, SystemEntropy, Timestamp};
use protocol::Scope;
use session::{Amr, Authentication, Device, Session, Sessions as _};
use token::{Grant, Grants as _};

use super::Maps;

impl Maps {
    /// A new session of this person.
    pub(in crate::tests) fn sign_in(&mut self, ctx: &Ctx, user: &User) -> Sid {
        let session = Session {
            sid: Sid::generate(&SystemEntropy),
            browser: BrowserId::generate(&SystemEntropy),
            user: user.id,
            device: Device {
                user_agent: Some("Browser/1".into()),
                address: None,
            },
            authentication: Authentication {
                at: ctx.now(),
                methods: vec![Amr::Pwd],
            },
            created_at: ctx.now(),
            last_seen_at: ctx.now(),
            ended_at: None,
        };
        self.save_session(&session).unwrap();
        session.sid
    }

    /// What a client was given in a session.
    pub(in crate::tests) fn grant_in(&mut self, sid: Sid, client_id: &str) -> GrantId {
        let session = self.sessions[&sid].clone();
        self.note_client_of_session(sid, client_id, session.created_at)
            .unwrap();
        self.grant(session.user, sid, client_id, session.authentication)
    }

    /// What a client was given by somebody who is gone.
    pub(in crate::tests) fn grant_of(&mut self, client_id: &str) -> GrantId {
        let (user, sid) = (UserId::generate(&SystemEntropy), Sid::generate(&SystemEntropy));
        let authentication = Authentication {
            at: Timestamp::from_secs(1),
            methods: vec![Amr::Pwd],
        };
        self.grant(user, sid, client_id, authentication)
    }

    fn grant(&mut self, user: UserId, sid: Sid, client_id: &str, authentication: Authentication) -> GrantId {
        let at = authentication.at;
        let grant = Grant {
            id: GrantId::generate(&SystemEntropy, at),
            client_id: client_id.to_owned(),
            user,
            sid,
            scope: Scope::parse("openid email offline_access").unwrap(),
            resources: Vec::new(),
            authentication,
            nonce: None,
            claims: Default::default(),
            redirect_uri: "https://rp.test/cb".into(),
            pkce: None,
            code: Plain::<AuthorizationCode>::generate(&SystemEntropy).digest(),
            code_expires_at: at,
            code_redeemed_at: Some(at),
            revoked_at: None,
            created_at: at,
        };
        self.insert_grant(&grant).unwrap();
        grant.id
    }
}
