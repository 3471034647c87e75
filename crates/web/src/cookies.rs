//! Our cookies: which browser this is, to which browser a flow of pages belongs, who is at the console, and which language
//! was chosen.
//!
//! All are HttpOnly and Lax, and all but the language are opaque. On https they carry the `__Host-` prefix, which no
//! subdomain can forge; on a loopback trial over http browsers refuse that prefix, so the plain name stands in.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::USER_AGENT;
use i18n::Language;
use kernel::secret::{BrowserSecret, ConsoleSecret, FlowSecret};
use kernel::{Ctx, Plain};
use session::Device;
use session::establish::Arrival;
use token::authorize::Visitor;

use crate::peer;
use crate::state::AppState;

const BROWSER: &str = "signet";
const FLOW: &str = "signet-flow";
const CONSOLE: &str = "signet-console";
const LANGUAGE: &str = "signet-language";

fn name(ctx: &Ctx, base: &str) -> String {
    if ctx.issuer.is_https() {
        format!("__Host-{base}")
    } else {
        base.to_owned()
    }
}

fn value(request: &HttpRequest, ctx: &Ctx, base: &str) -> Option<String> {
    // More bytes than we ever set are not ours.
    request
        .cookie(&name(ctx, base))
        .map(|cookie| cookie.value().to_owned())
        .filter(|v| !v.is_empty() && v.len() <= 64)
}

fn cookie(ctx: &Ctx, base: &str, value: String) -> Cookie<'static> {
    Cookie::build(name(ctx, base), value)
        .path("/")
        .secure(ctx.issuer.is_https())
        .http_only(true)
        .same_site(SameSite::Lax)
        .finish()
}

/// The browser secret that came with the request.
pub(crate) fn browser(request: &HttpRequest, ctx: &Ctx) -> Option<Plain<BrowserSecret>> {
    value(request, ctx, BROWSER).map(Plain::from_presented)
}

/// The flow secret that came with the request.
pub(crate) fn flow(request: &HttpRequest, ctx: &Ctx) -> Option<Plain<FlowSecret>> {
    value(request, ctx, FLOW).map(Plain::from_presented)
}

/// The console secret that came with the request.
pub(crate) fn console(request: &HttpRequest, ctx: &Ctx) -> Option<Plain<ConsoleSecret>> {
    value(request, ctx, CONSOLE).map(Plain::from_presented)
}

/// Who is visiting, with a new flow secret if none came, and the cookie that must then be set.
pub(crate) fn visitor(request: &HttpRequest, ctx: &Ctx) -> (Visitor, Option<Cookie<'static>>) {
    let browser = browser(request, ctx);
    match flow(request, ctx) {
        Some(flow) => (Visitor { browser, flow }, None),
        None => {
            let flow = Plain::<FlowSecret>::generate(&*ctx.entropy);
            let cookie = cookie(ctx, FLOW, flow.expose().to_owned());
            (Visitor { browser, flow }, Some(cookie))
        }
    }
}

/// The browser at which somebody is about to sign in.
pub(crate) fn arrival(request: &HttpRequest, state: &AppState) -> Arrival {
    const LONGEST_USER_AGENT: usize = 300;
    let user_agent = request
        .headers()
        .get(USER_AGENT)
        .and_then(|value| value.to_str().ok());
    Arrival {
        secret: browser(request, &state.ctx),
        device: Device {
            user_agent: user_agent.map(|text| text.chars().take(LONGEST_USER_AGENT).collect()),
            address: peer::address(request, &state.trusted_proxies).map(|address| address.to_string()),
        },
    }
}

/// Sets the browser's new secret. The cookie lives as long as a session at most can.
pub(crate) fn set_browser(ctx: &Ctx, secret: &Plain<BrowserSecret>) -> Cookie<'static> {
    let mut cookie = cookie(ctx, BROWSER, secret.expose().to_owned());
    let seconds = i64::try_from(ctx.policy.session_absolute.as_secs()).unwrap_or(i64::MAX);
    cookie.set_max_age(Duration::seconds(seconds));
    cookie
}

/// The language that was chosen at this browser.
pub(crate) fn language(request: &HttpRequest, ctx: &Ctx) -> Option<Language> {
    Language::of_tag(&value(request, ctx, LANGUAGE)?)
}

/// Keeps a language for a year. It says nothing about anybody, and outlives every session.
pub(crate) fn set_language(ctx: &Ctx, language: Language) -> Cookie<'static> {
    let mut cookie = cookie(ctx, LANGUAGE, language.tag().to_owned());
    cookie.set_max_age(Duration::days(365));
    cookie
}

/// Makes the browser forget its secret.
pub(crate) fn clear_browser(ctx: &Ctx) -> Cookie<'static> {
    let mut cookie = cookie(ctx, BROWSER, String::new());
    cookie.set_max_age(Duration::ZERO);
    cookie
}

/// Sets the secret of a session at the console. The cookie goes with the browser's window.
pub(crate) fn set_console(ctx: &Ctx, secret: &Plain<ConsoleSecret>) -> Cookie<'static> {
    cookie(ctx, CONSOLE, secret.expose().to_owned())
}
