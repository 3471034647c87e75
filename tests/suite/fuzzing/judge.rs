//! What an answer may be, whatever was asked: a page, a redirect, JSON, a file of ours or nothing at all.

use actix_web::HttpResponse;
use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, LOCATION, SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};

use crate::cast::{CALLBACK, SIGNED_OUT};

/// The complaint, if there is one.
pub fn judge(issuer: &str, path: &str, head: &HttpResponse<()>, body: &[u8]) -> Result<(), String> {
    let status = head.status();
    let header = |name: HeaderName| {
        let value = head.headers().get(name).map(|value| value.to_str());
        value
            .transpose()
            .map(Option::unwrap_or_default)
            .map_err(|_| "a header that is not text")
    };
    let text = String::from_utf8_lossy(body);
    if status.is_server_error() {
        return Err(format!("a fault of ours: {text}"));
    }
    if header(X_CONTENT_TYPE_OPTIONS)? != "nosniff" {
        return Err("without nosniff".into());
    }
    for cookie in head.headers().get_all(SET_COOKIE) {
        let cookie = cookie.to_str().map_err(|_| "a cookie that is not text")?;
        if !(cookie.starts_with("signet=") || cookie.starts_with("signet-flow="))
            || !cookie.contains("HttpOnly")
        {
            return Err(format!("a cookie of somebody else: {cookie}"));
        }
    }
    if status.is_redirection() && status.as_u16() != 304 {
        return leads_somewhere_known(issuer, header(LOCATION)?);
    }
    if !header(LOCATION)?.is_empty() {
        return Err("a place to go, and no redirect".into());
    }
    let kind = header(CONTENT_TYPE)?;
    match kind.split(';').next().unwrap_or_default() {
        "text/html" => page(&text, header(CONTENT_SECURITY_POLICY)?),
        "application/json" => match serde_json::from_str::<serde_json::Value>(&text) {
            Ok(_) => Ok(()),
            Err(error) => Err(format!("no JSON: {error}")),
        },
        _ if path.starts_with("/static/") => Ok(()),
        "" if body.is_empty() => Ok(()),
        other => Err(format!("neither page nor JSON: {other:?}")),
    }
}

/// Our own pages, by path, or where a client of the cast is answered.
fn leads_somewhere_known(issuer: &str, location: &str) -> Result<(), String> {
    let ends = |known: &str| {
        let rest = location.strip_prefix(known);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['?', '#', '/']))
    };
    let is_path = location.starts_with('/') && !location.starts_with("//") && !location.contains('\\');
    let is_native = location.strip_prefix("http://127.0.0.1").is_some_and(|rest| {
        let rest = rest.trim_start_matches(|letter: char| letter == ':' || letter.is_ascii_digit());
        rest.starts_with("/cb?") || rest.starts_with("/cb#")
    });
    let is_known = is_path || is_native || ends(issuer) || ends(CALLBACK) || ends(SIGNED_OUT);
    if is_known && location.is_ascii() && !location.contains(['\r', '\n']) {
        Ok(())
    } else {
        Err(format!("leads to {location:?}"))
    }
}

fn page(text: &str, policy: &str) -> Result<(), String> {
    if !text.to_ascii_lowercase().starts_with("<!doctype html>") || !text.contains("</html>") {
        return Err("half a page".into());
    }
    if !policy.contains("default-src 'none'") {
        return Err(format!("a page under the policy {policy:?}"));
    }
    if text.contains("<script>fuzz") || text.contains("\u{202e}\u{feff}<") {
        return Err("what was sent became part of the page".into());
    }
    Ok(())
}
