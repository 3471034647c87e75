//! The two cookies of an application: one knows the browser while it is away at the provider, one the session.
//!
//! Both are host-only, `HttpOnly` and `SameSite=Lax`: Lax lets the return from the provider bring them, and no form of
//! another site. They are not `Secure` because the sandbox is plain HTTP on loopback.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};

use crate::app::AppName;

/// What a cookie is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Binds journeys to the provider to the browser that began them.
    Browser,
    /// The signed-in session.
    Session,
}

impl Purpose {
    fn cookie_name(self, app: AppName) -> String {
        let purpose = match self {
            Self::Browser => "browser",
            Self::Session => "session",
        };
        format!("{}_{purpose}", app.slug())
    }
}

/// A cookie of this application that lasts until the browser closes.
pub(crate) fn set(app: AppName, purpose: Purpose, value: String) -> Cookie<'static> {
    Cookie::build(purpose.cookie_name(app), value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .finish()
}

/// Tells the browser to forget a cookie.
pub(crate) fn clear(app: AppName, purpose: Purpose) -> Cookie<'static> {
    let mut cookie = set(app, purpose, String::new());
    cookie.make_removal();
    cookie
}

/// The value a browser sent.
pub(crate) fn read(request: &HttpRequest, app: AppName, purpose: Purpose) -> Option<String> {
    request
        .cookie(&purpose.cookie_name(app))
        .map(|cookie| cookie.value().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_applications_do_not_share_cookies() {
        let cookie = |app| set(app, Purpose::Session, "v".to_owned()).to_string();
        assert_eq!(
            cookie(AppName::Notes),
            "notes_session=v; HttpOnly; SameSite=Lax; Path=/"
        );
        assert_eq!(
            cookie(AppName::Calendar),
            "calendar_session=v; HttpOnly; SameSite=Lax; Path=/"
        );
    }

    #[test]
    fn clearing_removes() {
        assert!(
            clear(AppName::Notes, Purpose::Session)
                .to_string()
                .contains("Max-Age=0")
        );
    }
}
