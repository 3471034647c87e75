//! APIs, scopes, sessions and grants as JSON. Moments are RFC 3339 texts, lifetimes whole seconds.

use std::collections::BTreeMap;

use serde::Serialize;
use token::{ApiResource, ClaimScope};

use crate::grants::GrantStatus;
use crate::sessions::SessionStatus;

/// An API.
#[derive(Debug, Serialize)]
pub struct ResourceView<'a> {
    identifier: &'a str,
    name: Option<&'a str>,
    scopes: Vec<&'a str>,
    access_token_alg: Option<&'static str>,
    /// Seconds.
    access_ttl: Option<u64>,
    created_at: String,
    updated_at: String,
}

impl<'a> From<&'a ApiResource> for ResourceView<'a> {
    fn from(resource: &'a ApiResource) -> Self {
        Self {
            identifier: &resource.identifier,
            name: resource.name.as_deref(),
            scopes: resource.scopes.iter().collect(),
            access_token_alg: resource.access_token_alg.map(|alg| alg.as_str()),
            access_ttl: resource.access_ttl.map(|ttl| ttl.as_secs()),
            created_at: resource.created_at.to_rfc3339(),
            updated_at: resource.updated_at.to_rfc3339(),
        }
    }
}

/// A scope somebody defined.
#[derive(Debug, Serialize)]
pub struct ScopeView<'a> {
    name: &'a str,
    description: Option<&'a str>,
    /// Claim -> attribute.
    claims: &'a BTreeMap<String, String>,
    created_at: String,
    updated_at: String,
}

impl<'a> From<&'a ClaimScope> for ScopeView<'a> {
    fn from(scope: &'a ClaimScope) -> Self {
        Self {
            name: &scope.name,
            description: scope.description.as_deref(),
            claims: &scope.claims,
            created_at: scope.created_at.to_rfc3339(),
            updated_at: scope.updated_at.to_rfc3339(),
        }
    }
}

/// A session. What the browser said about itself is only that.
#[derive(Debug, Serialize)]
pub struct SessionView<'a> {
    sid: String,
    sub: String,
    username: &'a str,
    created_at: String,
    last_seen_at: String,
    auth_time: String,
    user_agent: Option<&'a str>,
    address: Option<&'a str>,
    clients: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<String>,
}

impl<'a> From<&'a SessionStatus> for SessionView<'a> {
    fn from(status: &'a SessionStatus) -> Self {
        let session = &status.session;
        Self {
            sid: session.sid.to_string(),
            sub: session.user.to_string(),
            username: &status.username,
            created_at: session.created_at.to_rfc3339(),
            last_seen_at: session.last_seen_at.to_rfc3339(),
            auth_time: session.authentication.at.to_rfc3339(),
            user_agent: session.device.user_agent.as_deref(),
            address: session.device.address.as_deref(),
            clients: &status.clients,
            ended_at: session.ended_at.map(|at| at.to_rfc3339()),
        }
    }
}

/// A grant. Neither its code nor any token.
#[derive(Debug, Serialize)]
pub struct GrantView<'a> {
    id: String,
    client_id: &'a str,
    sub: String,
    username: &'a str,
    sid: String,
    scope: String,
    resources: &'a [String],
    auth_time: String,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<String>,
}

impl<'a> From<&'a GrantStatus> for GrantView<'a> {
    fn from(status: &'a GrantStatus) -> Self {
        let grant = &status.grant;
        Self {
            id: grant.id.to_string(),
            client_id: &grant.client_id,
            sub: grant.user.to_string(),
            username: &status.username,
            sid: grant.sid.to_string(),
            scope: grant.scope.to_string(),
            resources: &grant.resources,
            auth_time: grant.authentication.at.to_rfc3339(),
            created_at: grant.created_at.to_rfc3339(),
            revoked_at: grant.revoked_at.map(|at| at.to_rfc3339()),
        }
    }
}
