//! Rules about where a client's responses go.

use token::client::ApplicationType;
use url::{Host, Url};

use super::Objection;
use super::client::Seen;

/// Plain http is for apps on a device (RFC 8252 7.3). A web application has it while somebody develops; where the issuer is
/// reached over TLS that time should be over.
pub(super) fn http_redirect(seen: &Seen<'_>) -> Option<Objection> {
    if seen.client.metadata.application_type == ApplicationType::Native || !seen.ctx.issuer.is_https() {
        return None;
    }
    let uri = redirects(seen).find(|(_, url)| url.scheme() == "http")?.0;
    let reason = format!("{uri} is not https: whatever listens there, on anybody's machine, gets the code");
    Some((
        reason,
        "register a client of its own for development, elsewhere".to_owned(),
    ))
}

/// A name may lead somewhere else; the address cannot.
pub(super) fn localhost_name(seen: &Seen<'_>) -> Option<Objection> {
    if seen.client.metadata.application_type != ApplicationType::Native {
        return None;
    }
    let named = |url: &Url| url.scheme() == "http" && url.host_str() == Some("localhost");
    let uri = redirects(seen).find(|(_, url)| named(url))?.0;
    let reason = format!("{uri} names localhost, which need not be the loopback interface");
    Some((reason, "use 127.0.0.1 or [::1]; any port will do".to_owned()))
}

/// A page that sends people on to what its query says will send the code along.
pub(super) fn forwarding_redirect(seen: &Seen<'_>) -> Option<Objection> {
    let forwards = |url: &Url| {
        let mut pairs = url.query_pairs();
        pairs.any(|(_, value)| value.starts_with("https://") || value.starts_with("http://"))
    };
    let uri = redirects(seen).find(|(_, url)| forwards(url))?.0;
    let reason =
        format!("{uri} has a URL in its query, as pages have that redirect to wherever they are told");
    Some((
        reason,
        "make sure it does not, and keep the URL in `state` or a cookie".to_owned(),
    ))
}

/// Nobody is asked for consent by a client that may belong to somebody else. Which domains are an operator's cannot be known;
/// those below the issuer's parent are taken for it.
pub(super) fn first_party_elsewhere(seen: &Seen<'_>) -> Option<Objection> {
    if !seen.client.policy.first_party {
        return None;
    }
    let issuer = Url::parse(seen.ctx.issuer.as_str()).ok()?;
    let Some(Host::Domain(issuer)) = issuer.host() else {
        return None;
    };
    let home = issuer.split_once('.').map_or(issuer, |(_, parent)| parent);
    let home = if home.contains('.') { home } else { issuer };
    let foreign = |url: &Url| match url.host() {
        Some(Host::Domain(host)) if matches!(url.scheme(), "http" | "https") => {
            host != "localhost"
                && host != home
                && !host.strip_suffix(home).is_some_and(|rest| rest.ends_with('.'))
        }
        _ => false,
    };
    let uri = redirects(seen).find(|(_, url)| foreign(url))?.0;
    let reason = format!("asks nobody for consent, though {uri} is not below {home}");
    Some((
        reason,
        format!("if it is not yours: {}", seen.update("--no-first-party")),
    ))
}

fn redirects<'a>(seen: &Seen<'a>) -> impl Iterator<Item = (&'a String, Url)> {
    let uris = seen.client.metadata.redirect_uris.iter();
    uris.filter_map(|uri| Some((uri, Url::parse(uri).ok()?)))
}
