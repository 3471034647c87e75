//! Clients, grants, consents, keys and the audit trail.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use identity::ports::{Found, Insert};
use kernel::secret::ClientSecret;
use kernel::{
    Access, AuditEvent, Ctx, FixedClock, Issuer, Plain, Policy, SeededEntropy, StorageFault, Timestamp, work,
};
use protocol::Scope;
use token::client::secrets::{Former, SecretUse};
use token::client::{Recipient, Secrets};
use token::keys::{KeyState, StoredKey};
use token::{Client, Consent, SigningAlg};

use crate::support::{Fresh, NOW, Ports, client, everywhere, furnish, grant, refresh_token, secret};

fn key(kid: &str, alg: SigningAlg, state: KeyState) -> StoredKey {
    StoredKey {
        kid: kid.into(),
        alg,
        state,
        public_jwk: r#"{"kty":"OKP"}"#.into(),
        sealed_private: Some(vec![0, 1, 255]),
        published_at: NOW,
        activated_at: None,
        leaves_jwks_at: None,
    }
}

#[test]
fn clients_are_unique_replaced_and_paged() {
    everywhere(|db| {
        let mut web = client("web");
        let stored = web.clone();
        assert_eq!(db.write(move |ports| ports.insert_client(&stored)), Insert::Done);
        assert_eq!(
            db.write(|ports| ports.insert_client(&client("web"))),
            Insert::Taken
        );
        web.metadata.other.insert("software_id".into(), "x".into());
        (web.secrets, web.enabled) = (Secrets::default(), false);
        let stored = web.clone();
        assert_eq!(db.write(move |ports| ports.update_client(&stored)), Found::Yes);
        assert_eq!(db.write(|ports| ports.update_client(&client("gone"))), Found::No);
        assert_eq!(db.read(|ports| ports.client("web")), Some(web));
        assert_eq!(db.read(|ports| ports.client("WEB")), None);

        db.write(|ports| {
            ["api", "Web", "cli"]
                .iter()
                .try_for_each(|id| ports.insert_client(&client(id)).map(drop))
        });
        let ids = |after: Option<&'static str>, limit| {
            let page = db.read(move |ports| ports.clients(after, limit));
            page.into_iter()
                .map(|client| client.client_id)
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(None, 2), ["Web", "api"]);
        assert_eq!(ids(Some("api"), 9), ["cli", "web"]);
    });
}

#[test]
fn deleting_a_client_takes_its_grants_and_consents() {
    everywhere(|db| {
        let (alice, _, grant) = furnish(db);
        let token = refresh_token(4, &grant, 0);
        let digest = token.digest.clone();
        let consent = Consent {
            user: alice.id,
            client_id: "web".into(),
            scope: Scope::parse("openid").unwrap(),
            resources: Vec::new(),
            at: NOW,
        };
        let id = alice.id;
        assert!(db.read(|ports| ports.origin_is_known("https://rp.example")));
        db.write(move |ports| {
            ports.insert_refresh_token(&token)?;
            ports.save_consent(&consent)
        });
        assert_eq!(db.write(|ports| ports.delete_client("web")), Found::Yes);
        assert_eq!(db.write(|ports| ports.delete_client("web")), Found::No);
        assert_eq!(db.read(move |ports| ports.grant(grant.id)), None);
        assert_eq!(db.read(move |ports| ports.refresh_token(&digest)), None);
        assert_eq!(db.read(move |ports| ports.consent(id, "web")), None);
        assert!(db.read(move |ports| ports.user(id)).is_some());
        assert!(!db.read(|ports| ports.origin_is_known("https://rp.example")));
    });
}

#[test]
fn keys_see_enabled_clients_and_what_signs_for_them() {
    everywhere(|db| {
        assert_eq!(db.read(|ports| ports.algorithms_in_use()), BTreeSet::new());
        let (mut app, mut api, off) = (client("app"), client("api"), {
            let mut off = client("off");
            off.metadata.id_token_signed_response_alg = Some(SigningAlg::ES384);
            off.enabled = false;
            off
        });
        app.metadata.id_token_signed_response_alg = Some(SigningAlg::EdDSA);
        api.policy.access_token_alg = Some(SigningAlg::PS256);
        let stored = [app.clone(), api.clone(), off.clone()];
        db.write(move |ports| {
            stored
                .iter()
                .try_for_each(|client| ports.insert_client(client).map(drop))
        });
        let expected = [&api, &app].map(Recipient::from);
        assert_eq!(db.read(|ports| ports.recipients()), expected);
        let used = [
            SigningAlg::RS256,
            SigningAlg::PS256,
            SigningAlg::ES256,
            SigningAlg::EdDSA,
        ];
        assert_eq!(db.read(|ports| ports.algorithms_in_use()), BTreeSet::from(used));

        app.metadata.id_token_signed_response_alg = Some(SigningAlg::ES384);
        db.write(move |ports| ports.update_client(&app));
        db.write(|ports| ports.delete_client("api"));
        let used = [SigningAlg::ES256, SigningAlg::ES384];
        assert_eq!(db.read(|ports| ports.algorithms_in_use()), BTreeSet::from(used));
    });
}

#[test]
fn an_origin_is_known_while_an_enabled_client_has_it() {
    everywhere(|db| {
        let known = |origin: &'static str| db.read(move |ports| ports.origin_is_known(origin));
        let put = |client: &Client| {
            let client = client.clone();
            db.write(move |ports| ports.update_client(&client))
        };
        let mut web = client("web");
        web.metadata.allowed_cors_origins = vec!["https://spa.example:8443".into()];
        let mut other = client("other");
        let stored = (web.clone(), other.clone());
        db.write(move |ports| {
            ports.insert_client(&stored.0)?;
            ports.insert_client(&stored.1)
        });
        assert!(known("https://rp.example") && known("https://spa.example:8443"));
        assert!(!known("https://spa.example") && !known("http://rp.example"));
        web.enabled = false;
        assert_eq!(put(&web), Found::Yes);
        assert!(known("https://rp.example") && !known("https://spa.example:8443"));
        other.metadata.redirect_uris = vec!["http://127.0.0.1:4000/cb".into()];
        assert_eq!(put(&other), Found::Yes);
        assert!(!known("https://rp.example") && known("http://127.0.0.1:4000"));
    });
}

#[test]
fn grants_are_found_by_session_person_and_client() {
    everywhere(|db| {
        let (alice, web, first) = furnish(db);
        let mut second = grant(41, &web, &alice);
        second.created_at = NOW.plus(Duration::from_secs(1));
        second.sid = first.sid;
        let api = client("api");
        let mut third = grant(42, &api, &alice);
        third.created_at = NOW.plus(Duration::from_secs(2));
        let stored = [second.clone(), third.clone()];
        db.write(move |ports| {
            ports.insert_client(&api)?;
            stored.iter().try_for_each(|grant| ports.insert_grant(grant))
        });
        let (sid, of) = (first.sid, alice.id);
        let own = |client: Option<&'static str>| db.read(move |ports| ports.grants_of_user(of, client));
        assert_eq!(own(None), [third.clone(), second.clone(), first.clone()]);
        assert_eq!(own(Some("web")), [second.clone(), first.clone()]);
        let revoked = db.write(move |ports| {
            ports.revoke_grant(second.id, NOW)?;
            let open = ports.has_open_grant("web")?;
            let last = ports.revoke_grants_of_client("web", None, 9, NOW)?;
            Ok((open, last, ports.has_open_grant("web")?))
        });
        assert_eq!(revoked, (true, None, false));
        assert_eq!(own(None), [third]);
        let of_session = db.read(move |ports| ports.grants_of_session(sid));
        assert_eq!(
            of_session.iter().map(|grant| grant.id).collect::<Vec<_>>(),
            [first.id, second.id]
        );
    });
}

#[test]
fn the_last_refresh_of_each_living_grant_is_known() {
    everywhere(|db| {
        let (alice, web, first) = furnish(db);
        let quiet = grant(41, &web, &alice);
        let mut later = refresh_token(5, &first, 1);
        later.issued_at = NOW.plus(Duration::from_secs(60));
        let tokens = [refresh_token(4, &first, 0), later.clone()];
        db.write(move |ports| {
            ports.insert_grant(&quiet)?;
            tokens
                .iter()
                .try_for_each(|token| ports.insert_refresh_token(token))
        });
        let id = alice.id;
        assert_eq!(
            db.read(move |ports| ports.last_refreshes(id)),
            [(first.id, later.issued_at)]
        );
        db.write(move |ports| ports.revoke_grant(first.id, NOW));
        assert_eq!(db.read(move |ports| ports.last_refreshes(id)), []);
    });
}

#[test]
fn a_grant_comes_back_as_stored_and_needs_its_client_and_person() {
    everywhere(|db| {
        let (alice, web, stored) = furnish(db);
        let id = stored.id;
        assert_eq!(db.read(move |ports| ports.grant(id)), Some(stored));
        let orphan = grant(40, &client("gone"), &alice);
        let twin = grant(2, &web, &alice);
        for bad in [orphan, twin] {
            let refused = work::run(&*db.store, Access::Write, move |ports: &mut Ports| {
                ports.insert_grant(&bad)
            });
            assert!(
                matches!(refused, Err(StorageFault::Unavailable(_))),
                "{refused:?}"
            );
        }
    });
}

#[test]
fn consent_is_remembered_in_its_last_form() {
    everywhere(|db| {
        let (alice, ..) = furnish(db);
        let mut consent = Consent {
            user: alice.id,
            client_id: "web".into(),
            scope: Scope::parse("openid").unwrap(),
            resources: vec!["https://api.example".into()],
            at: NOW,
        };
        for (scope, later) in [("openid", 0), ("openid email", 60)] {
            consent.scope = Scope::parse(scope).unwrap();
            consent.at = NOW.plus(Duration::from_secs(later));
            let stored = consent.clone();
            db.write(move |ports| ports.save_consent(&stored));
        }
        assert_eq!(
            db.read(move |ports| ports.consent(alice.id, "web")),
            Some(consent.clone())
        );
        assert_eq!(db.read(move |ports| ports.consents_of_user(alice.id)), [consent]);
        let forget = || db.write(move |ports| ports.delete_consent(alice.id, "web"));
        assert_eq!((forget(), forget()), (Found::Yes, Found::No));
        assert_eq!(db.read(move |ports| ports.consents_of_user(alice.id)), []);
    });
}

#[test]
fn an_algorithm_has_one_active_key_and_one_spare() {
    use KeyState::{Active, Next, Retiring};
    use SigningAlg::{ES256, RS256};
    everywhere(|db| {
        let put =
            |kid: &'static str, alg, state| db.write(move |ports| ports.insert_key(&key(kid, alg, state)));
        assert_eq!(put("a", RS256, Active), Insert::Done);
        assert_eq!(put("b", RS256, Active), Insert::Taken);
        assert_eq!(put("b", RS256, Next), Insert::Done);
        assert_eq!(put("c", RS256, Next), Insert::Taken);
        assert_eq!(put("a", ES256, Active), Insert::Taken);
        assert_eq!(put("c", ES256, Active), Insert::Done);
        assert_eq!(put("d", RS256, Retiring), Insert::Done);
        assert_eq!(put("e", RS256, Retiring), Insert::Done);
        let keys = db.read(|ports| ports.keys());
        assert_eq!(
            keys.iter().map(|key| key.kid.as_str()).collect::<Vec<_>>(),
            ["c", "a", "b", "d", "e"]
        );
        assert_eq!(keys[0], key("c", ES256, Active));
    });
}

#[test]
fn values_of_the_installation_are_written_once() {
    everywhere(|db| {
        assert_eq!(db.read(|ports| ports.meta("check")), None);
        assert_eq!(
            db.write(|ports| ports.insert_meta("check", &[0, 200])),
            Insert::Done
        );
        assert_eq!(db.write(|ports| ports.insert_meta("check", &[1])), Insert::Taken);
        assert_eq!(db.read(|ports| ports.meta("check")), Some(vec![0, 200]));
    });
}

#[test]
fn events_are_kept_with_the_unit_of_work_they_tell_about() {
    let db = Fresh::sqlite();
    let lost = work::run(&*db.store, Access::Write, |ports: &mut Ports| {
        ports.record(AuditEvent::new(NOW, "user.login"))?;
        Err::<(), _>(StorageFault::Unavailable("changed my mind".into()))
    });
    assert!(lost.is_err());
    db.write(|ports| {
        ports.record(AuditEvent::new(NOW, "client.create").actor("cli").client("web"))?;
        ports.record(AuditEvent::new(NOW, "code.reused").subject("x").detail("y"))
    });
    db.sql(
        "CREATE TABLE judge (ok INTEGER NOT NULL) STRICT;
         INSERT INTO judge SELECT CASE count(*) WHEN 2 THEN 1 END FROM audit;
         INSERT INTO judge SELECT 1 FROM audit WHERE seq = 1 AND event = 'client.create' AND actor = 'cli';",
    );
}

#[test]
fn a_client_keeps_two_secrets_and_when_each_was_used() {
    everywhere(|db| {
        let mut web = client("web");
        let (old, new) = (secret(9), secret(10));
        web.secrets.replace(new.digest(), Former::Kept(DAY), &ctx());
        let stored = web.clone();
        db.write(move |ports| ports.insert_client(&stored));
        assert_eq!(db.read(|ports| ports.client("web")), Some(web.clone()));
        assert_eq!(db.read(|ports| ports.clients(None, 9)), [web.clone()]);
        let own = |text: &Plain<ClientSecret>, client: &Client| {
            client.secrets.matching(&text.digest(), NOW).cloned()
        };
        let former = own(&old, &web).unwrap();
        let used = |at| SecretUse {
            client_id: "web".into(),
            id: former.id.clone(),
            at,
        };
        let uses = [used(NOW.plus(DAY)), used(NOW)];
        db.write(move |ports| ports.note_secret_uses(&uses));
        let seen = db.read(|ports| ports.client("web")).unwrap();
        assert_eq!(own(&old, &seen).unwrap().last_used_at, Some(NOW.plus(DAY)));
        assert_eq!(own(&new, &seen).unwrap().last_used_at, None);
        // Who saves a client knows less about that.
        let stale = web.clone();
        db.write(move |ports| ports.update_client(&stale));
        assert_eq!(db.read(|ports| ports.client("web")), Some(seen));
        web.secrets.withdraw(&former.id, NOW).unwrap();
        let stored = web.clone();
        db.write(move |ports| ports.update_client(&stored));
        assert_eq!(db.read(|ports| ports.client("web")), Some(web.clone()));
    });
}

#[test]
fn an_old_secret_that_has_expired_is_swept_out() {
    everywhere(|db| {
        let mut web = client("web");
        web.secrets
            .replace(secret(10).digest(), Former::Kept(DAY), &ctx());
        db.write(move |ports| ports.insert_client(&web));
        let left = |at: Timestamp| {
            db.store.sweep(at, &Policy::default()).unwrap();
            db.read(|ports| ports.client("web"))
                .unwrap()
                .secrets
                .iter()
                .count()
        };
        assert_eq!((left(NOW), left(NOW.plus(DAY * 2))), (2, 1));
    });
}

const DAY: Duration = Duration::from_secs(86_400);

fn ctx() -> Ctx {
    Ctx {
        clock: Arc::new(FixedClock::at(NOW)),
        entropy: Arc::new(SeededEntropy::new(33)),
        issuer: Issuer::new("https://id.example"),
        policy: Policy::default(),
    }
}
