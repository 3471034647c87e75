//! Every member of client metadata that some specification registers, or that is ours: what it looks like, and what
//! becomes of it here. The names are those of IANA's "OAuth Dynamic Client Registration Metadata" registry.
//!
//! Owns the shape of single values; which values go together is judged in the modules beside this one.

use serde_json::{Map, Value};

/// What a member must look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A string.
    Text,
    /// A list of strings.
    List,
    /// Whole seconds.
    Number,
    /// True or false.
    Flag,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A JWK set of public keys.
    Keys,
    /// A link for people.
    Link,
    /// Where we send people's browsers: https.
    Page,
    /// Where this provider itself would send a request.
    Endpoint,
    /// A list of such places.
    Endpoints,
}

/// What becomes of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// A field of [`ClientMetadata`](crate::client::ClientMetadata), acted upon.
    Used,
    /// Says something about the client and asks for nothing; kept.
    Told,
    /// Kept, and nothing acts on it yet.
    Idle,
    /// Promises protection that is not given yet. To keep it and not to act on it would be a lie.
    Promise,
    /// The operator's to say, never the client's.
    Operators,
    /// Written by Signet alone.
    Ours,
}

/// One row.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) standing: Standing,
}

const fn row(standing: Standing, name: &'static str, shape: Shape) -> Member {
    Member {
        name,
        shape,
        standing,
    }
}

/// Signature algorithms offered here.
const ALGS: Shape = OneOf(&["RS256", "PS256", "ES256", "ES384", "EdDSA"]);
const METHODS: Shape = OneOf(&["client_secret_basic", "client_secret_post", "none"]);

use Shape::{Endpoint, Endpoints, Flag, Keys, Link, List, Number, OneOf, Page, Text};
use Standing::{Idle, Operators, Ours, Promise, Told, Used};

#[rustfmt::skip]
const MEMBERS: &[Member] = &[
    // RFC 7591 2
    row(Used, "redirect_uris", List),
    row(Used, "token_endpoint_auth_method", METHODS),
    row(Used, "grant_types", List),
    row(Used, "response_types", List),
    row(Used, "client_name", Text),
    row(Used, "client_uri", Link),
    row(Used, "logo_uri", Link),
    row(Used, "scope", Text),
    row(Used, "contacts", List),
    row(Used, "tos_uri", Link),
    row(Used, "policy_uri", Link),
    row(Idle, "jwks_uri", Endpoint),
    row(Idle, "jwks", Keys),
    row(Told, "software_id", Text),
    row(Told, "software_version", Text),
    row(Idle, "software_statement", Text),
    // RFC 7591 3.2.1, RFC 7592 3
    row(Ours, "client_id", Text),
    row(Ours, "client_secret", Text),
    row(Ours, "client_id_issued_at", Number),
    row(Ours, "client_secret_expires_at", Number),
    row(Ours, "registration_access_token", Text),
    row(Ours, "registration_client_uri", Text),
    // OpenID Connect Registration 2
    row(Used, "application_type", OneOf(&["web", "native"])),
    row(Idle, "sector_identifier_uri", Endpoint),
    row(Told, "subject_type", OneOf(&["public"])),
    row(Used, "id_token_signed_response_alg", ALGS),
    row(Promise, "id_token_encrypted_response_alg", Text),
    row(Promise, "id_token_encrypted_response_enc", Text),
    row(Promise, "userinfo_signed_response_alg", Text),
    row(Promise, "userinfo_encrypted_response_alg", Text),
    row(Promise, "userinfo_encrypted_response_enc", Text),
    row(Idle, "request_object_signing_alg", Text),
    row(Idle, "request_object_encryption_alg", Text),
    row(Idle, "request_object_encryption_enc", Text),
    row(Idle, "token_endpoint_auth_signing_alg", Text),
    row(Used, "default_max_age", Number),
    row(Used, "require_auth_time", Flag),
    row(Used, "default_acr_values", List),
    row(Idle, "initiate_login_uri", Page),
    row(Idle, "request_uris", Endpoints),
    // OpenID Connect logout: RP-Initiated 3.1, Front-Channel 2, Back-Channel 2.2
    row(Used, "post_logout_redirect_uris", List),
    row(Idle, "frontchannel_logout_uri", Page),
    row(Idle, "frontchannel_logout_session_required", Flag),
    row(Used, "backchannel_logout_uri", Endpoint),
    row(Used, "backchannel_logout_session_required", Flag),
    // RFC 8705 2.1.2, 3.4
    row(Idle, "tls_client_auth_subject_dn", Text),
    row(Idle, "tls_client_auth_san_dns", Text),
    row(Idle, "tls_client_auth_san_uri", Text),
    row(Idle, "tls_client_auth_san_ip", Text),
    row(Idle, "tls_client_auth_san_email", Text),
    row(Promise, "tls_client_certificate_bound_access_tokens", Flag),
    // RFC 9101 10.5, RFC 9126 6, RFC 9396 10, RFC 9449 5.2
    row(Promise, "require_signed_request_object", Flag),
    row(Promise, "require_pushed_authorization_requests", Flag),
    row(Idle, "authorization_details_types", List),
    row(Promise, "dpop_bound_access_tokens", Flag),
    // JARM 3, RFC 9701 6
    row(Promise, "authorization_signed_response_alg", Text),
    row(Promise, "authorization_encrypted_response_alg", Text),
    row(Promise, "authorization_encrypted_response_enc", Text),
    row(Promise, "introspection_signed_response_alg", Text),
    row(Promise, "introspection_encrypted_response_alg", Text),
    row(Promise, "introspection_encrypted_response_enc", Text),
    // OpenID CIBA 4
    row(Idle, "backchannel_token_delivery_mode", Text),
    row(Idle, "backchannel_client_notification_endpoint", Endpoint),
    row(Idle, "backchannel_authentication_request_signing_alg", Text),
    row(Idle, "backchannel_user_code_parameter", Flag),
    // Not registered anywhere
    row(Used, "allowed_cors_origins", List),
    row(Used, "id_token_claims", List),
    row(Operators, "first_party", Flag),
    row(Operators, "require_pkce", Flag),
    row(Operators, "resources", List),
    row(Operators, "access_token_alg", ALGS),
    row(Operators, "resource_server_of", List),
    row(Operators, "offline_access", OneOf(&["survives_logout", "ends_with_session"])),
    row(Operators, "refresh_rotation", OneOf(&["on", "off"])),
    row(Ours, "enabled", Flag),
    row(Ours, "created_at", Text),
    row(Ours, "updated_at", Text),
];

/// What people read, and may be said in several languages (RFC 7591 2.2).
const TRANSLATED: [&str; 5] = ["client_name", "client_uri", "logo_uri", "tos_uri", "policy_uri"];

/// The row of a member; a language tag (`client_name#de`) makes no difference.
pub(super) fn find(name: &str) -> Option<&'static Member> {
    let base = base_name(name);
    MEMBERS.iter().find(|member| member.name == base)
}

/// All members of this standing.
pub(super) fn all(standing: Standing) -> impl Iterator<Item = &'static Member> {
    MEMBERS.iter().filter(move |member| member.standing == standing)
}

/// The name without its language tag.
pub(super) fn base_name(name: &str) -> &str {
    name.split('#').next().unwrap_or(name)
}

/// Why the member `name` cannot have this value; nothing if it can, or if nobody here knows the name.
pub(super) fn refused(name: &str, value: &Value) -> Option<String> {
    refused_tag(name).or_else(|| find(name)?.shape.refused(value))
}

/// A language tag (BCP 47) behind a member that has none is a typing error.
fn refused_tag(name: &str) -> Option<String> {
    let (base, tag) = name.split_once('#')?;
    find(base)?;
    if !TRANSLATED.contains(&base) {
        return Some(format!(
            "has a language, but \"{base}\" is the same in all of them"
        ));
    }
    let subtag = |it: &str| (1..=8).contains(&it.len()) && it.bytes().all(|b| b.is_ascii_alphanumeric());
    (!tag.split('-').all(subtag))
        .then(|| "does not end in a language tag such as #de or #pt-BR (BCP 47)".into())
}

impl Shape {
    fn refused(self, value: &Value) -> Option<String> {
        let reason = match self {
            Shape::Text | Shape::Link | Shape::Page | Shape::Endpoint if !value.is_string() => {
                "is not a string"
            }
            Shape::List | Shape::Endpoints if !is_list_of_strings(value) => "is not a list of strings",
            Shape::Number if !value.is_u64() => "is not a whole number of seconds",
            Shape::Flag if !value.is_boolean() => "is neither true nor false",
            Shape::Keys => refused_keys(value)?,
            Shape::OneOf(offered) => {
                let known = value.as_str().is_some_and(|text| offered.contains(&text));
                return (!known).then(|| refused_word(offered));
            }
            _ => return None,
        };
        Some(reason.to_owned())
    }
}

fn is_list_of_strings(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|list| list.iter().all(Value::is_string))
}

fn refused_word(offered: &[&str]) -> String {
    let quoted: Vec<_> = offered.iter().map(|word| format!("\"{word}\"")).collect();
    match quoted.as_slice() {
        [only] => format!("is not offered here; there is only {only}"),
        all => format!("is not offered here; there are {}", all.join(", ")),
    }
}

/// Public keys only: a private one that was sent here is not private any more (RFC 7517 9.2).
fn refused_keys(value: &Value) -> Option<&'static str> {
    let Some(keys) = value.get("keys").and_then(Value::as_array) else {
        return Some("is not a JWK set, an object with \"keys\" (RFC 7517 5)");
    };
    let secret =
        |key: &Map<String, Value>| ["d", "k", "p", "q", "oth"].iter().any(|it| key.contains_key(*it));
    for key in keys {
        match key.as_object() {
            Some(key) if secret(key) => {
                return Some("holds a private or symmetric key; register public keys only");
            }
            Some(key) if key.get("kty").is_some_and(Value::is_string) => {}
            _ => return Some("holds something that is not a JWK, an object with \"kty\" (RFC 7517 4.1)"),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_name_stands_once() {
        let names: BTreeSet<_> = MEMBERS.iter().map(|member| member.name).collect();
        assert_eq!(names.len(), MEMBERS.len());
    }

    #[test]
    fn fields_of_the_types_and_rows_of_the_table_are_the_same() {
        let fields =
            |value: Value| -> BTreeSet<String> { value.as_object().unwrap().keys().cloned().collect() };
        let rows = |standing| {
            all(standing)
                .map(|member| member.name.to_owned())
                .collect::<BTreeSet<_>>()
        };
        let mut every = serde_json::json!({});
        for member in all(Used) {
            every[member.name] = match member.shape {
                Flag => true.into(),
                Number => 1.into(),
                List => serde_json::json!(["x"]),
                OneOf(words) => words[0].into(),
                _ => "x".into(),
            };
        }
        let metadata: crate::client::ClientMetadata = serde_json::from_value(every).unwrap();
        assert!(metadata.other.is_empty(), "{:?}", metadata.other);
        assert_eq!(fields(serde_json::to_value(metadata).unwrap()), rows(Used));
        let policy = crate::client::ClientPolicy {
            resources: vec!["x".into()],
            access_token_alg: Some(crate::SigningAlg::ES256),
            resource_server_of: vec!["x".into()],
            offline_access: Some(crate::client::OfflineAccess::SurvivesLogout),
            refresh_rotation: Some(crate::client::RefreshRotation::Off),
            ..Default::default()
        };
        assert_eq!(fields(serde_json::to_value(policy).unwrap()), rows(Operators));
    }
}
