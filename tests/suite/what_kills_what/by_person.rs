//! What a person ends, and what their client gives back.

use identity::inbox::Inbox as _;

use super::scene::{Held, Scene};
use crate::actors::browser::param;
use crate::actors::{Browser, Page};
use crate::cast::PASSWORD;

const NEW: &str = "a brand new pass phrase";

fn open(scene: &Scene, browser: &mut Browser, path: &str) -> Page {
    browser.open(&scene.provider.url(path)).page()
}

#[test]
fn signing_out() {
    let scene = Scene::new();
    let (mut laptop, mut phone) = (scene.browser_of("alice"), scene.browser_of("alice"));
    let offline = scene.tokens_in(&mut laptop, "web");
    let bound = scene.tokens_in(&mut laptop, "spa");
    let code = scene.code_in(&mut laptop, "web");
    let elsewhere = scene.tokens_in(&mut phone, "spa");
    let question = open(&scene, &mut laptop, "/logout");
    laptop.submit(&question, &[]).page();

    scene.assert_dead(&bound);
    scene.assert_refused(&offline);
    scene.redeem("web", &code).refused("invalid_grant");
    assert_eq!(scene.told("session.end").actor, offline.sub());
    // A confidential client was allowed to act while the person is away.
    scene.provider.wait(1);
    scene.assert_refreshes(&offline);
    scene.assert_alive(&elsewhere);
}

#[test]
fn ending_another_session_on_the_account_page() {
    let scene = Scene::new();
    let (mut laptop, mut phone) = (scene.browser_of("alice"), scene.browser_of("alice"));
    let (here, there) = (
        scene.tokens_in(&mut laptop, "spa"),
        scene.tokens_in(&mut phone, "spa"),
    );
    let list = open(&scene, &mut laptop, "/account/sessions");
    let own = list.body.split("name=\"end\" value=\"").nth(2).unwrap();
    let phones = own.split('"').next().unwrap().to_owned();
    laptop.submit(&list, &[("end", &phones)]).page();
    scene.assert_dead(&there);
    assert_eq!(scene.told("session.end").subject, Some(phones));
    scene.assert_alive(&here);
}

#[test]
fn signing_out_everywhere() {
    let scene = Scene::new();
    let (mut laptop, mut phone) = (scene.browser_of("alice"), scene.browser_of("alice"));
    let mut bobs = scene.browser_of("bob");
    for choice in ["others", "everywhere"] {
        let held = [
            scene.tokens_in(&mut laptop, "web"),
            scene.tokens_in(&mut phone, "web"),
            scene.tokens_in(&mut phone, "spa"),
        ];
        let bobs = scene.tokens_in(&mut bobs, "web");
        let list = open(&scene, &mut laptop, "/account/sessions");
        laptop.submit(&list, &[("end", choice)]).page();
        for held in &held {
            scene.assert_dead(held);
        }
        let event = scene.told("user.sign_out_everywhere");
        assert_eq!((event.actor, event.subject), (held[0].sub(), held[0].sub()));
        scene.assert_alive(&bobs);
        phone = scene.browser_of("alice");
    }
}

#[test]
fn changing_the_password() {
    let scene = Scene::new();
    let (mut laptop, mut phone) = (scene.browser_of("alice"), scene.browser_of("alice"));
    let (here, there) = (
        scene.tokens_in(&mut laptop, "web"),
        scene.tokens_in(&mut phone, "spa"),
    );
    let bobs = scene.tokens_in(&mut scene.browser_of("bob"), "web");
    // What was begun and not finished: a code nobody redeemed, a question nobody answered.
    let code = scene.code_in(&mut phone, "web");
    let consent = phone.open(&scene.request("other")).page();
    assert!(consent.title().starts_with("Allow access"));

    let page = open(&scene, &mut laptop, "/account/password");
    let done = laptop.submit(&page, &[("password", PASSWORD), ("new_password", NEW)]);
    assert!(done.page().body.contains("Your password is changed"));
    for held in [&here, &there] {
        scene.assert_dead(held);
    }
    scene.redeem("web", &code).refused("invalid_grant");
    let door = phone.submit(&consent, &[("decision", "allow")]).page();
    assert!(door.title().starts_with("Sign in"), "{}", door.title());
    assert_eq!(scene.told("user.password.change").subject, here.sub());
    scene.assert_alive(&bobs);
    // Whoever changed it stays, and goes on with new tokens.
    scene.provider.wait(1);
    scene.assert_alive(&scene.tokens_in(&mut laptop, "web"));
}

#[test]
fn setting_a_forgotten_password_anew() {
    let scene = Scene::new();
    let mut laptop = scene.browser_of("alice");
    let (web, spa) = (
        scene.tokens_in(&mut laptop, "web"),
        scene.tokens_in(&mut laptop, "spa"),
    );
    let code = scene.code_in(&mut laptop, "web");
    let mut elsewhere = Browser::new(&scene.provider);
    let asked = open(&scene, &mut elsewhere, "/reset");
    elsewhere.submit(&asked, &[("username", "alice")]).page();
    scene.assert_accepted(&web);
    let text = scene.provider.inbox.letters().remove(0).text;
    let link = &text[text.find(&scene.provider.url("/reset/")).unwrap()..];
    let form = elsewhere.open(link.split_whitespace().next().unwrap()).page();
    scene.assert_accepted(&web);
    elsewhere.submit(&form, &[("password", NEW)]).page();

    for held in [&web, &spa] {
        scene.assert_dead(held);
    }
    scene.redeem("web", &code).refused("invalid_grant");
    let door = open(&scene, &mut laptop, "/account");
    assert!(door.title().starts_with("Sign in"));
    assert_eq!(scene.told("user.password.reset").subject, web.sub());
}

#[test]
fn withdrawing_what_an_app_was_allowed() {
    let scene = Scene::new();
    let mut laptop = scene.browser_of("alice");
    for client_id in ["other", "web"] {
        let withdrawn = [
            scene.tokens_in(&mut laptop, client_id),
            scene.tokens_in(&mut scene.browser_of("alice"), client_id),
        ];
        let (kept, bobs) = (
            scene.tokens_in(&mut laptop, "web2"),
            scene.tokens_in(&mut scene.browser_of("bob"), client_id),
        );
        let list = open(&scene, &mut laptop, "/account/apps");
        laptop.submit(&list, &[("withdraw", client_id)]).page();
        for held in &withdrawn {
            scene.assert_dead(held);
        }
        let event = scene.told("consent.withdrawn");
        assert_eq!(event.client_id.as_deref(), Some(client_id));
        scene.assert_alive(&kept);
        scene.assert_alive(&bobs);
    }
    let asked = laptop.open(&scene.request("other")).page();
    assert!(asked.title().starts_with("Allow access"), "it is asked for again");
}

#[test]
fn a_client_gives_tokens_back() {
    let scene = Scene::new();
    let mut laptop = scene.browser_of("alice");
    for client_id in ["web", "spa"] {
        let (given, kept) = (
            scene.tokens_in(&mut laptop, client_id),
            scene.tokens_in(&mut laptop, client_id),
        );
        // An access token goes alone.
        scene.give_back(&given, &given.access);
        scene.assert_refused(&given);
        assert_eq!(scene.told("token.revoke").client_id.as_deref(), Some(client_id));
        let next = Held::of(client_id, &scene.refresh(&given));
        scene.assert_accepted(&next);
        // A refresh token takes everything of its grant along.
        scene.give_back(&next, next.refresh());
        scene.assert_dead(&next);
        assert_eq!(scene.told("grant.revoke").client_id.as_deref(), Some(client_id));
        scene.assert_alive(&kept);
    }
    // The session is the person's, not the client's.
    assert!(param(&laptop.open(&scene.request("web")).app(), "code").is_some());
}
