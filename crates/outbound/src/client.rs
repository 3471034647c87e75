//! The client: vets, sends once, reads within bounds. It never retries, follows or decodes.

use std::time::Duration;

use reqwest::redirect::Policy;

use crate::error::OutboundError;
use crate::message::{Request, Response};
use crate::reach::Reach;
use crate::resolver::VettingResolver;

/// Longest answer read, in bytes: 256 KiB. Discovery documents and key sets are a hundredth of it.
const BODY_LIMIT: usize = 256 * 1024;
/// Longest time from connecting to the last byte of the answer.
const TIME_LIMIT: Duration = Duration::from_secs(5);

/// Sends requests to where it may. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct Outbound {
    http: reqwest::Client,
    reach: Reach,
    body_limit: usize,
}

impl Outbound {
    /// A client that talks to this machine only, over `http`.
    ///
    /// # Errors
    /// [`OutboundError::Transport`] when the underlying client cannot be built.
    pub fn loopback() -> Result<Self, OutboundError> {
        Self::build(Reach::Loopback, BODY_LIMIT, TIME_LIMIT)
    }

    fn build(reach: Reach, body_limit: usize, time_limit: Duration) -> Result<Self, OutboundError> {
        let http = reqwest::Client::builder()
            .dns_resolver(VettingResolver(reach))
            .redirect(Policy::none())
            .no_proxy()
            .timeout(time_limit)
            .build()?;
        Ok(Self {
            http,
            reach,
            body_limit,
        })
    }

    /// Sends one request and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// [`OutboundError`] when the destination is out of reach, or no complete answer came within the bounds.
    pub async fn send(&self, request: Request) -> Result<Response, OutboundError> {
        if request.url.scheme() != "http" {
            return Err(OutboundError::Scheme(request.url.scheme().to_owned()));
        }
        self.reach.check_url(&request.url)?;
        let mut answer = self
            .http
            .request(request.method, request.url)
            .headers(request.headers)
            .body(request.body)
            .send()
            .await?;
        let body = self.read(&mut answer).await?;
        Ok(Response {
            status: answer.status(),
            headers: std::mem::take(answer.headers_mut()),
            body,
        })
    }

    /// Reads to the end or the bound. A declared length is not believed, only what arrives is counted.
    async fn read(&self, answer: &mut reqwest::Response) -> Result<Vec<u8>, OutboundError> {
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > self.body_limit {
                return Err(OutboundError::TooLarge {
                    limit: self.body_limit,
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use url::Url;

    use super::*;
    use crate::reach::OutOfReach;
    use crate::{HeaderMap, Method};

    /// A server for one connection: reads something, writes `answer`, closes. Returns its port.
    fn answering(answer: String) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer.as_bytes());
        });
        port
    }

    fn get(client: &Outbound, url: &str) -> Result<Response, OutboundError> {
        let url = Url::parse(url).unwrap();
        let request = Request {
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            body: Vec::new(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(client.send(request))
    }

    fn small() -> Outbound {
        Outbound::build(Reach::Loopback, 64, Duration::from_millis(300)).unwrap()
    }

    #[test]
    fn reaches_this_machine_by_name_and_by_address() {
        for host in ["localhost", "127.0.0.1"] {
            let port = answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi".to_owned());
            let answer = get(&small(), &format!("http://{host}:{port}/")).unwrap();
            assert_eq!(
                (answer.status.as_u16(), answer.body.as_slice()),
                (200, b"hi".as_slice())
            );
        }
    }

    #[test]
    fn hands_redirects_back() {
        let port = answering(
            "HTTP/1.1 302 Found\r\nlocation: http://192.0.2.1/\r\ncontent-length: 0\r\n\r\n".to_owned(),
        );
        let answer = get(&small(), &format!("http://127.0.0.1:{port}/")).unwrap();
        assert_eq!(answer.status.as_u16(), 302);
        assert_eq!(answer.headers["location"], "http://192.0.2.1/");
    }

    #[test]
    fn refuses_other_machines_and_other_schemes() {
        let refusal = get(&small(), "http://192.0.2.1/").unwrap_err();
        assert!(
            matches!(refusal, OutboundError::OutOfReach(OutOfReach::Forbidden { .. })),
            "{refusal:?}"
        );
        let refusal = get(&small(), "https://localhost/").unwrap_err();
        assert!(matches!(refusal, OutboundError::Scheme(_)), "{refusal:?}");
    }

    #[test]
    fn the_resolvers_verdict_survives_the_journey() {
        let refusal = get(&small(), "http://name.invalid/").unwrap_err();
        assert!(
            matches!(refusal, OutboundError::OutOfReach(OutOfReach::Unresolved(_))),
            "{refusal:?}"
        );
    }

    #[test]
    fn stops_reading_at_the_bound() {
        let port = answering(format!(
            "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}",
            "x".repeat(65)
        ));
        let error = get(&small(), &format!("http://127.0.0.1:{port}/")).unwrap_err();
        assert!(
            matches!(error, OutboundError::TooLarge { limit: 64 }),
            "{error:?}"
        );
    }

    #[test]
    fn stops_waiting_at_the_bound() {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = silent.local_addr().unwrap().port();
        let error = get(&small(), &format!("http://127.0.0.1:{port}/")).unwrap_err();
        assert!(matches!(error, OutboundError::Timeout), "{error:?}");
    }
}
