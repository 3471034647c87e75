//! What a change of a registration means where it takes something away or makes something less safe.

use token::Client;
use token::client::{OfflineAccess, RefreshRotation};

/// One sentence for each consequence somebody may not have thought of.
pub(super) fn of(before: &Client, after: &Client) -> Vec<String> {
    let mut sentences = of_places(before, after);
    sentences.extend(of_proof(before, after));
    sentences.extend(of_rights(before, after));
    sentences.extend(of_tokens(before, after));
    sentences
}

fn of_places(before: &Client, after: &Client) -> Vec<String> {
    let (old, new) = (&before.metadata, &after.metadata);
    let mut sentences = Vec::new();
    for uri in gone(&old.redirect_uris, &new.redirect_uris) {
        sentences.push(format!("Sign-ins that come with {uri} are refused from now on."));
    }
    for uri in gone(&old.post_logout_redirect_uris, &new.post_logout_redirect_uris) {
        sentences.push(format!("After signing out nobody is sent to {uri} any more."));
    }
    for uri in gone(&new.redirect_uris, &old.redirect_uris).filter(|uri| is_plain_http(uri)) {
        sentences.push(format!(
            "{uri} is plain http: whoever is on the way can read the codes that are sent there."
        ));
    }
    if old.backchannel_logout_uri.is_some() && new.backchannel_logout_uri.is_none() {
        sentences.push("It does not hear of sign-outs elsewhere any more.".to_owned());
    }
    sentences
}

fn of_proof(before: &Client, after: &Client) -> Vec<String> {
    let mut sentences = Vec::new();
    match (before.is_public(), after.is_public()) {
        (false, true) => sentences.push(
            "It becomes a public client: its secrets are worth nothing, and anybody can use its id."
                .to_owned(),
        ),
        (true, false) => sentences
            .push("It gets a secret, shown once after saving. Without it nothing works any more.".to_owned()),
        _ if before.metadata.token_endpoint_auth_method != after.metadata.token_endpoint_auth_method => {
            sentences.push(
                "Until the application sends its secret in the other way, it gets no tokens.".to_owned(),
            );
        }
        _ => {}
    }
    if before.requires_pkce() && !after.requires_pkce() {
        sentences.push(
            "Without PKCE a stolen code is caught only if the application checks its nonce (RFC 9700 2.1.1)."
                .to_owned(),
        );
    }
    if !before.requires_pkce() && after.requires_pkce() {
        sentences.push("If the application sends no code challenge, every sign-in fails.".to_owned());
    }
    sentences
}

fn of_rights(before: &Client, after: &Client) -> Vec<String> {
    let mut sentences = Vec::new();
    if after.policy.first_party && !before.policy.first_party {
        sentences.push("Nobody is asked any more what it may know about them.".to_owned());
    }
    for grant in gone(&before.metadata.grant_types, &after.metadata.grant_types) {
        sentences.push(match grant.as_str() {
            "refresh_token" => "It cannot renew what it has: people come back to sign in.".to_owned(),
            "authorization_code" => "Nobody can sign in to it any more.".to_owned(),
            other => format!("It gets nothing for {other} any more."),
        });
    }
    let servers = gone(
        &after.policy.resource_server_of,
        &before.policy.resource_server_of,
    );
    sentences.extend(servers.map(|uri| format!("It may look into every token for {uri}.")));
    sentences
}

fn of_tokens(before: &Client, after: &Client) -> Vec<String> {
    let mut sentences = Vec::new();
    if before.id_token_alg() != after.id_token_alg() {
        sentences.push(format!(
            "ID tokens are signed with {}: an application that expects {} refuses them.",
            after.id_token_alg(),
            before.id_token_alg()
        ));
    }
    if before.access_token_alg() != after.access_token_alg() {
        sentences.push(format!(
            "Access tokens are signed with {}: the APIs it calls must know that.",
            after.access_token_alg()
        ));
    }
    if before.refresh_rotation() == RefreshRotation::On && after.refresh_rotation() == RefreshRotation::Off {
        sentences.push("A stolen refresh token works as long as the real one, and nothing tells.".to_owned());
    }
    if before.offline_access() == OfflineAccess::EndsWithSession
        && after.offline_access() == OfflineAccess::SurvivesLogout
    {
        sentences.push("Its refresh tokens live on when people have signed out.".to_owned());
    }
    let age = |client: &Client| client.metadata.default_max_age.unwrap_or(u64::MAX);
    if age(after) > age(before) {
        sentences.push("It takes older sign-ins: people enter their password less often.".to_owned());
    }
    sentences
}

fn gone<'a>(from: &'a [String], in_comparison: &'a [String]) -> impl Iterator<Item = &'a String> {
    from.iter().filter(|value| !in_comparison.contains(value))
}

/// On the way to this very machine nobody listens.
fn is_plain_http(uri: &str) -> bool {
    let Ok(url) = url::Url::parse(uri) else {
        return false;
    };
    let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    url.scheme() == "http" && !loopback
}

#[cfg(test)]
mod tests {
    use admin::blueprint::Blueprint;
    use kernel::Timestamp;
    use token::client::AuthMethod;

    use super::*;

    fn client() -> Client {
        let kind = Blueprint::Web;
        let mut metadata = kind.metadata();
        metadata.redirect_uris = vec!["https://rp.test/cb".to_owned()];
        Client {
            client_id: "web".into(),
            secrets: Default::default(),
            metadata,
            policy: kind.policy(),
            enabled: true,
            created_at: Timestamp::from_secs(0),
            updated_at: Timestamp::from_secs(0),
        }
    }

    fn told(change: impl FnOnce(&mut Client)) -> String {
        let (before, mut after) = (client(), client());
        change(&mut after);
        of(&before, &after).join("\n")
    }

    #[test]
    fn what_is_harmless_is_not_commented() {
        assert_eq!(told(|_| {}), "");
        assert_eq!(told(|it| it.metadata.client_name = Some("New".into())), "");
        let more = "https://rp.test/other".to_owned();
        assert_eq!(told(|it| it.metadata.redirect_uris.push(more)), "");
        let local = "http://127.0.0.1/cb".to_owned();
        assert_eq!(told(|it| it.metadata.redirect_uris.push(local)), "");
    }

    #[test]
    fn what_takes_away_or_weakens_is() {
        assert!(told(|it| it.metadata.redirect_uris.clear()).contains("https://rp.test/cb are refused"));
        let plain = "http://rp.test/cb".to_owned();
        assert!(told(|it| it.metadata.redirect_uris.push(plain)).contains("plain http"));
        assert!(told(|it| it.policy.require_pkce = false).contains("Without PKCE"));
        assert!(told(|it| it.policy.first_party = true).contains("Nobody is asked"));
        assert!(
            told(|it| it.metadata.token_endpoint_auth_method = AuthMethod::None).contains("public client")
        );
        assert!(told(|it| it.policy.refresh_rotation = Some(RefreshRotation::Off)).contains("stolen"));
        assert!(told(|it| it.metadata.grant_types.retain(|own| own != "refresh_token")).contains("renew"));
    }
}
