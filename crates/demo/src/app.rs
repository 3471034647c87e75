//! What one demo application is: its name, where it lives, its client at the provider and its neighbour.

use std::fmt;

use url::{Position, Url};

use crate::api::{API_SCOPES, DemoApi};

/// What both applications ask for about the person.
const PERSON_SCOPE: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// Which of the two applications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppName {
    /// A few notes.
    Notes,
    /// A week of appointments.
    Calendar,
}

impl AppName {
    /// The name people read.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Notes => "Notes",
            Self::Calendar => "Calendar",
        }
    }

    /// The name in cookies, style classes and logs. Cookies do not separate ports, so each application needs its own.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Notes => "notes",
            Self::Calendar => "calendar",
        }
    }

    /// What it asks for at the API, as people read it.
    pub(crate) const fn api_wish(self) -> &'static str {
        match self {
            Self::Notes => "It asked to read it and to pin notes to it.",
            Self::Calendar => "It asked to read it, not to pin notes to it.",
        }
    }

    /// What it asks for at the API. Calendar reads only, so that one can see a token that does not allow something.
    const fn api_scope(self) -> &'static [&'static str] {
        match self {
            Self::Notes => &API_SCOPES,
            Self::Calendar => &[API_SCOPES[0]],
        }
    }
}

impl fmt::Display for AppName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

/// One application, ready to be served.
#[derive(Clone)]
pub struct DemoApp {
    /// Which one.
    pub name: AppName,
    /// Its origin as people open it, such as `http://localhost:8081/`.
    pub base_url: Url,
    /// The provider's issuer identifier, character for character (OpenID Connect Discovery 4.3).
    pub issuer: String,
    /// Its client at the provider: confidential, `client_secret_basic`.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: String,
    /// The API it calls.
    pub api: DemoApi,
    /// The other application and where it is.
    pub other: (AppName, Url),
}

impl DemoApp {
    /// The scope it asks for; the client's registration must allow it.
    pub fn scope(&self) -> Vec<&'static str> {
        [&PERSON_SCOPE[..], self.name.api_scope()].concat()
    }

    /// Where the provider sends people back to; to be registered as `redirect_uris`.
    pub fn redirect_uri(&self) -> Url {
        self.at("/callback")
    }

    /// Where the provider sends people after signing out; to be registered as `post_logout_redirect_uris`.
    pub fn post_logout_redirect_uri(&self) -> Url {
        self.at("/signed-out")
    }

    /// Where the provider tells that a session has ended; to be registered as `backchannel_logout_uri`.
    pub fn backchannel_logout_uri(&self) -> Url {
        self.at("/backchannel-logout")
    }

    /// Host and port as a browser writes them in `Host`.
    pub(crate) fn authority(&self) -> &str {
        &self.base_url[Position::BeforeHost..Position::AfterPort]
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.base_url.clone();
        url.set_path(path);
        url
    }
}

impl fmt::Debug for DemoApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DemoApp")
            .field("name", &self.name)
            .field("base_url", &self.base_url.as_str())
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(crate) fn sample(name: AppName) -> DemoApp {
    let url = |text| Url::parse(text).unwrap();
    DemoApp {
        name,
        base_url: url("http://localhost:8081"),
        issuer: "http://localhost:8080".to_owned(),
        client_id: name.slug().to_owned(),
        client_secret: "not-printed".to_owned(),
        api: DemoApi {
            base_url: url("http://localhost:8083"),
            issuer: "http://localhost:8080".to_owned(),
            client_id: "demo-api".to_owned(),
            client_secret: "not-printed".to_owned(),
        },
        other: match name {
            AppName::Notes => (AppName::Calendar, url("http://localhost:8082")),
            AppName::Calendar => (AppName::Notes, url("http://localhost:8082")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_exact_addresses() {
        let app = sample(AppName::Notes);
        assert_eq!(app.redirect_uri().as_str(), "http://localhost:8081/callback");
        assert_eq!(
            app.post_logout_redirect_uri().as_str(),
            "http://localhost:8081/signed-out"
        );
        assert_eq!(
            app.backchannel_logout_uri().as_str(),
            "http://localhost:8081/backchannel-logout"
        );
        assert_eq!(app.api.identifier(), "http://localhost:8083");
        assert_eq!(app.authority(), "localhost:8081");
    }

    #[test]
    fn keeps_its_secret_to_itself() {
        let app = sample(AppName::Notes);
        assert!(!format!("{app:?}{:?}", app.api).contains("not-printed"));
    }
}
