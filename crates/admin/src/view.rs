//! People, groups, clients, keys and the rest as JSON for scripts, under the names RFC 7591, OpenID Connect and the
//! documentation give them. Never a password hash, a digest or a private key.

use identity::{Group, Profile, User, UserState};
use kernel::{Plain, Timestamp, secret::ClientSecret};
use serde::Serialize;
use serde_json::{Map, Value};
use token::client::{Client, ClientMetadata, ClientPolicy, StoredSecret};

pub use access::{GrantView, ResourceView, ScopeView, SessionView};
pub use administrators::StandingView;
pub use audit::AuditView;
pub use keys::{BlastRadiusView, KeyView, KeyWithEvidenceView, RotatedView, TurnView};

use crate::clients::Registered;

mod access;
mod administrators;
mod audit;
mod keys;

/// A person.
#[derive(Debug, Serialize)]
pub struct UserView<'a> {
    sub: String,
    username: &'a str,
    email: Option<&'a str>,
    email_verified: bool,
    #[serde(flatten)]
    profile: &'a Profile,
    groups: &'a [String],
    roles: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    group_roles: &'a Vec<String>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    attributes: &'a Map<String, Value>,
    state: &'static str,
    created_at: String,
    updated_at: String,
}

impl<'a> From<&'a User> for UserView<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            sub: user.id.to_string(),
            username: &user.username,
            email: user.email.as_deref(),
            email_verified: user.email_verified,
            profile: &user.profile,
            groups: &user.groups,
            roles: &user.roles,
            group_roles: &user.group_roles,
            attributes: &user.attributes,
            state: match user.state {
                UserState::Active => "active",
                UserState::Locked => "locked",
            },
            created_at: user.created_at.to_rfc3339(),
            updated_at: user.updated_at.to_rfc3339(),
        }
    }
}

/// A group; with its members' usernames where they were asked for.
#[derive(Debug, Serialize)]
pub struct GroupView<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    roles: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<Vec<&'a str>>,
    created_at: String,
}

impl<'a> GroupView<'a> {
    /// The group and who is in it.
    pub fn with_members(group: &'a Group, members: &'a [User]) -> Self {
        let names = members.iter().map(|user| user.username.as_str()).collect();
        Self {
            members: Some(names),
            ..Self::from(group)
        }
    }
}

impl<'a> From<&'a Group> for GroupView<'a> {
    fn from(group: &'a Group) -> Self {
        Self {
            name: &group.name,
            description: group.description.as_deref(),
            roles: &group.roles,
            members: None,
            created_at: group.created_at.to_rfc3339(),
        }
    }
}

/// A client; with its secret where that is new.
#[derive(Debug, Serialize)]
pub struct ClientView<'a> {
    client_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
    /// Beside every secret (RFC 7591 3.2.1); 0: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret_expires_at: Option<u8>,
    #[serde(flatten)]
    metadata: &'a ClientMetadata,
    #[serde(flatten)]
    policy: &'a ClientPolicy,
    enabled: bool,
    /// What is known of its secrets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    client_secrets: Vec<SecretView<'a>>,
    created_at: String,
    updated_at: String,
}

/// A secret of a client, without itself.
#[derive(Debug, Serialize)]
pub struct SecretView<'a> {
    id: &'a str,
    created_at: String,
    /// Until when it is good, where another one replaced it.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    /// To the hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<String>,
}

impl<'a> From<&'a StoredSecret> for SecretView<'a> {
    fn from(secret: &'a StoredSecret) -> Self {
        Self {
            id: secret.id.as_str(),
            created_at: secret.created_at.to_rfc3339(),
            expires_at: secret.expires_at.map(Timestamp::to_rfc3339),
            last_used_at: secret.last_used_at.map(Timestamp::to_rfc3339),
        }
    }
}

impl<'a> ClientView<'a> {
    fn new(client: &'a Client, secret: Option<&'a Plain<ClientSecret>>) -> Self {
        Self {
            client_id: &client.client_id,
            client_secret: secret.map(Plain::expose),
            client_secret_expires_at: secret.map(|_| 0),
            metadata: &client.metadata,
            policy: &client.policy,
            enabled: client.enabled,
            client_secrets: client.secrets.iter().map(SecretView::from).collect(),
            created_at: client.created_at.to_rfc3339(),
            updated_at: client.updated_at.to_rfc3339(),
        }
    }
}

impl<'a> From<&'a Client> for ClientView<'a> {
    fn from(client: &'a Client) -> Self {
        Self::new(client, None)
    }
}

impl<'a> From<&'a Registered> for ClientView<'a> {
    fn from(registered: &'a Registered) -> Self {
        Self::new(&registered.client, registered.secret.as_ref())
    }
}

/// Free-form values for people to read, a line each.
pub fn pretty(values: &Map<String, Value>) -> String {
    format!("{:#}", Value::Object(values.clone()))
}
