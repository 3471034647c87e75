//! Redirect targets. The only way to redirect a browser to an application is through a type made here, and it is made
//! only from a URI the client has registered.
//!
//! Comparison is byte for byte (RFC 9700 2.1); for native clients the port of a loopback redirect is free (RFC 8252 7.3).

use serde::{Deserialize, Serialize};
use url::Url;

use super::{ApplicationType, Client};

/// How an answer travels (OAuth 2.0 Multiple Response Types 2.1, Form Post Response Mode 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the query of the redirect URI; what `response_type=code` means by itself.
    #[default]
    Query,
    /// In its fragment.
    Fragment,
    /// In a form the browser posts there.
    FormPost,
}

impl ResponseMode {
    /// All of them, in the order discovery lists them.
    pub const ALL: [ResponseMode; 3] = [Self::Query, Self::Fragment, Self::FormPost];

    /// The registered value.
    pub fn as_str(self) -> &'static str {
        match self {
            ResponseMode::Query => "query",
            ResponseMode::Fragment => "fragment",
            ResponseMode::FormPost => "form_post",
        }
    }

    /// From a `response_mode` parameter.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text)
    }
}

/// Where the answer to an authorization request goes: a redirect URI proven to be the client's, with the `state` to
/// return byte for byte, and how it gets there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseTarget {
    redirect_uri: String,
    state: Option<String>,
    #[serde(default)]
    mode: ResponseMode,
}

impl ResponseTarget {
    /// Proves `presented` against the client's registered URIs; `None` if it is not one of them.
    pub fn prove(client: &Client, presented: &str, state: Option<&str>) -> Option<Self> {
        let own = client
            .metadata
            .redirect_uris
            .iter()
            .any(|registered| matches(client, registered, presented));
        own.then(|| Self {
            redirect_uri: presented.to_owned(),
            state: state.map(str::to_owned),
            mode: ResponseMode::default(),
        })
    }

    /// The same target, answered in `mode` where that can be done. A form goes to http and https only, and browsers
    /// change line ends in it, so that a `state` with control characters would not come back as it was sent.
    #[must_use]
    pub fn in_mode(mut self, mode: ResponseMode) -> Self {
        let is_web = ["http://", "https://"]
            .iter()
            .any(|scheme| self.redirect_uri.starts_with(scheme));
        let is_plain = self
            .state()
            .is_none_or(|state| !state.chars().any(char::is_control));
        if mode != ResponseMode::FormPost || (is_web && is_plain) {
            self.mode = mode;
        }
        self
    }

    /// The redirect URI, byte for byte as presented.
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// The client's `state`.
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// How the answer gets there.
    pub fn mode(&self) -> ResponseMode {
        self.mode
    }

    /// `params` with the client's `state`: what an answer consists of.
    pub fn answer<'a>(&'a self, params: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let state = self.state().map(|state| ("state", state));
        params.iter().copied().chain(state).collect()
    }

    /// The target with `params` and `state` added to its query; what the query already had stays as it was.
    pub fn with_query(&self, params: &[(&str, &str)]) -> String {
        let added = encode(&self.answer(params));
        let glue = match self.redirect_uri.split_once('?') {
            None => "?",
            Some((_, "")) => "",
            Some(_) => "&",
        };
        format!("{}{glue}{added}", self.redirect_uri)
    }

    /// The target with `params` and `state` in its fragment; a registered redirect URI has none of its own (RFC 6749
    /// 3.1.2).
    pub fn with_fragment(&self, params: &[(&str, &str)]) -> String {
        format!("{}#{}", self.redirect_uri, encode(&self.answer(params)))
    }
}

fn encode(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

/// Where a browser may go after signing out, proven to be the client's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostLogoutTarget(ResponseTarget);

impl PostLogoutTarget {
    /// Proves `presented` against the client's registered URIs (OpenID Connect RP-Initiated Logout 3).
    pub fn prove(client: &Client, presented: &str, state: Option<&str>) -> Option<Self> {
        let own = client
            .metadata
            .post_logout_redirect_uris
            .iter()
            .any(|r| matches(client, r, presented));
        own.then(|| {
            Self(ResponseTarget {
                redirect_uri: presented.to_owned(),
                state: state.map(str::to_owned),
                mode: ResponseMode::Query,
            })
        })
    }

    /// The URL, with `state` where one was given.
    pub fn url(&self) -> String {
        match self.0.state() {
            Some(_) => self.0.with_query(&[]),
            None => self.0.redirect_uri.clone(),
        }
    }
}

fn matches(client: &Client, registered: &str, presented: &str) -> bool {
    registered == presented
        || (client.metadata.application_type == ApplicationType::Native
            && same_but_for_loopback_port(registered, presented))
}

/// `http` on 127.0.0.1, [::1] or localhost, each matching only itself, and nothing but the port differs.
fn same_but_for_loopback_port(registered: &str, presented: &str) -> bool {
    let (Some(own), Some(theirs)) = (split_loopback(registered), split_loopback(presented)) else {
        return false;
    };
    own == theirs && Url::parse(presented).is_ok()
}

/// Host and what follows the port of an `http` loopback URI, as written.
fn split_loopback(uri: &str) -> Option<(&str, &str)> {
    let rest = uri.strip_prefix("http://")?;
    let host = ["127.0.0.1", "[::1]", "localhost"]
        .into_iter()
        .find(|host| rest.starts_with(host))?;
    let after_host = &rest[host.len()..];
    let Some(after_colon) = after_host.strip_prefix(':') else {
        return matches!(after_host.as_bytes().first(), None | Some(b'/' | b'?'))
            .then_some((host, after_host));
    };
    let digits = after_colon.bytes().take_while(u8::is_ascii_digit).count();
    let (port, tail) = after_colon.split_at(digits);
    let port_is_real = port.parse::<u16>().is_ok_and(|port| port > 0);
    let tail_is_clean = matches!(tail.as_bytes().first(), None | Some(b'/' | b'?'));
    (port_is_real && tail_is_clean).then_some((host, tail))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::tests_support::client;

    fn proven(client: &Client, uri: &str) -> bool {
        ResponseTarget::prove(client, uri, None).is_some()
    }

    #[test]
    fn web_targets_match_byte_for_byte() {
        let client = client(ApplicationType::Web, &["https://rp.test/cb"]);
        assert!(proven(&client, "https://rp.test/cb"));
        for other in [
            "https://rp.test/cb/",
            "https://rp.test/CB",
            "https://rp.test/cb?x=1",
            "https://rp.test/cb#f",
            "https://rp.test/cb/..;/x",
            "https://rp.test/cb%2f..%2fx",
            "https://RP.TEST/cb",
            "https://rp.test:443/cb",
            "http://rp.test/cb",
            "https://rp.test@evil.test/cb",
            "https://a@b@rp.test/cb",
            "https://evil.test\\@rp.test/cb",
            "https://rp.test.evil.test/cb",
            "https://rp.test%00.evil.test/cb",
            "https://rp.test/cb\t",
            "https://rp.test/\r\ncb",
            "https://rр.test/cb",
            "https://xn--r-0tb.test/cb",
        ] {
            assert!(!proven(&client, other), "{other}");
        }
    }

    #[test]
    fn native_loopback_ports_are_free_and_hosts_match_only_themselves() {
        let client = client(ApplicationType::Native, &["http://127.0.0.1/cb"]);
        assert!(proven(&client, "http://127.0.0.1:51004/cb"));
        assert!(proven(&client, "http://127.0.0.1/cb"));
        for other in [
            "http://localhost:1/cb",
            "http://127.0.0.2/cb",
            "http://127.1/cb",
            "http://0x7f000001/cb",
            "http://[::ffff:127.0.0.1]/cb",
            "http://127.0.0.1.evil.test/cb",
            "http://127.0.0.1:1/other",
            "http://127.0.0.1:1@evil.test/cb",
            "http://127.0.0.1:/cb",
            "http://127.0.0.1:99999/cb",
            "https://127.0.0.1:1/cb",
        ] {
            assert!(!proven(&client, other), "{other}");
        }
    }

    #[test]
    fn the_port_is_fixed_for_web_clients() {
        let client = client(ApplicationType::Web, &["http://127.0.0.1:8081/cb"]);
        assert!(!proven(&client, "http://127.0.0.1:8082/cb"));
    }

    #[test]
    fn registered_queries_survive() {
        let client = client(
            ApplicationType::Web,
            &["https://rp.test/cb?dummy1=lorem&dummy2=ipsum"],
        );
        let target = ResponseTarget::prove(
            &client,
            "https://rp.test/cb?dummy1=lorem&dummy2=ipsum",
            Some("a b&c=\"~"),
        )
        .unwrap();
        assert_eq!(
            target.with_query(&[("code", "x")]),
            "https://rp.test/cb?dummy1=lorem&dummy2=ipsum&code=x&state=a+b%26c%3D%22%7E"
        );
    }

    #[test]
    fn answers_travel_as_they_were_asked_to() {
        let client = client(ApplicationType::Web, &["https://rp.test/cb?x=1"]);
        let target = |state| ResponseTarget::prove(&client, "https://rp.test/cb?x=1", state).unwrap();
        let plain = target(Some("s"));
        assert_eq!(plain.mode(), ResponseMode::Query);
        assert_eq!(
            plain.with_fragment(&[("code", "a b")]),
            "https://rp.test/cb?x=1#code=a+b&state=s"
        );
        for mode in ResponseMode::ALL {
            assert_eq!(ResponseMode::parse(mode.as_str()), Some(mode));
            assert_eq!(plain.clone().in_mode(mode).mode(), mode);
        }
        assert_eq!(ResponseMode::parse("evil"), None);
        let posted = target(Some("a\nb")).in_mode(ResponseMode::FormPost);
        assert_eq!(posted.mode(), ResponseMode::Query);
    }

    #[test]
    fn a_form_goes_to_the_web_only() {
        let client = client(ApplicationType::Native, &["org.example.app:/cb"]);
        let target = ResponseTarget::prove(&client, "org.example.app:/cb", None).unwrap();
        assert_eq!(target.in_mode(ResponseMode::FormPost).mode(), ResponseMode::Query);
    }
}
