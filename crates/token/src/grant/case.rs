//! One token request with all it is judged by.

use identity::Users;
use kernel::{Audit, Ctx};
use protocol::Params;
use session::{Revocations, Sessions};

use crate::client::Client;
use crate::ports::Grants;
use crate::resource::Catalogue;

/// What grants ask of storage.
pub trait GrantPorts: Grants + Users + Sessions + Revocations + Audit {}
impl<T: Grants + Users + Sessions + Revocations + Audit + ?Sized> GrantPorts for T {}

/// A token request of an authenticated client, beside storage.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// Time, dice, issuer, policy.
    pub ctx: &'a Ctx,
    /// The APIs and scopes there are.
    pub catalogue: &'a Catalogue,
    /// Who asks.
    pub client: &'a Client,
    /// The form.
    pub params: &'a Params,
}

impl Case<'_> {
    /// Whether the client may have tokens for this: one of its APIs, or the issuer itself.
    pub(crate) fn may_reach(&self, identifier: &str) -> bool {
        identifier == self.ctx.issuer.as_str() || self.client.may_reach(identifier, self.catalogue)
    }

    /// The APIs named by `resource` (RFC 8707 2), each once; empty when none was named.
    pub(crate) fn resources(&self) -> Vec<String> {
        let mut resources: Vec<String> = Vec::new();
        for uri in self.params.all("resource") {
            if !resources.iter().any(|own| own == uri) {
                resources.push(uri.to_owned());
            }
        }
        resources
    }
}
