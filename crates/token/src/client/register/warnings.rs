//! What was registered all the same, but may surprise.

use protocol::Scope;

use super::members::{self, Standing};
use super::{policy, shown};
use crate::client::metadata::{ApplicationType, AuthMethod, ClientMetadata, ClientPolicy};
use crate::resource::Catalogue;

/// Sentences for whoever registers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Warnings(pub Vec<String>);

/// What may surprise about a client that can be registered.
pub(super) fn of(metadata: &ClientMetadata, policy: &ClientPolicy, catalogue: &Catalogue) -> Warnings {
    let mut warnings: Vec<String> = unknown_scopes(metadata, catalogue).collect();
    for (field, list) in policy::lists(policy) {
        let unknown = list.iter().filter(|uri| catalogue.resource(uri).is_none());
        warnings.extend(unknown.map(|uri| {
            let uri = shown(uri);
            format!("{field} \"{uri}\": no API is registered under it; it is kept, add the API with `signet resource create`")
        }));
    }
    let method = metadata.token_endpoint_auth_method;
    if metadata.application_type == ApplicationType::Native && method != AuthMethod::None {
        let text = "an app on a device cannot keep a secret (RFC 8252 8.5); \"none\" is meant for it";
        warnings.push(format!("token_endpoint_auth_method: {text}"));
    }
    let has = |name: &str| metadata.grant_types.iter().any(|own| own == name);
    if has("refresh_token") && !has("authorization_code") {
        let text = "refresh tokens come with \"authorization_code\" only (RFC 6749 4.4.3)";
        warnings.push(format!("grant_types \"refresh_token\": {text}"));
    }
    let idle = metadata
        .other
        .keys()
        .filter(|name| members::find(name).is_some_and(|member| member.standing == Standing::Idle));
    warnings.extend(idle.map(|name| format!("{name}: is kept, but nothing here acts on it yet")));
    Warnings(warnings)
}

fn unknown_scopes(metadata: &ClientMetadata, catalogue: &Catalogue) -> impl Iterator<Item = String> {
    let parse = |text: &str| Scope::parse(text).unwrap_or_default();
    let scope = metadata.scope.as_deref().map(parse).unwrap_or_default();
    let tokens = scope.iter().map(|token| ("scope", token, catalogue.knows(token)));
    let claims = metadata.id_token_claims.iter();
    let claims = claims.map(|token| {
        (
            "id_token_claims",
            token.as_str(),
            catalogue.is_about_people(token),
        )
    });
    let unknown: Vec<_> = tokens
        .chain(claims)
        .filter(|(_, _, known)| !known)
        .map(|(field, token, _)| {
            let token = shown(token);
            format!("{field} \"{token}\": nobody here defines it; it is kept and ignored")
        })
        .collect();
    unknown.into_iter()
}
