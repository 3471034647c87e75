//! Which URIs a client may register. A redirect URI decides where codes go, a link what people click on; both are held
//! to what a browser would make of them, not only to what a parser would accept. What this provider would call itself is
//! judged by the rules of the network as well.

use serde_json::Value;
use url::Url;

use super::members::{self, Shape, base_name};
use super::{JudgeUrl, MAX_LIST, MAX_URI_BYTES, RegistrationFault};
use crate::client::metadata::{AuthMethod, ClientMetadata};

const LOOPBACK: [&str; 3] = ["127.0.0.1", "[::1]", "localhost"];

/// Everything wrong with the URIs in `metadata`.
pub(super) fn check(metadata: &ClientMetadata, urls: &dyn JudgeUrl) -> Vec<RegistrationFault> {
    let mut faults = check_redirects(metadata);
    faults.extend(check_links(metadata));
    let endpoint = metadata.backchannel_logout_uri.as_deref();
    faults.extend(endpoint.and_then(|uri| {
        let reason = refused_endpoint(uri, urls)?;
        Some(RegistrationFault::metadata("backchannel_logout_uri", uri, reason))
    }));
    faults.extend(metadata.allowed_cors_origins.iter().filter_map(|origin| {
        let reason = refused_origin(origin)?;
        Some(RegistrationFault::metadata(
            "allowed_cors_origins",
            origin,
            reason,
        ))
    }));
    faults.extend(check_others(metadata, urls));
    faults
}

fn check_redirects(metadata: &ClientMetadata) -> Vec<RegistrationFault> {
    let mut faults = Vec::new();
    for (field, list) in [
        ("redirect_uris", &metadata.redirect_uris),
        ("post_logout_redirect_uris", &metadata.post_logout_redirect_uris),
    ] {
        faults.extend(list.iter().filter_map(|uri| {
            let reason = refused_redirect(uri, metadata)?;
            Some(RegistrationFault::redirect(field, uri, reason))
        }));
        if list.len() > MAX_LIST {
            faults.push(RegistrationFault::redirect(field, "", "has more than 50 values"));
        }
    }
    let mut grants = metadata.grant_types.iter();
    if metadata.redirect_uris.is_empty() && grants.any(|name| name == "authorization_code") {
        let reason = "is empty; the grant type \"authorization_code\" needs at least one";
        faults.push(RegistrationFault::redirect("redirect_uris", "", reason));
    }
    faults
}

/// Home page, logo, terms and policy.
fn check_links(metadata: &ClientMetadata) -> Vec<RegistrationFault> {
    let links = [
        ("client_uri", &metadata.client_uri),
        ("logo_uri", &metadata.logo_uri),
        ("tos_uri", &metadata.tos_uri),
        ("policy_uri", &metadata.policy_uri),
    ];
    let said = links
        .into_iter()
        .filter_map(|(field, uri)| Some((field, uri.as_deref()?)));
    said.filter_map(|(field, uri)| Some(RegistrationFault::metadata(field, uri, refused_link(uri)?)))
        .collect()
}

/// The same in other languages, and URIs of members kept for later.
fn check_others(metadata: &ClientMetadata, urls: &dyn JudgeUrl) -> Vec<RegistrationFault> {
    let mut faults = Vec::new();
    for (name, value) in &metadata.other {
        let (rule, uris) = match (shape(name), value) {
            (Some(shape), Value::String(uri)) => (shape, vec![uri.as_str()]),
            (Some(shape), Value::Array(list)) => (shape, list.iter().filter_map(Value::as_str).collect()),
            _ => continue,
        };
        faults.extend(uris.into_iter().filter_map(|uri| {
            let reason = match rule {
                Shape::Link => refused_link(uri),
                Shape::Page => refused_page(uri),
                Shape::Endpoint => refused_endpoint(uri, urls),
                // The fragment of a request object's URI is the digest of what is there (OpenID Connect Core 6.2).
                Shape::Endpoints => refused_endpoint(uri.split('#').next().unwrap_or(uri), urls),
                _ => None,
            };
            Some(RegistrationFault::metadata(name, uri, reason?))
        }));
    }
    faults
}

/// What kind of URI a member holds. An unknown one that calls itself a URI may be shown to people one day.
fn shape(name: &str) -> Option<Shape> {
    match members::find(name) {
        Some(member) => Some(member.shape),
        None => base_name(name).ends_with("_uri").then_some(Shape::Page),
    }
}

/// Why `uri` cannot be a redirect URI of this client; nothing if it can.
fn refused_redirect(uri: &str, metadata: &ClientMetadata) -> Option<String> {
    refused_text(uri).or_else(|| {
        if uri.contains('*') {
            return Some("contains \"*\"; there are no patterns, register every URI in full".into());
        }
        if uri.contains('#') {
            return Some("has a fragment, which a redirect URI must not have (RFC 6749 3.1.2)".into());
        }
        match scheme(uri)?.as_str() {
            "https" => refused_authority(uri),
            "http" => refused_authority(uri).or_else(|| refused_plain_http(uri)),
            other => refused_custom_scheme(uri, other, metadata),
        }
    })
}

/// Why `uri` cannot be a link people follow.
fn refused_link(uri: &str) -> Option<String> {
    refused_text(uri).or_else(|| match scheme(uri)?.as_str() {
        "https" | "http" => refused_authority(uri),
        other => Some(format!("has the scheme \"{other}\"; use https")),
    })
}

/// Why we cannot send people's browsers to `uri`; TLS is a must.
fn refused_page(uri: &str) -> Option<String> {
    refused_link(uri).or_else(|| (!has_prefix(uri, "https://")).then(|| "must begin with https://".into()))
}

/// Why this provider cannot send a request to `uri`. Where it leads is the network's rules to judge: plain http passes
/// only where the operator named the host.
fn refused_endpoint(uri: &str, urls: &dyn JudgeUrl) -> Option<String> {
    if uri.contains('#') {
        return Some("has a fragment, which is never sent".into());
    }
    refused_link(uri).or_else(|| urls.judge(uri).err())
}

/// Why `origin` is not the origin of a web page, written as browsers write it (RFC 6454 6.2).
fn refused_origin(origin: &str) -> Option<String> {
    if origin == "null" || origin.contains('*') {
        return Some("stands for more than one origin; name each one".into());
    }
    if let Some(reason) = refused_text(origin) {
        return Some(reason);
    }
    let url = Url::parse(origin).ok();
    let written = url.as_ref().map(|url| url.origin().ascii_serialization());
    match (url, written) {
        (Some(url), Some(written)) if written == origin => match url.scheme() {
            "http" => refused_plain_http(origin),
            _ => None,
        },
        (Some(url), Some(written)) if matches!(url.scheme(), "http" | "https") => {
            Some(format!("is not an origin alone; write \"{written}\""))
        }
        _ => Some("is not an origin of web pages, such as https://app.example".into()),
    }
}

/// What no URI here may be. Browsers drop tabs and line breaks and turn backslashes around (WHATWG URL 4.4), so that
/// such a text would not mean to them what it says.
fn refused_text(uri: &str) -> Option<String> {
    let reason = if uri.len() > MAX_URI_BYTES {
        "is longer than 2000 characters"
    } else if uri
        .bytes()
        .any(|b| b.is_ascii_whitespace() || b.is_ascii_control())
    {
        "contains a space or control character; percent-encode it"
    } else if !uri.is_ascii() {
        "contains a character beyond ASCII; write the host in Punycode and percent-encode the rest"
    } else if uri.contains('\\') {
        "contains a backslash"
    } else if scheme(uri).is_none() {
        "is not an absolute URI, such as https://app.example/callback"
    } else {
        return None;
    };
    Some(reason.into())
}

/// The scheme in lower case (RFC 3986 3.1).
fn scheme(uri: &str) -> Option<String> {
    let (scheme, _) = uri.split_once(':')?;
    let starts_well = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    let legal = scheme
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    (starts_well && legal).then(|| scheme.to_ascii_lowercase())
}

/// A host written the way it is understood, and nobody's name before it.
fn refused_authority(uri: &str) -> Option<String> {
    let (_, rest) = uri.split_once(':')?;
    let authority = rest
        .strip_prefix("//")
        .unwrap_or_default()
        .split(['/', '?', '#'])
        .next()
        .unwrap_or_default();
    if authority.contains('@') {
        return Some("contains \"@\" before its host; leave user name and password out".into());
    }
    let Ok(parsed) = Url::parse(uri) else {
        return Some("is not a valid URI".into());
    };
    // `http://0x7f.1` or `https:host` are read by browsers as something else than they show.
    let host = parsed.host_str().unwrap_or_default();
    let port = authority.get(host.len()..).unwrap_or_default();
    let port_is_plain = port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|digits| digits.parse::<u16>().is_ok());
    let as_written = !host.is_empty() && has_prefix(authority, host) && port_is_plain;
    (!as_written).then(|| "has no host, or writes it in a way that is not plain".into())
}

fn refused_plain_http(uri: &str) -> Option<String> {
    let host = Url::parse(uri)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default();
    (!LOOPBACK.contains(&host.as_str()))
        .then(|| "uses http; that is for 127.0.0.1, [::1] and localhost only, use https".into())
}

/// A private scheme belongs to an app on a device and is its domain backwards (RFC 8252 7.1, 8.4).
fn refused_custom_scheme(uri: &str, scheme: &str, metadata: &ClientMetadata) -> Option<String> {
    let is_domain = scheme.contains('.') && scheme.split('.').all(|label| !label.is_empty());
    let path = &uri[scheme.len() + 1..];
    if !is_domain {
        return Some(format!(
            "has the scheme \"{scheme}\"; use https, or for an app on a device its domain backwards, such as \
             com.example.app:/callback (RFC 8252 7.1)"
        ));
    }
    if metadata.token_endpoint_auth_method != AuthMethod::None {
        return Some("has a scheme of its own, which only public clients may have; use https".into());
    }
    let authority = path
        .strip_prefix("//")
        .unwrap_or_default()
        .split(['/', '?'])
        .next()
        .unwrap_or_default();
    if !path.starts_with('/') || authority.contains('@') || Url::parse(uri).is_err() {
        return Some(format!("is not of the form {scheme}:/callback"));
    }
    None
}

/// Whether `text` begins with `prefix`, letter case aside.
fn has_prefix(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
