//! Asks the issuer, wherever its name leads: who configured the issuer means it, so neither a private address nor loopback
//! is refused. No other host is asked.

use std::time::{SystemTime, UNIX_EPOCH};

use actix_web::http::header::HttpDate;
use actix_web::rt::{System, SystemRunner};
use kernel::Timestamp;
use outbound::{Allowed, HeaderMap, Method, Outbound, Request};
use url::Url;

use crate::config::Config;
use crate::outgoing;

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    /// Any.
    pub(super) status: u16,
    /// Names in small letters; values that are text.
    pub(super) headers: Vec<(String, String)>,
    /// Whole.
    pub(super) body: Vec<u8>,
    /// The `Date` header.
    pub(super) date: Option<Timestamp>,
}

impl Answer {
    /// A header's value.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Asks, one question at a time.
pub(super) struct Fetcher {
    client: Outbound,
    runtime: SystemRunner,
}

impl Fetcher {
    /// For the issuer of `config`.
    ///
    /// # Errors
    /// One line, when TLS cannot be set up.
    pub(super) fn new(config: &Config) -> Result<Self, String> {
        let client = outgoing::client(vouched(config.issuer.as_str())?, &config.outbound_authorities);
        Ok(Self {
            client: client.map_err(|failure| failure.reason().to_owned())?,
            runtime: System::new(),
        })
    }

    /// Fetches.
    ///
    /// # Errors
    /// Why there is no answer.
    pub(super) fn get(&self, url: &str) -> Result<Answer, String> {
        let request = Request {
            method: Method::GET,
            url: Url::parse(url).map_err(|error| error.to_string())?,
            headers: HeaderMap::new(),
            body: Vec::new(),
        };
        let sent = self.runtime.block_on(self.client.send(request));
        let answer = sent.map_err(|error| error.in_full())?;
        let headers: Vec<(String, String)> = answer
            .headers
            .iter()
            .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
            .collect();
        let date = headers.iter().find(|(name, _)| name == "date");
        Ok(Answer {
            status: answer.status.as_u16(),
            date: date.and_then(|(_, text)| moment(text)),
            headers,
            body: answer.body,
        })
    }
}

/// The issuer's host and port, and nothing else.
fn vouched(issuer: &str) -> Result<Allowed, String> {
    let url = Url::parse(issuer).map_err(|error| error.to_string())?;
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
        return Err("the issuer has no host".to_owned());
    };
    let read = Allowed::parse(&[format!("{host}:{port}")]);
    read.map_err(|faults| {
        faults
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("; ")
    })
}

/// An HTTP date (RFC 9110 5.6.7).
fn moment(text: &str) -> Option<Timestamp> {
    let date: SystemTime = text.parse::<HttpDate>().ok()?.into();
    let since = date.duration_since(UNIX_EPOCH).ok()?;
    Some(Timestamp::from_secs(i64::try_from(since.as_secs()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_headers_are_read() {
        let read = moment("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(read, Some(Timestamp::from_secs(784_111_777)));
        assert_eq!(moment("yesterday"), None);
    }

    #[test]
    fn every_issuer_can_be_vouched_for() {
        for issuer in [
            "https://id.example.com",
            "http://localhost:8080",
            "http://[::1]:9",
            "https://id.example:8443",
        ] {
            assert!(vouched(issuer).is_ok(), "{issuer}");
        }
    }
}
