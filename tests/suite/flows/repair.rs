//! A redirect URI that is almost right, added from the failure itself; and one that somebody would like to have added.

use admin::flows::{self, Failure, Fix};
use admin::{AdminFault, Role};

use super::with_role;
use crate::actors::Browser;
use crate::actors::attacker::Attacker;
use crate::cast::Anywhere;
use crate::rig::Provider;

const ALMOST: &str = "https://rp.test/oauth/callback";
const EVIL: &str = "https://rp.test.evil.test/cb";

fn failures(provider: &Provider) -> Vec<Failure> {
    provider
        .administer(|ports, ctx| flows::recent_failures(ports, ctx, &with_role(Role::ClientManager), "web"))
}

fn repair(provider: &Provider, role: Role, uri: &'static str) -> Result<Vec<String>, AdminFault> {
    provider.administer(move |ports, ctx| {
        let repaired = flows::repair_redirect_uri(ports, ctx, &with_role(role), &Anywhere, ("web", uri));
        Ok(repaired.map(|registered| registered.client.metadata.redirect_uris))
    })
}

#[test]
fn what_was_seen_and_leads_to_the_same_place_is_added() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let request = attacker.authorize_url("web", &[("redirect_uri", Some(ALMOST))]);
    for _ in 0..3 {
        assert_eq!(Browser::new(&provider).get(&request).status, 400);
    }
    attacker.authorize("web", &[("scope", None)]);
    let seen = failures(&provider);
    assert_eq!((seen[0].count, seen[0].foreign_uri.as_deref()), (3, Some(ALMOST)));
    assert_eq!((seen[0].fix, seen[1].fix), (Fix::AddRedirectUri, Fix::None));
    assert!(matches!(
        repair(&provider, Role::Support, ALMOST),
        Err(AdminFault::Forbidden(_))
    ));
    let uris = repair(&provider, Role::ClientManager, ALMOST).unwrap();
    assert!(uris.iter().any(|uri| uri == ALMOST), "{uris:?}");
    assert_eq!(failures(&provider)[0].fix, Fix::Done);
    let again = repair(&provider, Role::ClientManager, ALMOST);
    assert!(matches!(again, Err(AdminFault::Conflict(_))));
}

#[test]
fn what_was_not_seen_or_leads_elsewhere_is_not() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    attacker.authorize("web", &[("redirect_uri", Some(EVIL))]);
    attacker.authorize("web2", &[("redirect_uri", Some(ALMOST))]);
    assert_eq!(failures(&provider)[0].fix, Fix::ByHand);
    assert!(matches!(
        repair(&provider, Role::Owner, EVIL),
        Err(AdminFault::Conflict(_))
    ));
    assert!(matches!(
        repair(&provider, Role::Owner, ALMOST),
        Err(AdminFault::NotFound { .. })
    ));
}
