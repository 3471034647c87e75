//! What can be said from the configuration alone, which has loaded and therefore has no mistakes.

use super::Finding;
use crate::config::Config;

/// Looks at the configuration.
pub(super) fn look(config: &Config) -> Vec<Finding> {
    let mut findings = vec![loaded(config), issuer(config), mail(config)];
    findings.extend(proxy(config));
    findings
}

fn loaded(config: &Config) -> Finding {
    let place = config.file.as_deref().map_or_else(
        || "the environment alone".to_owned(),
        |file| file.display().to_string(),
    );
    let keys = match config.keys_set() {
        1 => "1 key".to_owned(),
        count => format!("{count} keys"),
    };
    Finding::pass("config", format!("{place}, {keys} set, none unknown"))
}

fn issuer(config: &Config) -> Finding {
    let issuer = &config.issuer;
    if issuer.is_https() {
        return Finding::pass("issuer", format!("{issuer}, in its normal form"));
    }
    Finding::warn(
        "issuer",
        format!("{issuer} is for trials on this machine"),
        "make an installation for production with `signet init --issuer https://...`; an issuer never changes",
    )
}

fn mail(config: &Config) -> Finding {
    match &config.mail {
        Some(mail) => {
            let relay = &mail.relay;
            Finding::pass(
                "mail",
                format!("is handed in at {}, port {}", relay.host, relay.port),
            )
        }
        None => Finding::warn(
            "mail",
            "mail.url is not set: nobody can be sent a link for a new password",
            "set mail.url",
        )
        .docs("configuration.md#mail"),
    }
}

/// An https issuer means a proxy, unless the server speaks TLS itself.
fn proxy(config: &Config) -> Option<Finding> {
    let is_behind_one = config.issuer.is_https() && config.tls.is_none();
    is_behind_one.then(|| match config.trusted_proxies.as_slice() {
        [] => Finding::warn(
            "proxy",
            "server.trusted_proxies is empty: all people seem to come from the proxy and share one limit of failed sign-ins",
            "name the addresses your proxy connects from",
        )
        .docs("configuration.md"),
        proxies => Finding::pass("proxy", format!("believed: {}", proxies.join(", "))),
    })
}
