//! A provider with two APIs, for the stories of programs: `web` and `spa` call both, `svc` calls them for itself, `notes` is
//! the server of one of them.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::secret::ClientSecret;
use kernel::{Plain, SeededEntropy, Timestamp};
use protocol::Scope;
use serde_json::Value;
use token::client::Secrets;
use token::{ApiResource, ClaimScope, Client, ClientMetadata, ClientPolicy, SigningAlg};

use crate::actors::Attacker;
use crate::actors::attacker::Answer;
use crate::cast::SECRET;
use crate::rig::Provider;

/// Scopes `notes.read` and `notes.write`.
pub const NOTES: &str = "https://notes.test/api";
/// Scope `maps.read`; its tokens are signed with RS256 and live two minutes.
pub const MAPS: &str = "https://maps.test/api";

/// All of it.
pub fn provider() -> Provider {
    let provider = Provider::start();
    furnish(&provider);
    provider
}

/// The same for a provider that is there already.
pub fn furnish(provider: &Provider) {
    provider.administer(|ports, _| {
        ports.insert_resource(&resource(NOTES, "notes.read notes.write"))?;
        ports.insert_resource(&ApiResource {
            access_token_alg: Some(SigningAlg::RS256),
            access_ttl: Some(Duration::from_secs(120)),
            ..resource(MAPS, "maps.read")
        })?;
        ports.insert_client(&service("svc", "openid profile notes.read maps.read"))?;
        let mut notes = service("notes", "");
        notes.policy.resource_server_of = vec![NOTES.to_owned()];
        ports.insert_client(&notes)?;
        Ok(())
    });
    for client_id in ["web", "spa"] {
        change(provider, client_id, |client| {
            client.policy.resources = vec![NOTES.to_owned(), MAPS.to_owned()];
        });
    }
    // What is named and not known is looked up: from now on the APIs are known.
    let both = [
        ("grant_type", "client_credentials"),
        ("resource", NOTES),
        ("resource", MAPS),
    ];
    Attacker(provider).token("svc", &both).granted();
}

fn resource(identifier: &str, scopes: &str) -> ApiResource {
    ApiResource {
        identifier: identifier.to_owned(),
        name: None,
        scopes: Scope::parse(scopes).unwrap(),
        access_token_alg: None,
        access_ttl: None,
        created_at: Timestamp::from_secs(0),
        updated_at: Timestamp::from_secs(0),
    }
}

/// A client that speaks for itself.
pub fn service(client_id: &str, scope: &str) -> Client {
    Client {
        client_id: client_id.to_owned(),
        secrets: Secrets::new(
            Plain::<ClientSecret>::from_presented(SECRET).digest(),
            Timestamp::from_secs(0),
            &SeededEntropy::new(7),
        ),
        metadata: ClientMetadata {
            grant_types: vec!["client_credentials".to_owned()],
            response_types: Vec::new(),
            scope: Some(scope.to_owned()),
            ..ClientMetadata::default()
        },
        policy: ClientPolicy::default(),
        enabled: true,
        created_at: Timestamp::from_secs(0),
        updated_at: Timestamp::from_secs(0),
    }
}

/// Changes what is known of a client, as an administrator may.
pub fn change(provider: &Provider, client_id: &'static str, act: impl FnOnce(&mut Client) + Send + 'static) {
    provider.administer(move |ports, _| {
        let mut client = ports.client(client_id)?.unwrap();
        act(&mut client);
        ports.update_client(&client)?;
        Ok(())
    });
}

/// Defines a scope that gives claims: pairs of claim and attribute.
pub fn define_scope(provider: &Provider, name: &str, claims: &[(&str, &str)]) {
    let scope = ClaimScope {
        name: name.to_owned(),
        description: None,
        claims: claims
            .iter()
            .map(|(claim, attribute)| ((*claim).to_owned(), (*attribute).to_owned()))
            .collect::<BTreeMap<_, _>>(),
        created_at: Timestamp::from_secs(0),
        updated_at: Timestamp::from_secs(0),
    };
    provider.administer(move |ports, _| {
        ports.insert_claim_scope(&scope)?;
        Ok(())
    });
}

/// Tokens of alice for a confidential client.
pub fn tokens(provider: &Provider, client_id: &str, scope: &str, resources: &[&str]) -> Answer {
    let attacker = Attacker(provider);
    let named = resources.iter().map(|uri| ("resource", Some(*uri)));
    let changes: Vec<_> = [("scope", Some(scope))].into_iter().chain(named).collect();
    let code = attacker.code(client_id, &changes);
    let answer = attacker.redeem(client_id, &code);
    answer.granted();
    answer
}

/// A part of a token: 0 is the header, 1 the claims.
pub fn part(jwt: &str, at: usize) -> Value {
    let segment = jwt.split('.').nth(at).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(segment).unwrap()).unwrap()
}

/// Waits until something that another thread does is seen.
#[track_caller]
pub fn eventually(mut holds: impl FnMut() -> bool) {
    assert!((0..2000).any(|_| holds()), "it was not seen");
}
