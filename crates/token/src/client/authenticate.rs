//! Client authentication (RFC 6749 2.3): who sends this token request, and is it true.
//!
//! Owns reading credentials from header and form and judging them; finding the client is the caller's part.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::secret::ClientSecret;
use kernel::{Plain, Timestamp};
use protocol::params::decode;
use protocol::{ErrorCode, OAuthError, Params};

use super::{AuthMethod, Client, StoredSecret};

/// Why a client was not believed. Private: the wire says `invalid_client` and little more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClientFault {
    /// No credentials at all, not even a `client_id`.
    #[error("the request names no client")]
    Missing,
    /// Two methods at once (RFC 6749 2.3: the client MUST NOT).
    #[error("two authentication methods were used at once")]
    TwoMethods,
    /// The header and the body name different clients.
    #[error("client_id in the body differs from the authenticated client")]
    Contradiction,
    /// An Authorization header that is not valid Basic.
    #[error("the Authorization header is not valid Basic credentials")]
    MalformedHeader,
    /// No such client, or an administrator disabled it.
    #[error("no such client, or it is disabled")]
    Unknown,
    /// Not the method the client registered.
    #[error("the client is registered for {registered}, not {used}")]
    WrongMethod {
        /// What it registered.
        registered: &'static str,
        /// What it used.
        used: &'static str,
    },
    /// Wrong secret.
    #[error("wrong client secret")]
    WrongSecret,
}

impl From<ClientFault> for OAuthError {
    fn from(fault: ClientFault) -> Self {
        let (code, description) = match fault {
            ClientFault::Missing => (ErrorCode::InvalidClient, "client authentication is missing"),
            ClientFault::TwoMethods => (
                ErrorCode::InvalidRequest,
                "use one client authentication method, not two",
            ),
            ClientFault::Contradiction => (
                ErrorCode::InvalidRequest,
                "client_id in the body is not the authenticated client",
            ),
            ClientFault::MalformedHeader => (
                ErrorCode::InvalidClient,
                "the Authorization header is not valid Basic credentials",
            ),
            ClientFault::Unknown | ClientFault::WrongSecret => {
                (ErrorCode::InvalidClient, "client authentication failed")
            }
            // Which method a client registered is no secret, and this is the mistake people make most.
            ClientFault::WrongMethod { registered, used } => {
                return OAuthError::new(
                    ErrorCode::InvalidClient,
                    format!("this client is registered for {registered}, the request used {used}"),
                );
            }
        };
        OAuthError::new(code, description)
    }
}

/// What the request presented, not yet believed.
#[derive(Debug, PartialEq)]
pub struct PresentedCredentials {
    /// The client it claims to be.
    pub client_id: String,
    method: AuthMethod,
    secret: Option<Plain<ClientSecret>>,
}

impl PresentedCredentials {
    /// Reads the Authorization header and the form.
    ///
    /// # Errors
    /// [`ClientFault`] when there are none, two, or contradicting ones.
    pub fn read(authorization: Option<&str>, form: &Params) -> Result<Self, ClientFault> {
        let body_id = form.get("client_id");
        let body_secret = form.get("client_secret");
        match (authorization, body_secret) {
            (Some(_), Some(_)) => Err(ClientFault::TwoMethods),
            (Some(header), None) => {
                let (client_id, secret) = basic(header).ok_or(ClientFault::MalformedHeader)?;
                if body_id.is_some_and(|id| id != client_id) {
                    return Err(ClientFault::Contradiction);
                }
                Ok(Self {
                    client_id,
                    method: AuthMethod::ClientSecretBasic,
                    secret: Some(secret),
                })
            }
            (None, secret) => Ok(Self {
                client_id: body_id.ok_or(ClientFault::Missing)?.to_owned(),
                method: if secret.is_some() {
                    AuthMethod::ClientSecretPost
                } else {
                    AuthMethod::None
                },
                secret: secret.map(Plain::from_presented),
            }),
        }
    }
}

/// `Basic base64(form(id) ":" form(secret))` (RFC 6749 2.3.1, RFC 7617 2). Scheme names are case-insensitive.
fn basic(header: &str) -> Option<(String, Plain<ClientSecret>)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = STANDARD.decode(encoded.trim()).ok()?;
    let at = decoded.iter().position(|b| *b == b':')?;
    let client_id = decode(&decoded[..at]).ok()?;
    let secret = decode(&decoded[at + 1..]).ok()?;
    Some((client_id, Plain::from_presented(secret)))
}

/// Judges the credentials against the client found under their `client_id`: the secret that was used, where one was.
///
/// # Errors
/// [`ClientFault`]: unknown or disabled client, another method than the registered one, wrong secret.
pub fn authenticate<'a>(
    client: Option<&'a Client>,
    presented: &PresentedCredentials,
    now: Timestamp,
) -> Result<Option<&'a StoredSecret>, ClientFault> {
    let client = client
        .filter(|client| client.enabled)
        .ok_or(ClientFault::Unknown)?;
    let registered = client.metadata.token_endpoint_auth_method;
    if registered != presented.method {
        return Err(ClientFault::WrongMethod {
            registered: registered.as_str(),
            used: presented.method.as_str(),
        });
    }
    match (registered, &presented.secret) {
        (AuthMethod::None, None) => Ok(None),
        (AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost, Some(theirs)) => {
            let used = client.secrets.matching(&theirs.digest(), now);
            used.map(Some).ok_or(ClientFault::WrongSecret)
        }
        _ => Err(ClientFault::WrongSecret),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SeededEntropy;

    use crate::client::tests_support::client;
    use crate::client::{ApplicationType, Secrets};

    const NOW: Timestamp = Timestamp::from_secs(0);

    fn header(credentials: &str) -> String {
        format!("Basic {}", STANDARD.encode(credentials))
    }

    fn confidential() -> Client {
        let secret = Plain::<ClientSecret>::from_presented("s:e c+r");
        Client {
            secrets: Secrets::new(secret.digest(), NOW, &SeededEntropy::new(1)),
            ..client(ApplicationType::Web, &[])
        }
    }

    #[test]
    fn basic_values_are_form_decoded() {
        let presented =
            PresentedCredentials::read(Some(&header("web:s%3Ae+c%2Br")), &Params::default()).unwrap();
        assert_eq!(
            authenticate(Some(&confidential()), &presented, NOW).map(drop),
            Ok(())
        );
    }

    #[test]
    fn secrets_must_match_to_the_byte() {
        for wrong in ["web:", "web:s%3Ae+c%2Br%0A", "web:s%3AE+c%2Br"] {
            let presented = PresentedCredentials::read(Some(&header(wrong)), &Params::default()).unwrap();
            assert_eq!(
                authenticate(Some(&confidential()), &presented, NOW).map(drop),
                Err(ClientFault::WrongSecret),
                "{wrong}"
            );
        }
    }

    #[test]
    fn one_method_at_a_time() {
        let form = Params::from_pairs([("client_id", "web"), ("client_secret", "x")]);
        let read = PresentedCredentials::read(Some(&header("web:x")), &form);
        assert_eq!(read, Err(ClientFault::TwoMethods));
        let other = Params::from_pairs([("client_id", "web2")]);
        assert_eq!(
            PresentedCredentials::read(Some(&header("web:x")), &other),
            Err(ClientFault::Contradiction)
        );
    }

    #[test]
    fn a_confidential_client_cannot_pass_as_public() {
        let presented =
            PresentedCredentials::read(None, &Params::from_pairs([("client_id", "web")])).unwrap();
        assert!(matches!(
            authenticate(Some(&confidential()), &presented, NOW).map(drop),
            Err(ClientFault::WrongMethod { used: "none", .. })
        ));
    }
}
