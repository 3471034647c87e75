//! What the server leans on beside its database: certificate authorities, and Redis where there is one.

use std::time::Duration;

use super::Finding;
use crate::config::Config;
use crate::outgoing;

/// How long Redis may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Looks at both.
pub(super) fn look(config: &Config) -> Vec<Finding> {
    vec![authorities(config), cache(config)]
}

fn authorities(config: &Config) -> Finding {
    const CHECK: &str = "outbound";
    match outgoing::client(config.outbound_allow.clone(), &config.outbound_authorities) {
        Ok(client) if client.believes_anybody() => {
            Finding::pass(CHECK, "there are certificate authorities to believe")
        }
        Ok(_) => Finding::warn(
            CHECK,
            "there are no certificate authorities, so nothing can be fetched over https",
            "install them (ca-certificates), or set outbound.ca_file",
        )
        .docs("configuration.md#outgoing-requests"),
        Err(failure) => Finding::fail(CHECK, failure.reason(), "mend TLS on this machine"),
    }
}

fn cache(config: &Config) -> Finding {
    const CHECK: &str = "cache";
    match config.cache.as_ref().map(|url| url.ask(PATIENCE)) {
        None => Finding::pass(CHECK, "no Redis: the database alone spreads the news"),
        Some(Ok(())) => Finding::pass(CHECK, "Redis answers"),
        Some(Err(reason)) => Finding::fail(
            CHECK,
            format!("Redis does not answer: {reason}"),
            "start it, or mend cache.url",
        )
        .docs("operate/redis.md"),
    }
}
