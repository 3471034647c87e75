//! Whether an access token that is genuine and in date still counts.
//!
//! The process's replica of the revocation list answers while it is fresh. Without news for longer than the policy allows
//! it can still say no, but no longer yes: then storage has to be asked.

use kernel::Ctx;
use session::RevocationList;

use crate::verify::AccessClaims;

/// What the replica knows about a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It counts.
    Good,
    /// It was taken back, by itself or with its grant, session, person, client or key.
    Revoked,
    /// The replica is too old to say: ask [`Revocations::is_revoked`](session::Revocations::is_revoked).
    Unknown,
}

/// Asks the replica about `token`.
pub fn standing(list: &RevocationList, ctx: &Ctx, token: &AccessClaims) -> Standing {
    // Freshness first: news that comes between the two questions is then seen by the second.
    let fresh = list.is_fresh(ctx.now(), ctx.policy.revocation_max_lag);
    if list.refuses(&token.issued()) {
        Standing::Revoked
    } else if fresh {
        Standing::Good
    } else {
        Standing::Unknown
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use kernel::SystemEntropy;
    use kernel::id::{TokenId, UserId};
    use protocol::Scope;
    use session::{Revocation, Revoked};

    use super::*;
    use crate::keys::testing::{NOW, ctx};

    fn token(sub: &str) -> AccessClaims {
        AccessClaims {
            sub: sub.to_owned(),
            client_id: "web".into(),
            aud: vec!["https://id.example.com".into()],
            scope: Scope::default(),
            jti: TokenId::generate(&SystemEntropy, NOW),
            grant: None,
            sid: None,
            iat: NOW,
            exp: NOW.plus(Duration::from_secs(600)),
            auth_time: None,
            acr: None,
            userinfo_claims: Vec::new(),
            kid: "k1".into(),
        }
    }

    #[test]
    fn a_fresh_list_says_yes_and_an_old_one_only_no() {
        let (ctx, clock) = ctx();
        let list = RevocationList::default();
        let (token, other) = (token("web"), token("web"));
        assert_eq!(standing(&list, &ctx, &token), Standing::Unknown);
        list.known_until(NOW);
        assert_eq!(standing(&list, &ctx, &token), Standing::Good);
        list.add([Revocation::at(NOW, Revoked::Token(token.jti))]);
        assert_eq!(standing(&list, &ctx, &token), Standing::Revoked);
        clock.advance(ctx.policy.revocation_max_lag + Duration::from_millis(1));
        assert_eq!(standing(&list, &ctx, &token), Standing::Revoked);
        assert_eq!(standing(&list, &ctx, &other), Standing::Unknown);
    }

    #[test]
    fn a_clients_own_token_is_nobodys_though_its_name_be_a_persons() {
        let person = UserId::generate(&SystemEntropy);
        let mut own = token(&person.to_string());
        assert_eq!(own.user(), Some(person));
        own.client_id = person.to_string();
        assert_eq!(own.user(), None);
    }
}
