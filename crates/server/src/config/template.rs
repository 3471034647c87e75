//! The configuration file that `signet init` writes: what people will want to change, and the defaults as comments.

/// The file's text for an issuer that passed the checks.
pub(crate) fn signet_toml(issuer: &str) -> String {
    // Debug form of a checked issuer is a TOML string: it holds no quotes, backslashes or control characters.
    TEMPLATE.replace("{issuer}", issuer)
}

const TEMPLATE: &str = r#"# Signet. What is commented out shows the default. `signet config check` finds mistakes,
# `signet config show --origin` says where each value comes from. Relative paths begin at this file.
# Every key can be set in the environment instead: SIGNET_TOKENS__ACCESS_TTL=5m, or ..._FILE for a file with the value.

# Who this provider is, in every token. Never changes later.
issuer = "{issuer}"

[server]
listen = "127.0.0.1:8080"        # where your reverse proxy reaches it, or everybody once it speaks TLS itself
management = "127.0.0.1:9464"    # health checks: do not proxy
# hosts = []                     # further host names it answers to
# trusted_proxies = []           # networks whose X-Forwarded-* headers are believed, such as "10.0.0.0/8"
# tls_cert_file = ""             # with both files it speaks TLS itself; without, a proxy does
# tls_key_file = ""
# drain = "5s"                   # after SIGTERM: not ready at once, still serving for so long

[database]
url = "sqlite://data/signet.db"

[secrets]
master_key_file = "secrets/master.key"    # seals the signing keys; keep a copy elsewhere

[keys]
# algorithms = ["RS256", "ES256", "EdDSA"]    # and what clients and APIs use
# rotate_every = "90d"
# min_published = "24h"          # a key that replaces another waits this long in the JWKS

[tokens]
# access_ttl = "10m"
# refresh_idle = "30d"           # a refresh token unused for this long is dead
# refresh_max = "180d"           # refreshing ends this long after the sign-in
# refresh_grace = "60s"          # a retry inside it gets the same successor; "0s" turns that off

[session]
# idle = "12h"
# absolute = "30d"
"#;

#[cfg(test)]
mod tests {
    use super::super::{file, keys::Key};
    use super::*;

    #[test]
    fn the_file_reads_without_problems() {
        let layer = file::read("signet.toml", &signet_toml("https://id.example.com")).unwrap();
        assert!(layer.problems.is_empty(), "{:?}", layer.problems);
        assert_eq!(layer.settings.len(), 5);
    }

    #[test]
    fn its_comments_tell_the_true_defaults() {
        let uncommented = signet_toml("https://id.example.com").replace("\n# ", "\n");
        let from_keys = uncommented.split_once("issuer =").unwrap().1;
        let layer = file::read("signet.toml", &format!("issuer ={from_keys}")).unwrap();
        assert!(layer.problems.is_empty(), "{:?}", layer.problems);
        for setting in layer.settings.iter().filter(|setting| setting.key != Key::Issuer) {
            assert_eq!(
                setting.value,
                setting.key.row().preset.value(),
                "{}",
                setting.key.row().path
            );
        }
    }
}
