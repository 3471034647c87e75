//! Authorization codes (RFC 6749 4.1.2, RFC 9700 4.5): once, soon, and by the client they were made for.

use std::sync::Barrier;
use std::thread;

use crate::actors::attacker::{Attacker, redemption};
use crate::rig::Provider;

#[test]
fn a_second_use_takes_back_what_the_first_one_got() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let code = attacker.code("web", &[]);
    let first = attacker.redeem("web", &code);
    assert_eq!(attacker.userinfo(first.granted()).status, 200);

    provider.wait(30);
    attacker.redeem("web", &code).refused("invalid_grant");
    let answer = attacker.userinfo(first.granted());
    assert_eq!((answer.status, answer.text("error")), (401, "invalid_token"));
    attacker
        .refresh("web", first.text("refresh_token"))
        .refused("invalid_grant");
}

#[test]
fn a_code_of_another_client_is_burned() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let code = attacker.code("web", &[]);
    attacker.redeem("web2", &code).refused("invalid_grant");
    attacker.redeem("web", &code).refused("invalid_grant");
}

#[test]
fn a_wrong_redirect_uri_burns_the_code() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    for wrong in [None, Some("https://rp.test/other"), Some("")] {
        let code = attacker.code("web", &[]);
        let mut form: Vec<_> = redemption(&code)
            .into_iter()
            .filter(|(name, _)| *name != "redirect_uri")
            .collect();
        form.extend(wrong.map(|uri| ("redirect_uri", uri)));
        attacker.token("web", &form).refused("invalid_grant");
        attacker.redeem("web", &code).refused("invalid_grant");
    }
}

#[test]
fn a_code_waits_a_minute() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let (late, early) = (attacker.code("web", &[]), attacker.code("web", &[]));
    provider.wait(59);
    attacker.redeem("web", &early).granted();
    provider.wait(2);
    attacker.redeem("web", &late).refused("invalid_grant");
}

#[test]
fn twenty_at_once_get_one_answer() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let code = attacker.code("web", &[]);
    let start = Barrier::new(20);
    let answers: Vec<_> = thread::scope(|scope| {
        let redeem = || {
            start.wait();
            attacker.redeem("web", &code)
        };
        let racers: Vec<_> = (0..20).map(|_| scope.spawn(redeem)).collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).collect()
    });
    let (winners, losers): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!(winners.len(), 1);
    losers.iter().for_each(|answer| answer.refused("invalid_grant"));
    // Somebody else had the code: what the winner got is worth nothing.
    assert_eq!(attacker.userinfo(winners[0].granted()).status, 401);
    attacker
        .refresh("web", winners[0].text("refresh_token"))
        .refused("invalid_grant");
}

#[test]
fn a_code_dies_with_its_session() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let mut browser = crate::actors::Browser::new(&provider);
    let landed = browser.sign_in(&attacker.authorize_url("web", &[]), "alice");
    let code = crate::actors::browser::param(&landed, "code").unwrap();
    let asked = browser.open(&provider.url("/logout")).page();
    browser.submit(&asked, &[]).page();
    attacker.redeem("web", &code).refused("invalid_grant");
}
