//! The headers every page carries. Which pages exist, and what they say, is not decided here.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY as CSP, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

/// The Content-Security-Policy of every page.
///
/// `form-action` is left out on purpose. Chromium applies it to every redirect that follows a form, so that `'self'`
/// would stop the browser on its way from our sign-in form back to the client, silently. Nothing is lost: an attacker
/// who cannot inject markup cannot change where our forms go, and no page of ours carries markup it did not escape.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'";

/// Features no page uses, and no page shall be talked into using. WebAuthn's are absent: they stay with our own origin.
const PERMISSIONS_POLICY: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

/// One year (RFC 6797 6.1.1). Subdomains are not ours to speak for.
pub(crate) const ONE_YEAR: &str = "max-age=31536000";

/// How people reach the provider, read off the issuer's scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// The issuer is `https`: pages ask the browser to keep it that way.
    Https,
    /// The issuer is `http` on a loopback host. RFC 6797 7.2 forbids the header there, and a browser that obeyed it
    /// would lock every other program out of that host.
    Http,
}

/// What the browser may tell the next page about the address of this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Referrer {
    /// For pages. Under `no-referrer` Chromium posts even our own forms with `Origin: null`, and the check of where a
    /// form came from could not pass.
    SameOrigin,
    /// For responses that carry a code or lead away with one (RFC 9700 4.2.4).
    Nothing,
}

/// Whether a page stays in touch with the window that opened it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opener {
    /// Pages between an app and its answer: apps open these in a popup and wait for it through `window.opener`.
    Kept,
    /// Pages that change an account: no app has a reason to hold on to their window (Cross-Origin-Opener-Policy).
    Severed,
}

/// What the headers of a page depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageContext {
    /// Whether to send Strict-Transport-Security.
    pub transport: Transport,
    /// Which Referrer-Policy to send.
    pub referrer: Referrer,
    /// Whether to send Cross-Origin-Opener-Policy.
    pub opener: Opener,
}

impl PageContext {
    /// The context of an ordinary page.
    pub fn new(transport: Transport) -> Self {
        Self {
            transport,
            referrer: Referrer::SameOrigin,
            opener: Opener::Kept,
        }
    }

    /// The context of a page of somebody's account.
    pub fn of_account(transport: Transport) -> Self {
        Self {
            opener: Opener::Severed,
            ..Self::new(transport)
        }
    }

    /// The context of a response that carries a code.
    pub fn with_code(transport: Transport) -> Self {
        Self {
            referrer: Referrer::Nothing,
            ..Self::new(transport)
        }
    }
}

/// Sets the security headers, replacing any that were there.
pub fn secure(headers: &mut HeaderMap, context: &PageContext) {
    let referrer = match context.referrer {
        Referrer::SameOrigin => "same-origin",
        Referrer::Nothing => "no-referrer",
    };
    let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
    set(CSP, CONTENT_SECURITY_POLICY);
    set(REFERRER_POLICY, referrer);
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(X_FRAME_OPTIONS, "DENY");
    set(CACHE_CONTROL, "no-store");
    set(HeaderName::from_static("permissions-policy"), PERMISSIONS_POLICY);
    if context.opener == Opener::Severed {
        set(
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        );
    }
    if context.transport == Transport::Https {
        set(STRICT_TRANSPORT_SECURITY, ONE_YEAR);
    }
}
