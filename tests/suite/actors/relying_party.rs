//! An honest app, built on a library of somebody else's, so that two readings of the specifications meet.

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreProviderMetadata, CoreUserInfoClaims,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken, Scope, TokenResponse as _,
};
use url::Url;

use super::browser::{http, param};
use crate::cast::{CALLBACK, SECRET};
use crate::rig::Provider;

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// One app at one provider.
pub struct RelyingParty {
    issuer: String,
    client: Client,
}

/// A sign-in that has left for the provider.
pub struct Departure {
    /// Where the browser goes.
    pub url: String,
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

/// What an app has after a sign-in.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// For userinfo.
    pub access: String,
    /// For more of them.
    pub refresh: Option<String>,
    /// As it came; it was verified.
    pub id_token: String,
    /// Who signed in.
    pub subject: String,
    /// When, in seconds since the epoch.
    pub auth_time: Option<i64>,
}

impl RelyingParty {
    /// A confidential app that answers at [`CALLBACK`].
    pub fn new(provider: &Provider, client_id: &str) -> Self {
        Self::at(&provider.issuer, client_id, Some(SECRET), CALLBACK)
    }

    /// An app without a secret.
    pub fn public(provider: &Provider, client_id: &str, redirect_uri: &str) -> Self {
        Self::at(&provider.issuer, client_id, None, redirect_uri)
    }

    /// An app at a provider that runs elsewhere.
    pub fn at(issuer: &str, client_id: &str, secret: Option<&str>, redirect_uri: &str) -> Self {
        let metadata =
            CoreProviderMetadata::discover(&IssuerUrl::new(issuer.to_owned()).unwrap(), &send).unwrap();
        let secret = secret.map(|secret| ClientSecret::new(secret.to_owned()));
        let client =
            CoreClient::from_provider_metadata(metadata, ClientId::new(client_id.to_owned()), secret)
                .set_redirect_uri(RedirectUrl::new(redirect_uri.to_owned()).unwrap());
        Self {
            issuer: issuer.to_owned(),
            client,
        }
    }

    /// Prepares a request: code flow with PKCE, `state` and `nonce`. `extra` are further parameters.
    pub fn depart(&self, scope: &str, extra: &[(&str, &str)]) -> Departure {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let mut request = self
            .client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
        for name in scope.split_whitespace().filter(|name| *name != "openid") {
            request = request.add_scope(Scope::new(name.to_owned()));
        }
        for (name, value) in extra {
            request = request.add_extra_param(*name, *value);
        }
        let (url, state, nonce) = request.set_pkce_challenge(challenge).url();
        Departure {
            url: url.into(),
            state,
            nonce,
            verifier,
        }
    }

    /// Takes the browser's return, redeems the code and verifies everything that comes for it.
    #[track_caller]
    pub fn finish(&self, departure: Departure, landed: &Url) -> Tokens {
        assert_eq!(
            param(landed, "state").as_deref(),
            Some(departure.state.secret().as_str()),
            "{landed}"
        );
        // RFC 9207 2.4.
        assert_eq!(
            param(landed, "iss").as_deref(),
            Some(self.issuer.as_str()),
            "{landed}"
        );
        let code = param(landed, "code").unwrap_or_else(|| panic!("no code: {landed}"));
        let request = self.client.exchange_code(AuthorizationCode::new(code)).unwrap();
        let answer = request
            .set_pkce_verifier(departure.verifier)
            .request(&send)
            .unwrap();
        let id_token = answer.id_token().expect("an ID token").clone();
        self.verified(
            &id_token,
            answer.access_token(),
            answer.refresh_token(),
            Some(&departure.nonce),
        )
    }

    /// Signs `username` in with a fresh form, all the way.
    #[track_caller]
    pub fn sign_in(&self, browser: &mut super::Browser, username: &str, scope: &str) -> Tokens {
        let departure = self.depart(scope, &[]);
        let landed = browser.sign_in(&departure.url, username);
        self.finish(departure, &landed)
    }

    /// Spends a refresh token.
    ///
    /// # Errors
    /// What the provider said, in the library's words.
    pub fn refresh(&self, token: &str) -> Result<Tokens, String> {
        let token = RefreshToken::new(token.to_owned());
        let answer = self
            .client
            .exchange_refresh_token(&token)
            .unwrap()
            .request(&send)
            .map_err(|e| format!("{e:?}"))?;
        let id_token = answer.id_token().expect("an ID token").clone();
        Ok(self.verified(&id_token, answer.access_token(), answer.refresh_token(), None))
    }

    /// Asks who the access token is about.
    ///
    /// # Errors
    /// What the provider said, in the library's words.
    pub fn userinfo(&self, access: &str) -> Result<String, String> {
        let request = self
            .client
            .user_info(AccessToken::new(access.to_owned()), None)
            .unwrap();
        let claims: CoreUserInfoClaims = request.request(&send).map_err(|e| format!("{e:?}"))?;
        Ok(claims.subject().to_string())
    }

    /// OpenID Connect Core 3.1.3.7 and 3.1.3.8.
    fn verified(
        &self,
        id_token: &CoreIdToken,
        access: &AccessToken,
        refresh: Option<&RefreshToken>,
        nonce: Option<&Nonce>,
    ) -> Tokens {
        let verifier = self.client.id_token_verifier();
        let claims = match nonce {
            Some(nonce) => id_token.claims(&verifier, nonce),
            None => id_token.claims(&verifier, |_: Option<&Nonce>| Ok(())),
        }
        .unwrap();
        let (alg, key) = (
            id_token.signing_alg().unwrap(),
            id_token.signing_key(&verifier).unwrap(),
        );
        if let Some(hash) = claims.access_token_hash() {
            assert_eq!(*hash, AccessTokenHash::from_token(access, alg, key).unwrap());
        }
        Tokens {
            access: access.secret().clone(),
            refresh: refresh.map(|token| token.secret().clone()),
            id_token: id_token.to_string(),
            subject: claims.subject().to_string(),
            auth_time: claims.auth_time().map(|at| at.timestamp()),
        }
    }
}

/// The library's requests, sent by the client every actor shares.
fn send(request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let answer = http().execute(request.try_into()?)?;
    let mut response = HttpResponse::default();
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    *response.body_mut() = answer.bytes()?.to_vec();
    Ok(response)
}
