//! What somebody sets up: kinds of applications, each with the registration that is safe for it.
//!
//! A blueprint is where a new client begins and nothing that is kept: what a client may do says its registration alone.

use token::client::{ApplicationType, AuthMethod, Client, ClientMetadata, ClientPolicy};

use crate::clients::{MetadataSource, default_policy};

/// A kind of application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blueprint {
    /// Its code runs on a server, which keeps a secret.
    Web,
    /// Its code runs in the browser, which cannot.
    SinglePage,
    /// It is installed on a device, which cannot either (RFC 8252 8.5).
    Native,
    /// A proxy signs people in for an application that knows nothing of it.
    Proxy,
    /// It acts for itself; nobody signs in (RFC 6749 4.4).
    Service,
    /// The server of an API, which asks what tokens are worth (RFC 7662).
    Api,
}

impl Blueprint {
    /// Every kind.
    pub const ALL: [Blueprint; 6] = [
        Blueprint::Web,
        Blueprint::SinglePage,
        Blueprint::Native,
        Blueprint::Proxy,
        Blueprint::Service,
        Blueprint::Api,
    ];

    /// As addresses and data files name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Blueprint::Web => "web",
            Blueprint::SinglePage => "spa",
            Blueprint::Native => "native",
            Blueprint::Proxy => "proxy",
            Blueprint::Service => "service",
            Blueprint::Api => "api",
        }
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether people sign in to it, and so come back to a redirect URI.
    pub fn signs_people_in(self) -> bool {
        !matches!(self, Blueprint::Service | Blueprint::Api)
    }

    /// What it registers, before anything is said of this one.
    pub fn metadata(self) -> ClientMetadata {
        let mut metadata = ClientMetadata::default();
        metadata.set_grant_types(match self {
            Blueprint::Service => vec!["client_credentials".to_owned()],
            Blueprint::Api => Vec::new(),
            _ => vec!["authorization_code".to_owned(), "refresh_token".to_owned()],
        });
        if matches!(self, Blueprint::SinglePage | Blueprint::Native) {
            metadata.token_endpoint_auth_method = AuthMethod::None;
        }
        if self == Blueprint::Native {
            metadata.application_type = ApplicationType::Native;
        }
        metadata
    }

    /// The decisions it begins with.
    pub fn policy(self) -> ClientPolicy {
        default_policy(MetadataSource::Flags)
    }

    /// The kind a client is most like.
    pub fn of(client: &Client) -> Self {
        let metadata = &client.metadata;
        if client.may_use_grant("authorization_code") {
            return match (client.is_public(), metadata.application_type) {
                (true, ApplicationType::Native) => Blueprint::Native,
                (true, ApplicationType::Web) => Blueprint::SinglePage,
                (false, _) => Blueprint::Web,
            };
        }
        if client.may_use_grant("client_credentials") {
            Blueprint::Service
        } else {
            Blueprint::Api
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::Timestamp;
    use token::Catalogue;
    use token::client::register::{Against, JudgeUrl, validate};

    use super::*;

    struct Anywhere;

    impl JudgeUrl for Anywhere {
        fn judge(&self, _: &str) -> Result<(), String> {
            Ok(())
        }
    }

    #[test]
    fn every_kind_can_be_registered_as_it_is_and_is_recognised() {
        for kind in Blueprint::ALL {
            let (mut metadata, mut policy) = (kind.metadata(), kind.policy());
            if kind.signs_people_in() {
                metadata.redirect_uris = vec!["https://rp.test/cb".to_owned()];
            }
            if kind == Blueprint::Api {
                policy.resource_server_of = vec!["https://api.test".to_owned()];
            }
            let against = Against {
                urls: &Anywhere,
                catalogue: &Catalogue::default(),
            };
            assert!(validate(&metadata, &policy, against).is_ok(), "{kind:?}");
            let client = Client {
                client_id: "c".into(),
                secrets: Default::default(),
                metadata,
                policy,
                enabled: true,
                created_at: Timestamp::from_secs(0),
                updated_at: Timestamp::from_secs(0),
            };
            assert!(client.requires_pkce());
            let seen = Blueprint::of(&client);
            // A proxy registers what other servers do.
            let meant = if kind == Blueprint::Proxy {
                Blueprint::Web
            } else {
                kind
            };
            assert_eq!(seen, meant);
            assert_eq!(Blueprint::named(kind.as_str()), Some(kind));
        }
    }
}
