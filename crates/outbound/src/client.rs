//! The client: vets, sends once, reads within bounds. It never retries, follows or decodes.

use std::time::Duration;

use reqwest::redirect::Policy;

use crate::allowed::Allowed;
use crate::authorities::Authorities;
use crate::error::OutboundError;
use crate::judge::{Judge, Standing};
use crate::message::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use crate::reach::Reach;
use crate::refusal::OutOfReach;
use crate::resolver::VettingResolver;

/// What an answer may cost.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// Longest body, in bytes.
    body: usize,
    /// Names and values of all header fields together, in bytes.
    header: usize,
    /// From resolving the name to the last byte of the answer.
    time: Duration,
}

/// Discovery documents and key sets are a hundredth of the size.
const BOUNDS: Bounds = Bounds {
    body: 256 * 1024,
    header: 32 * 1024,
    time: Duration::from_secs(5),
};
/// Most header fields read; the library gives up at the next.
const HEADER_FIELDS: usize = 100;
/// Connections kept for the next request, for each destination.
const IDLE_CONNECTIONS: usize = 4;

/// Sends requests to where it may. Cheap to clone; clones share their connections, so all of them belong to one runtime.
#[derive(Debug, Clone)]
pub struct Outbound {
    way: Way,
    bounds: Bounds,
}

#[derive(Debug, Clone)]
enum Way {
    Loopback(reqwest::Client),
    Open(Open),
}

#[derive(Debug, Clone)]
struct Open {
    judge: Judge,
    public: reqwest::Client,
    vouched: reqwest::Client,
    trust: Trust,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    Somebody,
    Nobody,
}

impl Outbound {
    /// A client that talks to this machine only, over `http`. It needs no certificate authorities.
    ///
    /// # Errors
    /// [`OutboundError::Transport`] when the underlying client cannot be built.
    pub fn loopback() -> Result<Self, OutboundError> {
        Self::loopback_within(BOUNDS)
    }

    /// A client for the open internet: `https` to public addresses, and what `allowed` excepts from that. It believes
    /// the system's certificate authorities (or those `SSL_CERT_FILE` and `SSL_CERT_DIR` name) and `authorities`.
    /// A machine without any can still send plain `http` where that is excepted; [`Outbound::believes_anybody`] tells.
    ///
    /// # Errors
    /// [`OutboundError::Transport`] when the underlying client cannot be built.
    pub fn open(allowed: Allowed, authorities: &Authorities) -> Result<Self, OutboundError> {
        Self::open_within(BOUNDS, allowed, authorities)
    }

    /// Whether there is a certificate authority to believe. Without one every `https` request fails with
    /// [`OutboundError::NoAuthorities`]; whoever starts the program will want to know.
    pub fn believes_anybody(&self) -> bool {
        match &self.way {
            Way::Loopback(_) => false,
            Way::Open(open) => open.trust == Trust::Somebody,
        }
    }

    fn loopback_within(bounds: Bounds) -> Result<Self, OutboundError> {
        let client = builder(Reach::Loopback, bounds).tls_certs_only([]).build()?;
        Ok(Self {
            way: Way::Loopback(client),
            bounds,
        })
    }

    fn open_within(
        bounds: Bounds,
        allowed: Allowed,
        authorities: &Authorities,
    ) -> Result<Self, OutboundError> {
        let judge = Judge::new(allowed);
        let (public, trust) = believing(Reach::Public(judge.allowed()), bounds, authorities)?;
        let (vouched, _) = believing(Reach::Vouched, bounds, authorities)?;
        let open = Open {
            judge,
            public,
            vouched,
            trust,
        };
        Ok(Self {
            way: Way::Open(open),
            bounds,
        })
    }

    /// Sends one request and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// [`OutboundError`] when the destination is out of reach, or no complete answer came within the bounds.
    pub async fn send(&self, request: Request) -> Result<Response, OutboundError> {
        let mut answer = self
            .client_for(&request)?
            .request(request.method, request.url)
            .headers(request.headers)
            .body(request.body)
            .send()
            .await?;
        self.check_header(answer.headers())?;
        let body = self.read(&mut answer).await?;
        Ok(Response {
            status: answer.status(),
            headers: std::mem::take(answer.headers_mut()),
            body,
        })
    }

    /// The client that may fetch the URL, as far as the URL itself tells; its resolver says the rest.
    fn client_for(&self, request: &Request) -> Result<&reqwest::Client, OutboundError> {
        let url = &request.url;
        match &self.way {
            Way::Loopback(_) if url.scheme() != "http" => {
                Err(OutOfReach::Scheme(url.scheme().to_owned()).into())
            }
            Way::Loopback(client) => {
                Reach::Loopback.check_url(url)?;
                Ok(client)
            }
            Way::Open(open) => {
                let standing = open.judge.standing(url)?;
                if url.scheme() == "https" && open.trust == Trust::Nobody {
                    return Err(OutboundError::NoAuthorities);
                }
                Ok(match standing {
                    Standing::Vouched => &open.vouched,
                    Standing::Public => &open.public,
                })
            }
        }
    }

    fn check_header(&self, header: &HeaderMap) -> Result<(), OutboundError> {
        let length = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len();
        let limit = self.bounds.header;
        if header.iter().map(length).sum::<usize>() > limit {
            return Err(OutboundError::TooLarge { limit });
        }
        Ok(())
    }

    /// Reads to the end or the bound. A declared length is not believed, only what arrives is counted.
    async fn read(&self, answer: &mut reqwest::Response) -> Result<Vec<u8>, OutboundError> {
        let limit = self.bounds.body;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > limit {
                return Err(OutboundError::TooLarge { limit });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

fn builder(reach: Reach, bounds: Bounds) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .dns_resolver(VettingResolver(reach))
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .timeout(bounds.time)
        .http1_max_headers(HEADER_FIELDS)
        .pool_max_idle_per_host(IDLE_CONNECTIONS)
}

/// A client that believes the system's authorities and `authorities`, or, where there are none, nobody.
fn believing(
    reach: Reach,
    bounds: Bounds,
    authorities: &Authorities,
) -> Result<(reqwest::Client, Trust), OutboundError> {
    let merged = builder(reach.clone(), bounds).tls_certs_merge(authorities.certificates());
    match merged.build() {
        Ok(client) => Ok((client, Trust::Somebody)),
        // Ours are read before; so it is the system that has none. That must not keep a provider from starting that
        // fetches nothing.
        Err(_) if authorities.is_empty() => {
            let client = builder(reach, bounds).tls_certs_only([]).build()?;
            Ok((client, Trust::Nobody))
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests;
