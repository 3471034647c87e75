//! The provider as the API knows it: by its issuer identifier and the discovery document, on this machine only.

use guard::FetchFault;
use outbound::{HeaderMap, Method, Outbound, Request};
use serde::Deserialize;
use tokio::runtime::Builder;
use url::Url;

/// What the API reads from the discovery document.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Metadata {
    issuer: String,
    /// Its keys (RFC 8414 2).
    pub(super) jwks_uri: Url,
    /// Where to ask about tokens (RFC 8414 2).
    pub(super) introspection_endpoint: Url,
}

/// Fetches the discovery document.
pub(super) async fn discover(http: &Outbound, issuer: &str) -> Result<Metadata, FetchFault> {
    let address = format!("{issuer}/.well-known/openid-configuration");
    let url = Url::parse(&address).map_err(FetchFault::new)?;
    let document = ask(http, Method::GET, url, HeaderMap::new(), Vec::new()).await?;
    let metadata: Metadata = serde_json::from_str(&document).map_err(FetchFault::new)?;
    // OpenID Connect Discovery 4.3: the document must be about the issuer it was asked for.
    if metadata.issuer != issuer {
        return Err(FetchFault::new("the discovery document names another issuer"));
    }
    Ok(metadata)
}

/// The body of an answer with status 200.
pub(super) async fn ask(
    http: &Outbound,
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Vec<u8>,
) -> Result<String, FetchFault> {
    let request = Request {
        method,
        url,
        headers,
        body,
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

/// Waits for `work`, on a runtime made for the occasion: the guard calls from threads that have none.
pub(super) fn wait<T>(work: impl Future<Output = Result<T, FetchFault>>) -> Result<T, FetchFault> {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.map_err(FetchFault::new)?.block_on(work)
}
