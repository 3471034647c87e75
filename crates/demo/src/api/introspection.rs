//! Asks the provider whether a token still counts (RFC 7662), as the API's own client.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use guard::{FetchFault, IntrospectionEndpoint};
use outbound::{HeaderMap, HeaderValue, Method, Outbound};
use url::{Url, form_urlencoded};

use super::DemoApi;
use super::issuer::{ask, discover, wait};

/// The introspection endpoint of one issuer. Reaches this machine only.
pub(super) struct ProviderIntrospection {
    issuer: String,
    /// `Authorization`, marked as a secret.
    credentials: Option<HeaderValue>,
    /// From the discovery document, once it was read.
    address: OnceLock<Url>,
}

impl ProviderIntrospection {
    pub(super) fn of(api: &DemoApi) -> Self {
        Self {
            issuer: api.issuer.clone(),
            credentials: basic(&api.client_id, &api.client_secret),
            address: OnceLock::new(),
        }
    }

    async fn address(&self, http: &Outbound) -> Result<Url, FetchFault> {
        if let Some(known) = self.address.get() {
            return Ok(known.clone());
        }
        let found = discover(http, &self.issuer).await?.introspection_endpoint;
        Ok(self.address.get_or_init(|| found).clone())
    }

    fn headers(&self) -> Option<HeaderMap> {
        let mut headers = HeaderMap::new();
        headers.insert("accept", HeaderValue::from_static("application/json"));
        headers.insert(
            "content-type",
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        headers.insert("authorization", self.credentials.clone()?);
        Some(headers)
    }
}

impl IntrospectionEndpoint for ProviderIntrospection {
    fn introspect(&self, token: &str) -> Result<String, FetchFault> {
        let http = Outbound::loopback().map_err(FetchFault::new)?;
        let headers = self
            .headers()
            .ok_or_else(|| FetchFault::new("the client's credentials fit no header"))?;
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", token)
            .append_pair("token_type_hint", "access_token")
            .finish();
        wait(async {
            let url = self.address(&http).await?;
            ask(&http, Method::POST, url, headers, form.into_bytes()).await
        })
    }
}

/// RFC 6749 2.3.1: both halves are form-encoded first.
fn basic(client_id: &str, client_secret: &str) -> Option<HeaderValue> {
    let encoded = |text: &str| -> String { form_urlencoded::byte_serialize(text.as_bytes()).collect() };
    let pair = format!("{}:{}", encoded(client_id), encoded(client_secret));
    let mut value = HeaderValue::from_str(&format!("Basic {}", BASE64_STANDARD.encode(pair))).ok()?;
    value.set_sensitive(true);
    Some(value)
}
