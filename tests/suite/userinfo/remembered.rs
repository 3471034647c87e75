//! Userinfo remembers people, and never what they were: a change is told by the next answer in the process that made it, and
//! within a second in the others.

use std::time::Duration;

use admin::groups::NewGroup;
use admin::users::UserChange;
use admin::{Actor, AdminFault, Ports, groups, users};
use identity::Profile;
use kernel::{Clock as _, Ctx, SystemClock};
use serde_json::{Value, json};

use crate::actors::Attacker;
use crate::rig::Provider;

/// What an administrator does, on whatever process.
type Act = fn(&mut dyn Ports, &Ctx) -> Result<(), AdminFault>;

const CLERK: fn() -> Actor = Actor::cli;

/// A token for everything userinfo tells, asked with until all is warm.
fn token(provider: &Provider) -> String {
    let attacker = Attacker(provider);
    let scope = "openid profile email groups roles";
    let code = attacker.code("web", &[("scope", Some(scope))]);
    let token = attacker.redeem("web", &code).granted().to_owned();
    let work = provider.least_work(|| assert_eq!(attacker.userinfo(&token).status, 200));
    assert_eq!(work, (0, 0), "alice is remembered");
    token
}

fn change(ports: &mut dyn Ports, ctx: &Ctx, change: UserChange) -> Result<(), AdminFault> {
    users::update(ports, ctx, &CLERK(), "alice", change).map(drop)
}

/// Changes one after another, with what a claim says after each.
fn changes() -> [(Act, &'static str, Value); 7] {
    [
        (
            |ports, ctx| {
                let profile = Profile {
                    name: Some("Alice Newname".into()),
                    ..Profile::default()
                };
                change(
                    ports,
                    ctx,
                    UserChange {
                        profile,
                        ..UserChange::default()
                    },
                )
            },
            "name",
            json!("Alice Newname"),
        ),
        (
            |ports, ctx| {
                let email = Some("new@example.org".into());
                change(
                    ports,
                    ctx,
                    UserChange {
                        email,
                        ..UserChange::default()
                    },
                )
            },
            "email",
            json!("new@example.org"),
        ),
        (
            |ports, ctx| {
                let roles = Some(vec!["auditor".into()]);
                change(
                    ports,
                    ctx,
                    UserChange {
                        roles,
                        ..UserChange::default()
                    },
                )
            },
            "roles",
            json!(["auditor"]),
        ),
        (
            |ports, ctx| {
                let (name, roles) = ("press".to_owned(), vec!["writer".to_owned()]);
                groups::create(
                    ports,
                    ctx,
                    &CLERK(),
                    NewGroup {
                        name,
                        roles,
                        ..NewGroup::default()
                    },
                )?;
                groups::add(ports, ctx, &CLERK(), "press", "alice").map(drop)
            },
            "roles",
            json!(["auditor", "writer"]),
        ),
        (
            |ports, ctx| groups::delete(ports, ctx, &CLERK(), "press"),
            "roles",
            json!(["auditor"]),
        ),
        (
            |ports, ctx| {
                groups::create(
                    ports,
                    ctx,
                    &CLERK(),
                    NewGroup {
                        name: "club".into(),
                        ..NewGroup::default()
                    },
                )?;
                groups::add(ports, ctx, &CLERK(), "club", "alice").map(drop)
            },
            "groups",
            json!(["club"]),
        ),
        (
            |ports, ctx| groups::remove(ports, ctx, &CLERK(), "club", "alice").map(drop),
            "groups",
            json!([]),
        ),
    ]
}

/// After each of these nobody is told of alice any more.
const ENDS: [Act; 2] = [
    |ports, ctx| users::lock(ports, ctx, &CLERK(), "alice").map(drop),
    |ports, ctx| users::delete(ports, ctx, &CLERK(), "alice").map(drop),
];

/// Asks until it is so; no longer than a second.
#[track_caller]
fn soon(mut holds: impl FnMut() -> bool) {
    let deadline = SystemClock.now().plus(Duration::from_secs(1));
    while !holds() {
        assert!(SystemClock.now() < deadline, "not within a second");
    }
}

#[test]
fn what_this_process_changes_is_in_the_next_answer() {
    let provider = Provider::start();
    let (attacker, token) = (Attacker(&provider), token(&provider));
    // More than once around, so that what is remembered is what the change before left.
    for _ in 0..5 {
        for (act, claim, value) in changes() {
            provider.administer(act);
            assert_eq!(attacker.userinfo(&token).json[claim], value, "{claim}");
        }
        provider.administer(|ports, ctx| {
            let roles = Some(Vec::new());
            groups::delete(ports, ctx, &CLERK(), "club")?;
            change(
                ports,
                ctx,
                UserChange {
                    roles,
                    ..UserChange::default()
                },
            )
        });
        assert_eq!(attacker.userinfo(&token).json["roles"], json!([]));
    }
}

#[test]
fn what_another_process_changes_is_told_within_a_second() {
    let provider = Provider::start();
    let (attacker, token) = (Attacker(&provider), token(&provider));
    for (act, claim, value) in changes() {
        provider.administer_elsewhere(act);
        soon(|| attacker.userinfo(&token).json[claim] == value);
    }
}

#[test]
fn who_is_locked_or_removed_is_out_with_the_answer_to_whoever_did_it() {
    for act in ENDS {
        let provider = Provider::start();
        let (attacker, token) = (Attacker(&provider), token(&provider));
        provider.administer(act);
        assert_eq!(attacker.userinfo(&token).status, 401);
    }
}

#[test]
fn who_is_locked_or_removed_by_another_process_is_out_within_a_second() {
    for act in ENDS {
        let provider = Provider::start();
        let (attacker, token) = (Attacker(&provider), token(&provider));
        provider.administer_elsewhere(act);
        soon(|| attacker.userinfo(&token).status == 401);
        assert_eq!(attacker.userinfo(&token).status, 401, "and stays out");
    }
}
