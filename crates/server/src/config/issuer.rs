//! What may be an issuer identifier (RFC 8414 2, OpenID Connect Discovery 3; RFC 8252 7.3 for the loopback names).

use url::{Host, Url};

/// What is wrong with an issuer, and what to do.
pub(crate) type Objection = (String, &'static str);

/// Checks an issuer; its URL when it may be one.
///
/// # Errors
/// The first objection. One value is mended in one go; a list of its consequences would only be noise.
pub(crate) fn check(issuer: &str) -> Result<Url, Objection> {
    let object = |what: &str, remedy| Err((format!("issuer \"{}\" {what}", issuer.escape_debug()), remedy));
    let Ok(url) = Url::parse(issuer) else {
        return object(
            "is not a URL",
            "write it with its scheme, such as \"https://id.example.com\"",
        );
    };
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => {
            return object(
                "is not https",
                "only localhost, 127.0.0.1 and [::1] may do without; use https",
            );
        }
        _ => return object("is not an https URL", "write it as \"https://id.example.com\""),
    }
    if url.username() != "" || url.password().is_some() {
        return object("holds a user name or password", "remove everything up to the @");
    }
    if issuer.contains(['?', '#']) {
        return object("has a query or fragment", "remove everything from the ? or # on");
    }
    if issuer.ends_with('/') {
        return object(
            "ends in \"/\"",
            "clients compare it byte for byte; remove the slash",
        );
    }
    if url.path() != "/" {
        return object("has a path, which is not built yet", "use a host name of its own");
    }
    if url.origin().ascii_serialization() != issuer {
        return object(
            "is not in its normal form",
            "clients compare it byte for byte; write host names in small ASCII letters, no default port",
        );
    }
    Ok(url)
}

/// The three hosts that are this machine by definition and need no TLS.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address == std::net::Ipv4Addr::LOCALHOST,
        Some(Host::Ipv6(address)) => address == std::net::Ipv6Addr::LOCALHOST,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_https_and_loopback_http() {
        for issuer in [
            "https://id.example.com",
            "https://id.example.com:8443",
            "http://localhost:8080",
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
            "http://localhost",
        ] {
            assert!(check(issuer).is_ok(), "{issuer}");
        }
    }

    #[test]
    fn every_other_form_has_its_own_objection() {
        for (issuer, word) in [
            ("", "not a URL"),
            ("id.example.com", "not a URL"),
            ("http://id.example.com", "not https"),
            ("http://127.0.0.2", "not https"),
            ("http://localhost.example.com", "not https"),
            ("ftp://id.example.com", "not an https URL"),
            ("https://me@id.example.com", "user name"),
            ("https://me:pw@id.example.com", "user name"),
            ("https://id.example.com?x=1", "query"),
            ("https://id.example.com?", "query"),
            ("https://id.example.com#x", "query"),
            ("https://id.example.com/", "ends in"),
            ("https://id.example.com/auth", "path"),
            ("https://ID.example.com", "normal form"),
            ("https://id.example.com:443", "normal form"),
            ("HTTPS://id.example.com", "normal form"),
            ("https://id.example.com ", "normal form"),
            ("http://127.1:8080", "normal form"),
        ] {
            let (reason, _) = check(issuer).unwrap_err();
            assert!(reason.contains(word), "{issuer}: {reason}");
        }
    }
}
