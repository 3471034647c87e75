//! What the command line can say about a client: flags, an RFC 7591 document, and flags over the document.

use admin::AdminFault;
use clap::{Args, ValueEnum};
use token::SigningAlg;
use token::client::register::{RegistrationDocument, parse_document};
use token::client::{ApplicationType, AuthMethod, ClientMetadata, ClientPolicy};

use crate::cli::document;
use crate::exit::Failure;

/// How a client authenticates, as the flag names it.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum AuthMethodFlag {
    ClientSecretBasic,
    ClientSecretPost,
    None,
}

impl From<AuthMethodFlag> for AuthMethod {
    fn from(flag: AuthMethodFlag) -> Self {
        match flag {
            AuthMethodFlag::ClientSecretBasic => AuthMethod::ClientSecretBasic,
            AuthMethodFlag::ClientSecretPost => AuthMethod::ClientSecretPost,
            AuthMethodFlag::None => AuthMethod::None,
        }
    }
}

#[derive(Debug, Default, Args)]
pub(crate) struct ClientFields {
    /// What people see
    #[arg(long)]
    name: Option<String>,
    /// Where answers may go; may be repeated
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,
    /// Where a browser may go after signing out; may be repeated
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    post_logout_redirect_uris: Vec<String>,
    /// Grant type it may use; may be repeated [default: authorization_code]
    #[arg(long = "grant", value_name = "GRANT_TYPE")]
    grant_types: Vec<String>,
    /// How it authenticates [default: client_secret_basic]
    #[arg(long, value_enum, value_name = "METHOD")]
    auth_method: Option<AuthMethodFlag>,
    /// A public client: it cannot keep a secret, and has none
    #[arg(long, conflicts_with = "auth_method")]
    public: bool,
    /// It runs on a device: redirects to loopback addresses and schemes of its own
    #[arg(long)]
    native: bool,
    /// Scopes it may ask for, separated by spaces [default: all standard scopes]
    #[arg(long)]
    scope: Option<String>,
    /// It is ours: nobody is asked for consent
    #[arg(long)]
    first_party: bool,
    /// It is not ours: people are asked for consent
    #[arg(long, conflicts_with = "first_party")]
    no_first_party: bool,
    /// Demand PKCE [default for clients made by flags]
    #[arg(long)]
    require_pkce: bool,
    /// Do not demand PKCE of a confidential client [default for clients made by a document]
    #[arg(long, conflicts_with = "require_pkce")]
    no_require_pkce: bool,
    /// How its ID tokens are signed [default: RS256]
    #[arg(long, value_name = "ALG")]
    id_token_alg: Option<SigningAlg>,
    /// How access tokens for it are signed [default: ES256]
    #[arg(long, value_name = "ALG")]
    access_token_alg: Option<SigningAlg>,
    /// API it may name; may be repeated, the first is meant when it names none
    #[arg(long = "resource", value_name = "URI")]
    resources: Vec<String>,
    /// RFC 7591 client metadata in JSON; - for standard input
    #[arg(long, value_name = "FILE")]
    metadata: Option<String>,
}

impl ClientFields {
    /// The document, if one is named.
    pub(crate) fn document(&self) -> Result<Option<RegistrationDocument>, Failure> {
        let Some(name) = self.metadata.as_deref() else {
            return Ok(None);
        };
        let parsed = parse_document(&document::read(name)?);
        Ok(Some(parsed.map_err(AdminFault::from)?))
    }

    /// Puts what flags say over what there is.
    pub(crate) fn apply(self, metadata: &mut ClientMetadata, policy: &mut ClientPolicy) {
        let lists = [
            (&mut metadata.redirect_uris, self.redirect_uris),
            (
                &mut metadata.post_logout_redirect_uris,
                self.post_logout_redirect_uris,
            ),
            (&mut metadata.grant_types, self.grant_types),
            (&mut policy.resources, self.resources),
        ];
        for (list, flags) in lists {
            if !flags.is_empty() {
                *list = flags;
            }
        }
        metadata.client_name = self.name.or_else(|| metadata.client_name.take());
        metadata.scope = self.scope.or_else(|| metadata.scope.take());
        metadata.id_token_signed_response_alg = self.id_token_alg.or(metadata.id_token_signed_response_alg);
        policy.access_token_alg = self.access_token_alg.or(policy.access_token_alg);
        if let Some(method) = self.auth_method {
            metadata.token_endpoint_auth_method = method.into();
        }
        if self.public {
            metadata.token_endpoint_auth_method = AuthMethod::None;
        }
        if self.native {
            metadata.application_type = ApplicationType::Native;
        }
        policy.first_party = (policy.first_party || self.first_party) && !self.no_first_party;
        policy.require_pkce = (policy.require_pkce || self.require_pkce) && !self.no_require_pkce;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_win_over_what_there_is() {
        let mut metadata = ClientMetadata {
            client_name: Some("Old".into()),
            scope: Some("openid".into()),
            ..Default::default()
        };
        let mut policy = ClientPolicy {
            require_pkce: true,
            ..Default::default()
        };
        let fields = ClientFields {
            name: Some("New".into()),
            no_require_pkce: true,
            public: true,
            ..Default::default()
        };
        fields.apply(&mut metadata, &mut policy);
        assert_eq!(metadata.client_name.as_deref(), Some("New"));
        assert_eq!(metadata.scope.as_deref(), Some("openid"));
        assert_eq!(metadata.grant_types, ["authorization_code"]);
        assert_eq!(metadata.token_endpoint_auth_method, AuthMethod::None);
        assert!(!policy.require_pkce);
    }
}
