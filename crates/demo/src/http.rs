//! Lets the `openidconnect` crate speak through [`outbound`], so that the applications cannot be talked into calling
//! anything but this machine.

use std::future::Future;
use std::pin::Pin;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use outbound::{Outbound, OutboundError, Request};
use thiserror::Error;
use url::Url;

/// The provider's HTTP side as the protocol library sees it.
#[derive(Debug, Clone)]
pub(crate) struct ProviderHttp(Outbound);

/// A request to the provider that brought no answer.
#[derive(Debug, Error)]
pub(crate) enum HttpFault {
    /// The library asked for an address that is not a URL.
    #[error("not a URL")]
    Url(#[from] url::ParseError),
    /// It could not be sent or answered.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
}

impl ProviderHttp {
    /// A client that reaches this machine only.
    pub(crate) fn loopback() -> Result<Self, OutboundError> {
        Outbound::loopback().map(Self)
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpFault> {
        let (parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string())?;
        let answer = self
            .0
            .send(Request {
                method: parts.method,
                url,
                headers: parts.headers,
                body,
            })
            .await?;
        let mut response = HttpResponse::new(answer.body);
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        Ok(response)
    }
}

impl<'c> AsyncHttpClient<'c> for ProviderHttp {
    type Error = HttpFault;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpFault>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
