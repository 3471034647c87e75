//! What an application holds for a signed-in person. The ID token in it has been verified.

use std::time::Duration;

use kernel::Timestamp;
use openidconnect::core::{CoreIdToken, CoreTokenResponse};
use openidconnect::{AccessToken, OAuth2TokenResponse, RefreshToken, Scope, SubjectIdentifier};

use crate::jwt::DecodedJwt;

/// An access token this close to its end is renewed rather than sent.
const MARGIN: Duration = Duration::from_secs(5);

/// The tokens of one session.
pub(crate) struct Tokens {
    /// Who it is; also the hint at sign-out (OpenID Connect RP-Initiated Logout 2).
    pub(crate) id_token: CoreIdToken,
    /// `sub` of the ID token; userinfo and later ID tokens must agree with it.
    pub(crate) subject: SubjectIdentifier,
    /// For the userinfo endpoint.
    pub(crate) access_token: AccessToken,
    /// When the access token ends, if the provider said (RFC 6749 5.1).
    pub(crate) expires_at: Option<Timestamp>,
    /// Held when `offline_access` was granted.
    pub(crate) refresh_token: Option<RefreshToken>,
    /// The scope granted; may be less than what was asked for.
    pub(crate) scope: Vec<String>,
    /// How often the tokens were renewed since sign-in.
    pub(crate) renewals: u32,
}

impl Tokens {
    /// From the answer to a code. `asked` is the scope when the answer names none (RFC 6749 5.1).
    pub(crate) fn first(
        answer: &CoreTokenResponse,
        id_token: CoreIdToken,
        subject: SubjectIdentifier,
        asked: &[&str],
        now: Timestamp,
    ) -> Self {
        Self {
            id_token,
            subject,
            access_token: answer.access_token().clone(),
            expires_at: end_of(answer, now),
            refresh_token: answer.refresh_token().cloned(),
            scope: names(answer.scopes()).unwrap_or_else(|| asked.iter().map(|s| (*s).to_owned()).collect()),
            renewals: 0,
        }
    }

    /// Takes over the answer to a refresh token: what is new replaces, what is missing stays (RFC 6749 6).
    pub(crate) fn renew(
        &mut self,
        answer: &CoreTokenResponse,
        id_token: Option<CoreIdToken>,
        now: Timestamp,
    ) {
        self.access_token = answer.access_token().clone();
        self.expires_at = end_of(answer, now);
        if let Some(refresh_token) = answer.refresh_token() {
            self.refresh_token = Some(refresh_token.clone());
        }
        if let Some(id_token) = id_token {
            self.id_token = id_token;
        }
        if let Some(scope) = names(answer.scopes()) {
            self.scope = scope;
        }
        self.renewals = self.renewals.saturating_add(1);
    }

    /// The provider's session, if the ID token names one (OpenID Connect Back-Channel Logout 1.0 2.1). The library knows no
    /// such claim, so the token, verified long ago, is read once more.
    pub(crate) fn sid(&self) -> Option<String> {
        let jwt = DecodedJwt::parse(&self.id_token.to_string())?;
        jwt.claim_text("sid").map(str::to_owned)
    }

    /// Whether the access token has ended or is about to.
    pub(crate) fn is_stale(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| now.plus(MARGIN) >= end)
    }
}

fn end_of(answer: &CoreTokenResponse, now: Timestamp) -> Option<Timestamp> {
    answer.expires_in().map(|lifetime| now.plus(lifetime))
}

fn names(scopes: Option<&Vec<Scope>>) -> Option<Vec<String>> {
    scopes.map(|scopes| scopes.iter().map(|scope| scope.to_string()).collect())
}

/// Tokens in the shape of the provider's, with signatures that are none.
#[cfg(test)]
pub(crate) fn sample() -> Tokens {
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
    let jwt = |header: &str, claims: &str| {
        format!(
            "{}.{}.{}",
            BASE64.encode(header),
            BASE64.encode(claims),
            BASE64.encode([7; 64])
        )
    };
    let id_token = jwt(
        r#"{"typ":"JWT","alg":"RS256","kid":"k-5de0b8c1"}"#,
        r#"{"iss":"http://localhost:8080","sub":"0198f2c6-7d1e-7b35-9c41-5a2f64d0e9b7","aud":"notes","exp":1763785800,"iat":1763785200,"auth_time":1763785198,"nonce":"kYw0Uq2m8LrX1cVt","amr":["pwd"],"sid":"s-91c4e07a","at_hash":"VnL3oQeW0f7mYwRz2g5bXA"}"#,
    );
    let access_token = jwt(
        r#"{"typ":"at+jwt","alg":"ES256","kid":"k-c40a91f2"}"#,
        r#"{"iss":"http://localhost:8080","sub":"0198f2c6-7d1e-7b35-9c41-5a2f64d0e9b7","aud":"http://localhost:8080","client_id":"notes","scope":"openid profile email offline_access","exp":1763785800,"iat":1763785200,"jti":"0198f2c6-8a44-7c02-8f0e-2b6d53a7710c"}"#,
    );
    Tokens {
        id_token: id_token.parse().unwrap(),
        subject: SubjectIdentifier::new("0198f2c6-7d1e-7b35-9c41-5a2f64d0e9b7".to_owned()),
        access_token: AccessToken::new(access_token),
        expires_at: Some(Timestamp::from_secs(1_763_785_800)),
        refresh_token: Some(RefreshToken::new("never-shown".to_owned())),
        scope: ["openid", "profile", "email", "offline_access"]
            .map(str::to_owned)
            .to_vec(),
        renewals: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(json: &str) -> CoreTokenResponse {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_renewal_keeps_what_the_answer_leaves_out() {
        let mut tokens = sample();
        tokens.renew(
            &answer(r#"{"access_token":"new","token_type":"Bearer"}"#),
            None,
            Timestamp::from_secs(0),
        );
        assert_eq!(tokens.access_token.secret(), "new");
        assert_eq!(tokens.refresh_token.as_ref().unwrap().secret(), "never-shown");
        assert_eq!(
            (tokens.scope.len(), tokens.expires_at, tokens.renewals),
            (4, None, 1)
        );
    }

    #[test]
    fn a_renewal_takes_what_the_answer_brings() {
        let mut tokens = sample();
        let json = r#"{"access_token":"a","token_type":"Bearer","expires_in":60,"refresh_token":"r2","scope":"openid email"}"#;
        tokens.renew(&answer(json), None, Timestamp::from_secs(100));
        assert_eq!(tokens.refresh_token.as_ref().unwrap().secret(), "r2");
        assert_eq!(tokens.scope, ["openid", "email"]);
        assert_eq!(tokens.expires_at, Some(Timestamp::from_secs(160)));
    }

    #[test]
    fn stale_shortly_before_the_end() {
        let tokens = sample();
        assert!(!tokens.is_stale(Timestamp::from_secs(1_763_785_794)));
        assert!(tokens.is_stale(Timestamp::from_secs(1_763_785_795)));
        assert!(tokens.is_stale(Timestamp::from_secs(1_763_785_900)));
    }
}
