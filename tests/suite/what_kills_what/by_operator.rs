//! What an operator ends, by the use-cases behind the command line.

use admin::grants::GrantFilter;
use admin::sessions::Whose;
use admin::users::UserChange;
use admin::{Actor, Ports};
use identity::ports::Found;

use super::scene::Scene;
use crate::actors::Attacker;

/// Something an operator does.
type Act = fn(&Scene);

fn operator() -> Actor {
    Actor::named("operator")
}

fn by_operator(scene: &Scene, event: &str) -> Option<String> {
    let told = scene.told(event);
    assert_eq!(told.actor.as_deref(), Some("operator"));
    told.subject
}

#[test]
fn locking_and_deleting_somebody() {
    let scene = Scene::new();
    let acts: [(&str, Act); 2] = [
        ("user.lock", |scene| {
            scene.provider.administer(|ports, ctx| {
                admin::users::lock(ports, ctx, &operator(), "alice")?;
                // Letting them in again gives nothing back.
                admin::users::unlock(ports, ctx, &operator(), "alice").map(drop)
            });
        }),
        ("user.delete", |scene| {
            scene
                .provider
                .administer(|ports, ctx| admin::users::delete(ports, ctx, &operator(), "alice").map(drop));
        }),
    ];
    let bobs = scene.tokens_in(&mut scene.browser_of("bob"), "web");
    for (event, act) in acts {
        let mut laptop = scene.browser_of("alice");
        let (web, spa) = (
            scene.tokens_in(&mut laptop, "web"),
            scene.tokens_in(&mut laptop, "spa"),
        );
        let code = scene.code_in(&mut laptop, "web");
        act(&scene);
        scene.assert_dead(&web);
        scene.assert_dead(&spa);
        scene.redeem("web", &code).refused("invalid_grant");
        let door = laptop.open(&scene.provider.url("/account")).page();
        assert!(door.title().starts_with("Sign in"));
        assert!(by_operator(&scene, event).is_some());
    }
    scene.assert_alive(&bobs);
}

#[test]
fn giving_somebody_another_password() {
    let scene = Scene::new();
    let held = scene.tokens("web");
    let hash = scene
        .provider
        .hasher
        .hash(identity::Password::new("a brand new pass phrase").unwrap())
        .unwrap();
    scene.provider.administer(move |ports, ctx| {
        let change = UserChange {
            password: Some(hash),
            ..UserChange::default()
        };
        admin::users::update(ports, ctx, &operator(), "alice", change).map(drop)
    });
    scene.assert_dead(&held);
    assert!(by_operator(&scene, "user.update").is_some());
}

#[test]
fn disabling_and_deleting_a_client() {
    let scene = Scene::new();
    let mut laptop = scene.browser_of("alice");
    let kept = scene.tokens_in(&mut laptop, "web2");
    let held = scene.tokens_in(&mut laptop, "web");
    let code = scene.code_in(&mut laptop, "web");
    scene
        .provider
        .administer(|ports, ctx| admin::clients::disable(ports, ctx, &operator(), "web").map(drop));
    scene.assert_refused(&held);
    // Its secret opens nothing, once every cache has heard of it.
    crate::apis::eventually(|| scene.refresh(&held).status == 401);
    assert_eq!(scene.told("client.disable").client_id.as_deref(), Some("web"));

    scene
        .provider
        .administer(|ports, ctx| admin::clients::enable(ports, ctx, &operator(), "web").map(drop));
    crate::apis::eventually(|| scene.refresh(&held).status == 400);
    scene.assert_dead(&held);
    scene.redeem("web", &code).refused("invalid_grant");

    scene.provider.wait(1);
    let held = scene.tokens_in(&mut laptop, "web");
    scene.assert_accepted(&held);
    scene
        .provider
        .administer(|ports, ctx| admin::clients::delete(ports, ctx, &operator(), "web").map(drop));
    scene.assert_refused(&held);
    crate::apis::eventually(|| scene.refresh(&held).status == 401);
    assert_eq!(scene.told("client.delete").client_id.as_deref(), Some("web"));
    scene.assert_alive(&kept);
}

#[test]
fn revoking_sessions() {
    let scene = Scene::new();
    let (mut laptop, mut phone) = (scene.browser_of("alice"), scene.browser_of("alice"));
    let (offline, bound) = (
        scene.tokens_in(&mut laptop, "web"),
        scene.tokens_in(&mut laptop, "spa"),
    );
    let kept = scene.tokens_in(&mut phone, "spa");
    let sid = crate::apis::part(&bound.access, 1)["sid"]
        .as_str()
        .unwrap()
        .to_owned();
    let of = sid.clone();
    scene
        .provider
        .administer(move |ports, ctx| admin::sessions::revoke(ports, ctx, &operator(), &of).map(drop));
    scene.assert_dead(&bound);
    scene.assert_refused(&offline);
    assert_eq!(by_operator(&scene, "session.revoke"), Some(sid));
    scene.provider.wait(1);
    scene.assert_refreshes(&offline);
    scene.assert_alive(&kept);

    let (kept, bobs) = (
        scene.tokens_in(&mut phone, "spa"),
        scene.tokens_in(&mut scene.browser_of("bob"), "spa"),
    );
    scene.provider.administer(|ports, ctx| {
        admin::sessions::revoke_all(ports, ctx, &operator(), Whose::Of("alice")).map(drop)
    });
    scene.assert_dead(&kept);
    scene.assert_alive(&bobs);
    scene.provider.administer(|ports, ctx| {
        admin::sessions::revoke_all(ports, ctx, &operator(), Whose::Everybodys).map(drop)
    });
    scene.assert_refused(&bobs);
}

#[test]
fn revoking_a_grant() {
    let scene = Scene::new();
    let mut laptop = scene.browser_of("alice");
    let kept = scene.tokens_in(&mut laptop, "web");
    scene.provider.wait(1);
    let held = scene.tokens_in(&mut laptop, "web");
    let id = scene.provider.administer(|ports, ctx| {
        let of_web = GrantFilter {
            client_id: Some("web".to_owned()),
            ..GrantFilter::default()
        };
        let newest = admin::grants::list(ports, &operator(), &of_web)?
            .remove(0)
            .grant
            .id
            .to_string();
        admin::grants::revoke(ports, ctx, &operator(), &newest)?;
        Ok(newest)
    });
    scene.assert_dead(&held);
    assert_eq!(by_operator(&scene, "grant.revoke"), Some(id));
    scene.assert_alive(&kept);
}

#[test]
fn revoking_a_token() {
    let scene = Scene::new();
    let mut laptop = scene.browser_of("alice");
    let (held, kept) = (
        scene.tokens_in(&mut laptop, "web"),
        scene.tokens_in(&mut laptop, "web"),
    );
    let revoke = |token: &str| {
        let (token, ring) = (token.to_owned(), scene.provider.ring());
        scene.provider.administer(move |ports, ctx| {
            admin::tokens::revoke(ports, ctx, &operator(), &ring, &token).map(drop)
        });
    };
    revoke(&held.access);
    scene.assert_refused(&held);
    let jti = crate::apis::part(&held.access, 1)["jti"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(by_operator(&scene, "token.revoke"), Some(jti));
    scene.assert_refreshes(&held);
    revoke(held.refresh());
    scene.assert_dead(&held);
    assert!(by_operator(&scene, "grant.revoke").is_some());
    scene.assert_alive(&kept);
}

#[test]
fn deleting_a_client_that_speaks_for_itself() {
    let scene = Scene::new();
    let form = [("grant_type", "client_credentials"), ("scope", "notes.read")];
    let token = Attacker(&scene.provider).token("svc", &form);
    let asked = || {
        Attacker(&scene.provider)
            .introspect("notes", token.granted())
            .json["active"]
            == true
    };
    assert!(asked());
    scene.provider.administer(|ports: &mut dyn Ports, ctx| {
        admin::clients::delete(ports, ctx, &operator(), "svc")?;
        assert_eq!(ports.delete_client("svc")?, Found::No);
        Ok(())
    });
    assert!(!asked());
}
