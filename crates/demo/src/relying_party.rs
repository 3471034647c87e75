//! The application's side of OpenID Connect: to the provider and back, renewal, userinfo, sign-out. It knows nothing of
//! browsers' cookies or pages.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use kernel::Clock;
use openidconnect::core::{CoreAuthenticationFlow, CoreGenderClaim, CoreIdToken};
use openidconnect::{
    AccessToken, AdditionalClaims, AuthorizationCode, CsrfToken, IssuerUrl, LogoutRequest, Nonce,
    PkceCodeChallenge, PostLogoutRedirectUrl, Scope, SubjectIdentifier, TokenResponse, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use url::Url;

use crate::app::DemoApp;
use crate::fault::Fault;
use crate::http::ProviderHttp;
use crate::logout_token::{self, LogoutFault, LogoutToken};
use crate::pending::SignInSecrets;
use crate::provider::{Provider, is_unknown_key};
use crate::tokens::Tokens;

/// Claims that OpenID Connect does not define, kept to be shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct OtherClaims(BTreeMap<String, serde_json::Value>);

impl AdditionalClaims for OtherClaims {}

/// What the userinfo endpoint says about a person.
pub(crate) type UserInfo = UserInfoClaims<OtherClaims, CoreGenderClaim>;

/// The least time between two looks at the provider's keys that a stranger can cause.
const PAUSE: Duration = Duration::from_secs(10);

/// A sign-in about to leave for the provider.
pub(crate) struct Departure {
    /// Where the browser goes.
    pub(crate) url: Url,
    /// By what the answer will be recognised.
    pub(crate) state: CsrfToken,
    /// What the answer will be checked with.
    pub(crate) secrets: SignInSecrets,
}

/// One application at one provider.
pub(crate) struct RelyingParty {
    app: Arc<DemoApp>,
    issuer: IssuerUrl,
    http: ProviderHttp,
    clock: Arc<dyn Clock>,
    /// Empty until the provider first answered: the applications may start before it.
    provider: Mutex<Option<Arc<Provider>>>,
}

impl RelyingParty {
    /// Does not talk to the provider yet.
    ///
    /// # Errors
    /// When the issuer is not a URL.
    pub(crate) fn new(
        app: Arc<DemoApp>,
        http: ProviderHttp,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, url::ParseError> {
        let issuer = IssuerUrl::new(app.issuer.clone())?;
        Ok(Self {
            app,
            issuer,
            http,
            clock,
            provider: Mutex::new(None),
        })
    }

    /// The provider, discovered on first use.
    pub(crate) async fn provider(&self) -> Result<Arc<Provider>, Fault> {
        let mut known = self.provider.lock().await;
        if let Some(provider) = known.as_ref() {
            return Ok(Arc::clone(provider));
        }
        let provider = Arc::new(self.discover().await?);
        *known = Some(Arc::clone(&provider));
        Ok(provider)
    }

    async fn discover(&self) -> Result<Provider, Fault> {
        let now = self.clock.now();
        Provider::discover(&self.app, self.issuer.clone(), &self.http, now).await
    }

    /// The provider with keys that are not older than [`PAUSE`]. Anybody can send a token that names a key nobody knows;
    /// the pause keeps them from making us ask the provider each time.
    async fn fresh_provider(&self) -> Result<Arc<Provider>, Fault> {
        let mut known = self.provider.lock().await;
        match known.as_ref() {
            Some(provider) if self.clock.now() < provider.discovered_at.plus(PAUSE) => {
                Ok(Arc::clone(provider))
            }
            _ => {
                let provider = Arc::new(self.discover().await?);
                *known = Some(Arc::clone(&provider));
                Ok(provider)
            }
        }
    }

    /// Verifies a logout token; an unknown key is worth one fresh look at the provider's keys.
    pub(crate) async fn verified_logout(&self, token: &str) -> Result<LogoutToken, LogoutFault> {
        let expected = logout_token::Expected {
            issuer: &self.app.issuer,
            client_id: &self.app.client_id,
            now: self.clock.now(),
        };
        let unreachable = |fault: Fault| {
            tracing::warn!(%fault, "the provider's keys are not known");
            LogoutFault::UnknownKey
        };
        let provider = self.provider().await.map_err(unreachable)?;
        match logout_token::verify(token, &provider.keys, &expected) {
            Err(LogoutFault::UnknownKey) => {
                let provider = self.fresh_provider().await.map_err(unreachable)?;
                logout_token::verify(token, &provider.keys, &expected)
            }
            outcome => outcome,
        }
    }

    /// Prepares an authorization request: code flow, PKCE with S256, `state` and `nonce` (RFC 9700 2.1.1).
    pub(crate) async fn begin(&self) -> Result<Departure, Fault> {
        let provider = self.provider().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = provider
            .client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            // The library asks for `openid` by itself.
            .add_scopes(
                self.app
                    .scope()
                    .into_iter()
                    .filter(|name| *name != "openid")
                    .map(|name| Scope::new(name.to_owned())),
            )
            // Access tokens shall be for the API (RFC 8707 2); the userinfo endpoint takes them anyway.
            .add_extra_param("resource", self.app.api.identifier())
            .set_pkce_challenge(challenge)
            .url();
        Ok(Departure {
            url,
            state,
            secrets: SignInSecrets { nonce, verifier },
        })
    }

    /// Redeems a code and verifies what comes for it. The userinfo endpoint must agree before anybody counts as signed
    /// in; otherwise a provider that issues what it does not accept would send the browser in circles.
    pub(crate) async fn finish(
        &self,
        code: AuthorizationCode,
        secrets: SignInSecrets,
    ) -> Result<Tokens, Fault> {
        let provider = self.provider().await?;
        let answer = provider
            .client
            .exchange_code(code)?
            .set_pkce_verifier(secrets.verifier)
            .request_async(&self.http)
            .await?;
        let id_token = answer
            .id_token()
            .cloned()
            .ok_or_else(|| Fault::Rejected("token response: no ID token".to_owned()))?;
        let access_token = openidconnect::OAuth2TokenResponse::access_token(&answer);
        let subject = self
            .verified(&id_token, access_token, Some(&secrets.nonce))
            .await?;
        let tokens = Tokens::first(&answer, id_token, subject, &self.app.scope(), self.clock.now());
        self.ask_userinfo(&tokens).await.map_err(|fault| match fault {
            Fault::SessionEnded => Fault::Rejected("userinfo: the new access token was refused".to_owned()),
            other => other,
        })?;
        Ok(tokens)
    }

    /// Spends the refresh token on new tokens.
    ///
    /// # Errors
    /// [`Fault::SessionEnded`] when there is no refresh token or it is worth nothing any more.
    pub(crate) async fn refresh(&self, tokens: &mut Tokens) -> Result<(), Fault> {
        let refresh_token = tokens.refresh_token.as_ref().ok_or(Fault::SessionEnded)?;
        let provider = self.provider().await?;
        let answer = provider
            .client
            .exchange_refresh_token(refresh_token)?
            .request_async(&self.http)
            .await
            .map_err(Fault::at_refresh)?;
        let id_token = answer.id_token().cloned();
        if let Some(id_token) = &id_token {
            let access_token = openidconnect::OAuth2TokenResponse::access_token(&answer);
            let subject = self.verified(id_token, access_token, None).await?;
            // OpenID Connect Core 12.2: a refresh never changes who it is.
            if subject != tokens.subject {
                return Err(Fault::Rejected("ID token: it names somebody else".to_owned()));
            }
        }
        tokens.renew(&answer, id_token, self.clock.now());
        Ok(())
    }

    /// Asks the provider about the person, with a fresh access token if the one held has ended and can be renewed. A
    /// token that is refused before its time means that the person signed out elsewhere.
    pub(crate) async fn userinfo(&self, tokens: &mut Tokens) -> Result<UserInfo, Fault> {
        self.renew_if_stale(tokens).await?;
        self.ask_userinfo(tokens).await
    }

    /// Makes sure that the access token held has not ended, if it can be renewed.
    pub(crate) async fn renew_if_stale(&self, tokens: &mut Tokens) -> Result<(), Fault> {
        if tokens.refresh_token.is_some() && tokens.is_stale(self.clock.now()) {
            self.refresh(tokens).await?;
        }
        Ok(())
    }

    async fn ask_userinfo(&self, tokens: &Tokens) -> Result<UserInfo, Fault> {
        let provider = self.provider().await?;
        let request = provider
            .client
            .user_info(tokens.access_token.clone(), Some(tokens.subject.clone()))?;
        Ok(request.request_async(&self.http).await?)
    }

    /// Where the browser goes to end the session at the provider; `None` when the provider has no such place or does
    /// not answer. `state` comes back with the browser.
    pub(crate) async fn sign_out_url(&self, tokens: &Tokens, state: CsrfToken) -> Option<Url> {
        let endpoint = self.provider().await.ok()?.end_session_endpoint.clone()?;
        let back = PostLogoutRedirectUrl::from_url(self.app.post_logout_redirect_uri());
        let request = LogoutRequest::from(endpoint)
            .set_id_token_hint(&tokens.id_token)
            .set_post_logout_redirect_uri(back)
            .set_state(state);
        Some(request.http_get_url())
    }

    /// Verifies an ID token; an unknown key is worth one fresh look at the provider's keys.
    async fn verified(
        &self,
        id_token: &CoreIdToken,
        access_token: &AccessToken,
        nonce: Option<&Nonce>,
    ) -> Result<SubjectIdentifier, Fault> {
        match self.provider().await?.verify(id_token, access_token, nonce) {
            Err(error) if is_unknown_key(&error) => {
                let fresh = Arc::new(self.discover().await?);
                *self.provider.lock().await = Some(Arc::clone(&fresh));
                Ok(fresh.verify(id_token, access_token, nonce)?)
            }
            outcome => Ok(outcome?),
        }
    }
}
