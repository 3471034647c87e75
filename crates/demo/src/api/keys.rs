//! The provider's keys, found the way anybody finds them: by the discovery document of the issuer.

use guard::{FetchFault, JwksSource};
use outbound::{HeaderMap, Method, Outbound};

use super::issuer::{ask, discover, wait};

/// Fetches the keys of one issuer. Reaches this machine only.
pub(crate) struct ProviderKeys {
    issuer: String,
}

impl ProviderKeys {
    pub(crate) fn of(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
        }
    }
}

impl JwksSource for ProviderKeys {
    fn fetch(&self) -> Result<String, FetchFault> {
        let http = Outbound::loopback().map_err(FetchFault::new)?;
        wait(async {
            let metadata = discover(&http, &self.issuer).await?;
            ask(
                &http,
                Method::GET,
                metadata.jwks_uri,
                HeaderMap::new(),
                Vec::new(),
            )
            .await
        })
    }
}
