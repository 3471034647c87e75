//! The provider as its discovery document describes it, and the judgement of its ID tokens.

use kernel::Timestamp;
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod, CoreGrantType,
    CoreIdToken, CoreJsonWebKey, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType,
    CoreSubjectIdentifierType,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AdditionalProviderMetadata, ClaimsVerificationError, ClientId,
    ClientSecret, EndSessionUrl, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce,
    ProviderMetadata, RedirectUrl, SignatureVerificationError, SubjectIdentifier,
};
use serde::{Deserialize, Serialize};

use crate::app::DemoApp;
use crate::fault::Fault;
use crate::http::ProviderHttp;

/// What is read from the discovery document beyond OpenID Connect Discovery 3.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Extras {
    /// OpenID Connect RP-Initiated Logout 2.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_session_endpoint: Option<EndSessionUrl>,
    /// RFC 9207 3.
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Extras {}

type Metadata = ProviderMetadata<
    Extras,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// The protocol library's client after discovery: an authorization endpoint for certain, the others perhaps.
type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Whether the provider says that its authorization responses carry `iss` (RFC 9207).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResponseIssuer {
    /// They all do; one without is not from this provider.
    Promised,
    /// They need not.
    NotPromised,
}

/// A discovered provider. Replaced as a whole when its keys are fetched anew.
pub(crate) struct Provider {
    /// This application's client there.
    pub(crate) client: Client,
    /// Where people sign out.
    pub(crate) end_session_endpoint: Option<EndSessionUrl>,
    /// Whether a response without `iss` is acceptable.
    pub(crate) response_issuer: ResponseIssuer,
    /// Its keys, for tokens that the library does not know.
    pub(crate) keys: CoreJsonWebKeySet,
    /// When all this was fetched.
    pub(crate) discovered_at: Timestamp,
}

impl Provider {
    /// Fetches the discovery document and the key set. The document must name the very issuer it was fetched for
    /// (OpenID Connect Discovery 4.3).
    pub(crate) async fn discover(
        app: &DemoApp,
        issuer: IssuerUrl,
        http: &ProviderHttp,
        now: Timestamp,
    ) -> Result<Self, Fault> {
        let metadata = Metadata::discover_async(issuer, http).await?;
        let extras = metadata.additional_metadata().clone();
        let keys = metadata.jwks().clone();
        let secret = ClientSecret::new(app.client_secret.clone());
        let client =
            CoreClient::from_provider_metadata(metadata, ClientId::new(app.client_id.clone()), Some(secret))
                .set_redirect_uri(RedirectUrl::from_url(app.redirect_uri()));
        let response_issuer = if extras.authorization_response_iss_parameter_supported {
            ResponseIssuer::Promised
        } else {
            ResponseIssuer::NotPromised
        };
        Ok(Self {
            client,
            end_session_endpoint: extras.end_session_endpoint,
            response_issuer,
            keys,
            discovered_at: now,
        })
    }

    /// Verifies an ID token (OpenID Connect Core 3.1.3.7) and, where it speaks of it, the access token beside it
    /// (3.1.3.8). A `nonce` is expected after sign-in and absent after a refresh (12.2).
    ///
    /// # Errors
    /// Why the token must not be believed; see [`is_unknown_key`] for the one that is worth a second look.
    pub(crate) fn verify(
        &self,
        id_token: &CoreIdToken,
        access_token: &AccessToken,
        nonce: Option<&Nonce>,
    ) -> Result<SubjectIdentifier, ClaimsVerificationError> {
        // The provider signs asymmetrically only; anything else is a forgery, whatever discovery says.
        let verifier = self.client.id_token_verifier().set_allowed_algs([
            CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
            CoreJwsSigningAlgorithm::EcdsaP256Sha256,
            CoreJwsSigningAlgorithm::EdDsa,
        ]);
        let claims = match nonce {
            Some(nonce) => id_token.claims(&verifier, nonce)?,
            None => id_token.claims(&verifier, |_: Option<&Nonce>| Ok(()))?,
        };
        if let Some(expected) = claims.access_token_hash() {
            let signature = ClaimsVerificationError::SignatureVerification;
            let algorithm = id_token.signing_alg().map_err(signature)?;
            let key = id_token.signing_key(&verifier).map_err(signature)?;
            let actual = AccessTokenHash::from_token(access_token, algorithm, key)
                .map_err(|error| ClaimsVerificationError::Other(error.to_string()))?;
            if actual != *expected {
                return Err(ClaimsVerificationError::Other(
                    "at_hash belongs to another access token".to_owned(),
                ));
            }
        }
        Ok(claims.subject().clone())
    }
}

/// Whether the key is merely not known here: the provider may have begun to sign with a newer one
/// (OpenID Connect Core 10.1.1).
pub(crate) fn is_unknown_key(error: &ClaimsVerificationError) -> bool {
    matches!(
        error,
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)
    )
}
