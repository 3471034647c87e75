//! Token introspection (RFC 7662): what a token says, to those whom it concerns.
//!
//! A client may ask about its own tokens, a resource server about access tokens meant for it. Everybody else, and whoever
//! asks about anything that does not count, hears that it is not active and nothing more (2.2).

use identity::User;
use kernel::secret::RefreshToken;
use kernel::{Ctx, Plain, StorageFault};
use protocol::IntrospectionResponse;

use crate::client::{Client, RefreshRotation};
use crate::grant::GrantPorts;
use crate::grant::outcome::Stop;
use crate::grant::presented::{Presented, find, judge, opaque};
use crate::keys::KeyRing;
use crate::verify::{self, AccessClaims};

/// Something that concerns the caller.
#[derive(Debug)]
pub enum Introspected {
    /// A genuine access token in date; whether it was taken back is still to be asked.
    AccessToken(Box<AccessClaims>),
    /// Perhaps a refresh token: storage knows.
    RefreshToken(Plain<RefreshToken>),
}

/// What `token` is; `None` when it is nothing, or nothing that concerns `caller`.
pub fn read(ring: &KeyRing, ctx: &Ctx, caller: &Client, token: &str) -> Option<Introspected> {
    if let Some(token) = opaque(token) {
        return Some(Introspected::RefreshToken(token));
    }
    let claims = verify::access_token(ring, ctx, token).ok()?;
    may_see(caller, &claims).then(|| Introspected::AccessToken(Box::new(claims)))
}

/// Whether `caller` may know about this access token: its own, or meant for an API it is the server of.
fn may_see(caller: &Client, token: &AccessClaims) -> bool {
    token.client_id == caller.client_id
        || token.is_for(&caller.client_id)
        || caller
            .policy
            .resource_server_of
            .iter()
            .any(|own| token.is_for(own))
}

/// About an access token that counts. `username` is that of its person.
pub fn access_token(ctx: &Ctx, token: AccessClaims, username: Option<String>) -> IntrospectionResponse {
    IntrospectionResponse {
        active: true,
        scope: Some(token.scope).filter(|scope| !scope.is_empty()),
        client_id: Some(token.client_id),
        username,
        token_type: Some("Bearer"),
        exp: Some(token.exp.as_secs()),
        iat: Some(token.iat.as_secs()),
        sub: Some(token.sub),
        aud: token.aud,
        iss: Some(ctx.issuer.as_str().to_owned()),
        jti: Some(token.jti.to_string()),
        auth_time: token.auth_time.map(|at| at.as_secs()),
        acr: token.acr,
        sid: token.sid.map(|sid| sid.to_string()),
    }
}

/// About what may be a refresh token of `caller`: active as long as a refresh with it would bring a new one.
///
/// # Errors
/// Storage.
pub fn refresh_token(
    tx: &mut (impl GrantPorts + ?Sized),
    ctx: &Ctx,
    caller: &Client,
    token: Plain<RefreshToken>,
) -> Result<IntrospectionResponse, StorageFault> {
    match counting(tx, ctx, caller, token) {
        Ok(Some((presented, user))) => Ok(describe(ctx, caller, &presented, user)),
        Ok(None) | Err(Stop::Refuse(_)) => Ok(IntrospectionResponse::default()),
        Err(Stop::Storage(fault)) => Err(fault),
    }
}

/// The token and its person, if both still count.
fn counting(
    tx: &mut (impl GrantPorts + ?Sized),
    ctx: &Ctx,
    caller: &Client,
    token: Plain<RefreshToken>,
) -> Result<Option<(Presented, User)>, Stop> {
    let presented = find(tx, caller, token)?;
    judge(tx, ctx, caller, &presented)?;
    if presented.row.spent.is_some() {
        return Ok(None);
    }
    let user = tx.user(presented.grant.user)?.filter(User::is_active);
    Ok(user.map(|user| (presented, user)))
}

/// Without `token_type`: that is a word about access tokens (RFC 6749 7.1). When a token that does not rotate was issued is
/// not kept, only when it was last used.
fn describe(ctx: &Ctx, caller: &Client, presented: &Presented, user: User) -> IntrospectionResponse {
    let grant = &presented.grant;
    let rotates = caller.refresh_rotation() == RefreshRotation::On;
    IntrospectionResponse {
        active: true,
        scope: Some(grant.scope.clone()),
        client_id: Some(grant.client_id.clone()),
        username: Some(user.username),
        exp: Some(presented.expires_at(ctx).as_secs()),
        iat: rotates.then_some(presented.row.issued_at.as_secs()),
        sub: Some(grant.user.to_string()),
        iss: Some(ctx.issuer.as_str().to_owned()),
        auth_time: Some(grant.authentication.at.as_secs()),
        acr: Some(grant.authentication.acr().to_owned()),
        sid: Some(grant.sid.to_string()),
        ..IntrospectionResponse::default()
    }
}

#[cfg(test)]
mod tests {
    use kernel::SystemEntropy;
    use kernel::id::{Sid, TokenId, UserId};
    use protocol::Scope;
    use serde_json::json;

    use super::*;
    use crate::client::ApplicationType;
    use crate::client::tests_support::client;
    use crate::keys::testing::{NOW, ctx};

    fn token() -> AccessClaims {
        AccessClaims {
            sub: UserId::generate(&SystemEntropy).to_string(),
            client_id: "app".into(),
            aud: vec!["https://api.test".into(), "https://id.example.com".into()],
            scope: Scope::parse("openid read").unwrap(),
            jti: TokenId::generate(&SystemEntropy, NOW),
            grant: None,
            sid: Some(Sid::generate(&SystemEntropy)),
            iat: NOW,
            exp: NOW,
            auth_time: Some(NOW),
            acr: Some("1".into()),
            userinfo_claims: Vec::new(),
            kid: "k1".into(),
        }
    }

    #[test]
    fn a_token_concerns_its_client_and_the_servers_it_is_for() {
        let mut caller = client(ApplicationType::Web, &[]);
        assert!(!may_see(&caller, &token()), "a stranger");
        caller.policy.resource_server_of = vec!["https://other.test".into(), "https://api.test".into()];
        assert!(may_see(&caller, &token()), "the server of an API in the audience");
        caller.policy.resource_server_of = vec!["https://api.test/".into()];
        assert!(!may_see(&caller, &token()), "not to the byte");
        caller.client_id = "app".into();
        assert!(may_see(&caller, &token()), "its own");
        caller.client_id = "https://api.test".into();
        assert!(may_see(&caller, &token()), "it is the audience itself");
    }

    #[test]
    fn an_active_token_says_what_it_is_and_an_inactive_one_nothing() {
        let token = token();
        let expected = json!({
            "active": true, "scope": "openid read", "client_id": "app", "username": "alice", "token_type": "Bearer",
            "exp": 1_763_000_000, "iat": 1_763_000_000, "sub": token.sub, "iss": "https://id.example.com",
            "aud": ["https://api.test", "https://id.example.com"], "jti": token.jti.to_string(),
            "auth_time": 1_763_000_000, "acr": "1", "sid": token.sid.unwrap().to_string(),
        });
        let told = access_token(&ctx().0, token, Some("alice".into()));
        assert_eq!(serde_json::to_value(told).unwrap(), expected);
        let nothing = serde_json::to_value(IntrospectionResponse::default()).unwrap();
        assert_eq!(nothing, json!({ "active": false }));
    }
}
