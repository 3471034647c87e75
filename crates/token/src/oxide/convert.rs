//! Our grants and scopes as oxide-auth's, and back.

use std::time::{Duration, UNIX_EPOCH};

use oxide_auth::code_grant::extensions::Pkce;
use oxide_auth::primitives::grant::{Extensions, Grant as OxideGrant, Value};
use oxide_auth::primitives::scope::Scope as OxideScope;
use protocol::Scope;
use url::Url;

use crate::grant::Grant;

/// The end of the year 9999: no machine of theirs lives to see a grant of ours expire.
const FOREVER: Duration = Duration::from_secs(253_402_300_799);

/// A scope for the machines. `None` cannot happen for a parsed [`Scope`]; callers treat it as an invalid one.
pub fn scope(scope: &Scope) -> Option<OxideScope> {
    scope.to_string().parse().ok()
}

/// A grant for the machines: timeless, with the code challenge as an extension.
pub fn grant(grant: &Grant) -> Option<Box<OxideGrant>> {
    let mut extensions = Extensions::new();
    if let Some(challenge) = &grant.pkce {
        extensions.set(&Pkce::optional(), Value::private(Some(challenge.clone())));
    }
    Some(Box::new(OxideGrant {
        owner_id: grant.user.to_string(),
        client_id: grant.client_id.clone(),
        scope: scope(&grant.scope)?,
        redirect_uri: Url::parse(&grant.redirect_uri).ok()?,
        until: (UNIX_EPOCH + FOREVER).into(),
        extensions,
    }))
}
