//! The provider's keys, found the way anybody finds them: by the discovery document of the issuer.

use guard::{FetchFault, JwksSource};
use outbound::{HeaderMap, Method, Outbound, Request};
use serde::Deserialize;
use tokio::runtime::Builder;
use url::Url;

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

    async fn ask(&self) -> Result<String, FetchFault> {
        #[derive(Deserialize)]
        struct Metadata {
            issuer: String,
            jwks_uri: Url,
        }
        let http = Outbound::loopback().map_err(FetchFault::new)?;
        let address = format!("{}/.well-known/openid-configuration", self.issuer);
        let document = get(&http, Url::parse(&address).map_err(FetchFault::new)?).await?;
        let metadata: Metadata = serde_json::from_str(&document).map_err(FetchFault::new)?;
        // OpenID Connect Discovery 4.3: the document must be about the issuer it was asked for.
        if metadata.issuer != self.issuer {
            return Err(FetchFault::new("the discovery document names another issuer"));
        }
        get(&http, metadata.jwks_uri).await
    }
}

impl JwksSource for ProviderKeys {
    /// On a runtime of its own, made for the occasion: the guard calls from a thread that has none, every few minutes.
    fn fetch(&self) -> Result<String, FetchFault> {
        let runtime = Builder::new_current_thread().enable_all().build();
        runtime.map_err(FetchFault::new)?.block_on(self.ask())
    }
}

async fn get(http: &Outbound, url: Url) -> Result<String, FetchFault> {
    let request = Request {
        method: Method::GET,
        url,
        headers: HeaderMap::new(),
        body: Vec::new(),
    };
    let answer = http.send(request).await.map_err(FetchFault::new)?;
    if answer.status != 200 {
        return Err(FetchFault::new(format!(
            "the provider answered {}",
            answer.status
        )));
    }
    String::from_utf8(answer.body).map_err(FetchFault::new)
}
