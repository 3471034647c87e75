//! Provider metadata (OpenID Connect Discovery 3), which is also the RFC 8414 document: one JSON for both paths.
//!
//! Generated from what is routed and which keys sign, so that it never promises more. Extensions that do not exist are
//! absent; where absence would mean "yes" (`request_uri_parameter_supported`) the document says "no".

use kernel::Issuer;
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType,
    CoreSubjectIdentifierType,
};
use openidconnect::{
    AdditionalProviderMetadata, AuthUrl, AuthenticationContextClass, EndSessionUrl, IssuerUrl,
    JsonWebKeySetUrl, LanguageTag, ProviderMetadata, ResponseTypes, Scope, TokenUrl, UserInfoUrl,
};
use protocol::scope::STANDARD;
use serde::{Deserialize, Serialize};

use crate::authorize::Prompt;
use crate::claims;
use crate::client::{AuthMethod, SigningAlg};
pub use crate::document::Document;
use crate::endpoint::GrantType;
use crate::keys::openid_alg;

/// Where the endpoints are: paths below the issuer, each beginning with `/`, taken from the router itself; and what pages
/// are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routes {
    /// RFC 6749 3.1.
    pub authorization: String,
    /// RFC 6749 3.2.
    pub token: String,
    /// OpenID Connect Core 5.3.
    pub userinfo: String,
    /// RFC 7517 5.
    pub jwks: String,
    /// RFC 7009 2.
    pub revocation: String,
    /// RFC 7662 2.
    pub introspection: String,
    /// OpenID Connect RP-Initiated Logout 2; none while it is not routed.
    pub end_session: Option<String>,
    /// Tags of the languages the pages behind them are written in.
    pub ui_locales: Vec<String>,
}

/// Why there is no document: a configured URL that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the issuer and the routes do not form URLs")]
pub struct DiscoveryFault;

/// Metadata that openidconnect has no field for.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Additional {
    /// OpenID Connect RP-Initiated Logout 2.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_session_endpoint: Option<EndSessionUrl>,
    /// RFC 8414 2, as the next four.
    revocation_endpoint: String,
    revocation_endpoint_auth_methods_supported: Vec<String>,
    introspection_endpoint: String,
    introspection_endpoint_auth_methods_supported: Vec<String>,
    code_challenge_methods_supported: Vec<String>,
    /// RFC 9207 3.
    authorization_response_iss_parameter_supported: bool,
    /// OpenID Connect Prompt Create 4.1.1 registers the name.
    prompt_values_supported: Vec<String>,
    /// OpenID Connect Back-Channel Logout 2.1: a logout token always names the session.
    backchannel_logout_supported: bool,
    backchannel_logout_session_supported: bool,
}

impl AdditionalProviderMetadata for Additional {}

type Metadata = ProviderMetadata<
    Additional,
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

/// The document. `algs` are those with an active key, as [`KeyRing::algorithms`](crate::keys::KeyRing::algorithms)
/// lists them.
///
/// # Errors
/// [`DiscoveryFault`].
pub fn document(
    issuer: &Issuer,
    routes: &Routes,
    algs: impl IntoIterator<Item = SigningAlg>,
) -> Result<Document, DiscoveryFault> {
    let metadata = metadata(issuer, routes, algs.into_iter()).map_err(|_| DiscoveryFault)?;
    Document::of(&metadata).map_err(|_| DiscoveryFault)
}

fn metadata(
    issuer: &Issuer,
    routes: &Routes,
    algs: impl Iterator<Item = SigningAlg>,
) -> Result<Metadata, openidconnect::url::ParseError> {
    let base = ProviderMetadata::new(
        IssuerUrl::new(issuer.as_str().to_owned())?,
        AuthUrl::new(issuer.url(&routes.authorization))?,
        JsonWebKeySetUrl::new(issuer.url(&routes.jwks))?,
        vec![ResponseTypes::new(vec![CoreResponseType::Code])],
        vec![CoreSubjectIdentifierType::Public],
        algs.map(openid_alg).collect(),
        additional(issuer, routes)?,
    );
    Ok(base
        .set_token_endpoint(Some(TokenUrl::new(issuer.url(&routes.token))?))
        .set_userinfo_endpoint(Some(UserInfoUrl::new(issuer.url(&routes.userinfo))?))
        .set_scopes_supported(Some(
            STANDARD
                .iter()
                .map(|scope| Scope::new((*scope).to_owned()))
                .collect(),
        ))
        .set_response_modes_supported(Some(vec![
            CoreResponseMode::Query,
            CoreResponseMode::Fragment,
            CoreResponseMode::FormPost,
        ]))
        .set_grant_types_supported(Some(grant_types()))
        .set_acr_values_supported(Some(vec![AuthenticationContextClass::new("1".to_owned())]))
        .set_token_endpoint_auth_methods_supported(Some(auth_methods()))
        .set_ui_locales_supported(Some(
            routes.ui_locales.iter().cloned().map(LanguageTag::new).collect(),
        ))
        .set_claims_supported(Some(claim_names()))
        .set_claims_parameter_supported(Some(true))
        .set_request_parameter_supported(Some(false))
        .set_request_uri_parameter_supported(Some(false)))
}

fn additional(issuer: &Issuer, routes: &Routes) -> Result<Additional, openidconnect::url::ParseError> {
    let end_session = routes
        .end_session
        .as_deref()
        .map(|path| EndSessionUrl::new(issuer.url(path)));
    Ok(Additional {
        end_session_endpoint: end_session.transpose()?,
        revocation_endpoint: issuer.url(&routes.revocation),
        revocation_endpoint_auth_methods_supported: words(AUTH_METHODS),
        introspection_endpoint: issuer.url(&routes.introspection),
        introspection_endpoint_auth_methods_supported: words(proofs()),
        code_challenge_methods_supported: vec!["S256".to_owned()],
        authorization_response_iss_parameter_supported: true,
        prompt_values_supported: Prompt::VALUES.map(str::to_owned).to_vec(),
        backchannel_logout_supported: true,
        backchannel_logout_session_supported: true,
    })
}

fn grant_types() -> Vec<CoreGrantType> {
    let named = GrantType::ALL.into_iter().map(|grant| match grant {
        GrantType::AuthorizationCode => CoreGrantType::AuthorizationCode,
        GrantType::RefreshToken => CoreGrantType::RefreshToken,
        GrantType::ClientCredentials => CoreGrantType::ClientCredentials,
    });
    named.collect()
}

/// How clients authenticate.
const AUTH_METHODS: [AuthMethod; 3] = [
    AuthMethod::ClientSecretBasic,
    AuthMethod::ClientSecretPost,
    AuthMethod::None,
];

/// Those that prove something.
fn proofs() -> impl Iterator<Item = AuthMethod> {
    AUTH_METHODS
        .into_iter()
        .filter(|method| *method != AuthMethod::None)
}

fn words(methods: impl IntoIterator<Item = AuthMethod>) -> Vec<String> {
    methods
        .into_iter()
        .map(|method| method.as_str().to_owned())
        .collect()
}

fn auth_methods() -> Vec<CoreClientAuthMethod> {
    let named = AUTH_METHODS.into_iter().map(|method| match method {
        AuthMethod::ClientSecretBasic => CoreClientAuthMethod::ClientSecretBasic,
        AuthMethod::ClientSecretPost => CoreClientAuthMethod::ClientSecretPost,
        AuthMethod::None => CoreClientAuthMethod::None,
    });
    named.collect()
}

fn claim_names() -> Vec<CoreClaimName> {
    let of_scopes = claims::BY_SCOPE.iter().flat_map(|(_, names)| names.iter());
    claims::PROTOCOL
        .iter()
        .chain(of_scopes)
        .map(|name| CoreClaimName::new((*name).to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use openidconnect::core::CoreProviderMetadata;
    use serde_json::{Value, json};

    use super::*;

    fn routes() -> Routes {
        Routes {
            authorization: "/authorize".into(),
            token: "/token".into(),
            userinfo: "/userinfo".into(),
            jwks: "/jwks.json".into(),
            revocation: "/revoke".into(),
            introspection: "/introspect".into(),
            end_session: Some("/logout".into()),
            ui_locales: vec!["en".into(), "de-CH".into()],
        }
    }

    fn served(issuer: &str, routes: &Routes) -> Value {
        let made = document(&Issuer::new(issuer), routes, SigningAlg::ALL).unwrap();
        serde_json::from_str(&made.json).unwrap()
    }

    #[test]
    fn says_what_there_is() {
        let mut served = served("https://id.example.com/auth", &routes());
        let claims = served["claims_supported"].take();
        served.as_object_mut().unwrap().remove("claims_supported");
        assert_eq!(
            served,
            json!({
                "issuer": "https://id.example.com/auth",
                "authorization_endpoint": "https://id.example.com/auth/authorize",
                "token_endpoint": "https://id.example.com/auth/token",
                "userinfo_endpoint": "https://id.example.com/auth/userinfo",
                "jwks_uri": "https://id.example.com/auth/jwks.json",
                "end_session_endpoint": "https://id.example.com/auth/logout",
                "revocation_endpoint": "https://id.example.com/auth/revoke",
                "revocation_endpoint_auth_methods_supported":
                    ["client_secret_basic", "client_secret_post", "none"],
                "introspection_endpoint": "https://id.example.com/auth/introspect",
                "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "backchannel_logout_supported": true,
                "backchannel_logout_session_supported": true,
                "scopes_supported":
                    ["openid", "profile", "email", "address", "phone", "groups", "roles", "offline_access"],
                "response_types_supported": ["code"],
                "response_modes_supported": ["query", "fragment", "form_post"],
                "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
                "acr_values_supported": ["1"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256", "PS256", "ES256", "ES384", "EdDSA"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
                "code_challenge_methods_supported": ["S256"],
                "prompt_values_supported": ["none", "login", "consent", "select_account"],
                "ui_locales_supported": ["en", "de-CH"],
                "claims_parameter_supported": true,
                "request_parameter_supported": false,
                "request_uri_parameter_supported": false,
                "authorization_response_iss_parameter_supported": true,
            })
        );
        let claims: Vec<_> = claims
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap())
            .collect();
        for name in [
            "sub",
            "auth_time",
            "at_hash",
            "email",
            "address",
            "phone_number",
            "groups",
            "roles",
        ] {
            assert!(claims.contains(&name), "{name}");
        }
    }

    #[test]
    fn what_is_not_routed_is_not_promised() {
        let served = served(
            "https://id.example.com",
            &Routes {
                end_session: None,
                ..routes()
            },
        );
        assert!(served.get("end_session_endpoint").is_none());
    }

    #[test]
    fn an_independent_client_reads_it() {
        let made = document(&Issuer::new("https://id.example.com"), &routes(), SigningAlg::ALL).unwrap();
        let read: CoreProviderMetadata = serde_json::from_str(&made.json).unwrap();
        // Without the trailing slash a URL parser would add: clients compare byte for byte.
        assert_eq!(read.issuer().as_str(), "https://id.example.com");
    }

    #[test]
    fn a_bad_issuer_is_a_fault() {
        assert_eq!(
            document(&Issuer::new("nonsense"), &routes(), []),
            Err(DiscoveryFault)
        );
    }
}
