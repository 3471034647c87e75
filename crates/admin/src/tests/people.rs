use identity::{PasswordHash, Profile, User, UserState};
use kernel::Ctx;
use session::Revoked;

use super::ctx;
use super::store::Maps;
use crate::groups::{self, NewGroup};
use crate::users::{self, NewUser, UserChange};
use crate::view::{GroupView, UserView};
use crate::{Actor, AdminFault};

fn alice() -> NewUser {
    NewUser {
        username: "alice".into(),
        email: Some("alice@example.org".into()),
        email_verified: true,
        profile: Profile {
            name: Some("Alice Example".into()),
            locale: Some("en".into()),
            ..Profile::default()
        },
        groups: vec!["staff".into()],
        roles: vec!["editor".into(), "author".into(), "editor".into()],
        password: Some(PasswordHash::new("$argon2id$hers")),
        ..NewUser::default()
    }
}

fn make(store: &mut Maps, ctx: &Ctx, new: NewUser) -> Result<User, AdminFault> {
    users::create(store, ctx, &Actor::cli(), new)
}

fn change(store: &mut Maps, ctx: &Ctx, change: UserChange) -> Result<User, AdminFault> {
    users::update(store, ctx, &Actor::cli(), "alice", change)
}

#[test]
fn a_person_is_made_with_their_groups_and_found_under_three_names() {
    let (mut store, ctx) = (Maps::default(), ctx());
    let user = make(&mut store, &ctx, alice()).unwrap();
    assert_eq!(
        (user.groups.clone(), user.roles.clone()),
        (vec!["staff".into()], vec!["author".into(), "editor".into()])
    );
    assert_eq!(store.events(), ["group.create", "user.create"]);
    for name in ["alice", "ALICE", "Alice@example.org", &user.id.to_string()] {
        assert_eq!(
            users::find(&mut store, &Actor::cli(), name).unwrap().id,
            user.id,
            "{name}"
        );
    }
    let nobody = users::find(&mut store, &Actor::cli(), "mallory").unwrap_err();
    assert!(matches!(nobody, AdminFault::NotFound { what: "user", .. }));
}

#[test]
fn nobody_takes_anothers_name_or_address() {
    let (mut store, ctx) = (Maps::default(), ctx());
    make(&mut store, &ctx, alice()).unwrap();
    for username in ["alice", "ALICE", "ａlice", "alice@example.org", "al\u{200B}ice"] {
        let twin = NewUser {
            username: username.into(),
            ..NewUser::default()
        };
        assert!(make(&mut store, &ctx, twin).is_err(), "{username}");
    }
    make(
        &mut store,
        &ctx,
        NewUser {
            username: "bob".into(),
            ..NewUser::default()
        },
    )
    .unwrap();
    let theft = UserChange {
        username: Some("bob".into()),
        ..UserChange::default()
    };
    assert!(matches!(
        change(&mut store, &ctx, theft),
        Err(AdminFault::Conflict(_))
    ));
}

#[test]
fn everything_wrong_is_told_at_once() {
    let bad = NewUser {
        username: "a\r\nb".into(),
        email: Some("nowhere".into()),
        groups: vec!["".into()],
        roles: vec![" x".into()],
        ..NewUser::default()
    };
    let Err(AdminFault::Invalid(reasons)) = make(&mut Maps::default(), &ctx(), bad) else {
        panic!("it was taken");
    };
    assert_eq!(reasons.len(), 4, "{reasons:#?}");
}

#[test]
fn a_change_touches_what_it_names() {
    let (mut store, ctx) = (Maps::default(), ctx());
    make(&mut store, &ctx, alice()).unwrap();
    let wish = UserChange {
        email: Some("alice@example.com".into()),
        profile: Profile {
            nickname: Some("Al".into()),
            locale: Some(String::new()),
            ..Profile::default()
        },
        groups: Some(vec!["board".into()]),
        ..UserChange::default()
    };
    let user = change(&mut store, &ctx, wish).unwrap();
    assert!(!user.email_verified, "a new address is unproven");
    assert_eq!(user.profile.name.as_deref(), Some("Alice Example"));
    assert_eq!(
        (user.profile.nickname.as_deref(), user.profile.locale),
        (Some("Al"), None)
    );
    assert_eq!((user.groups, user.roles.len()), (vec!["board".to_owned()], 2));
    assert!(user.password.is_some() && store.revoked.is_empty());
    assert_eq!(store.resets_voided, [user.id], "a link went to the old address");
}

#[test]
fn a_new_password_a_lock_and_a_removal_take_everything_back() {
    type Act = fn(&mut Maps, &Ctx);
    let acts: [(Act, &str, usize); 3] = [
        (
            |store, ctx| {
                let password = Some(PasswordHash::new("$argon2id$new"));
                let wish = UserChange {
                    password,
                    ..UserChange::default()
                };
                change(store, ctx, wish).unwrap();
            },
            "user.password.set",
            1,
        ),
        (
            |store, ctx| {
                users::lock(store, ctx, &Actor::cli(), "alice").unwrap();
            },
            "user.lock",
            1,
        ),
        (
            |store, ctx| {
                users::delete(store, ctx, &Actor::cli(), "alice").unwrap();
            },
            "user.delete",
            0,
        ),
    ];
    for (act, event, voided) in acts {
        let (mut store, ctx) = (Maps::default(), ctx());
        let user = make(&mut store, &ctx, alice()).unwrap();
        let sid = store.sign_in(&ctx, &user);
        let grant = store.grant_in(sid, "web");
        act(&mut store, &ctx);
        assert_eq!(store.sessions[&sid].ended_at, Some(ctx.now()), "{event}");
        assert_eq!(store.grants[&grant].revoked_at, Some(ctx.now()), "{event}");
        let entries: Vec<_> = store.revoked.iter().map(|entry| entry.what.clone()).collect();
        for taken in [
            Revoked::Session(sid),
            Revoked::Grant(grant),
            Revoked::User(user.id),
        ] {
            assert!(entries.contains(&taken), "{event}: {taken:?}");
        }
        assert_eq!(store.resets_voided.len(), voided, "{event}");
        assert!(store.events().contains(&event), "{:?}", store.events());
    }
}

#[test]
fn a_locked_person_is_let_in_again() {
    let (mut store, ctx) = (Maps::default(), ctx());
    let user = make(&mut store, &ctx, alice()).unwrap();
    let locked = users::lock(&mut store, &ctx, &Actor::cli(), "alice").unwrap();
    assert_eq!(locked.state, UserState::Locked);
    let open = users::unlock(&mut store, &ctx, &Actor::cli(), &user.id.to_string()).unwrap();
    assert_eq!(open.state, UserState::Active);
    assert_eq!(store.events().split_off(2), ["user.lock", "user.unlock"]);
}

#[test]
fn lists_have_everybody() {
    let (mut store, ctx) = (Maps::default(), ctx());
    for name in ["eve", "bob", "alice", "carol", "dave"] {
        let new = NewUser {
            username: name.into(),
            groups: vec!["all".into()],
            ..NewUser::default()
        };
        make(&mut store, &ctx, new).unwrap();
    }
    let everybody = ["alice", "bob", "carol", "dave", "eve"];
    let names = |users: Vec<User>| users.into_iter().map(|user| user.username).collect::<Vec<_>>();
    assert_eq!(names(users::list(&mut store, &Actor::cli()).unwrap()), everybody);
    assert_eq!(
        names(groups::members(&mut store, &Actor::cli(), "all").unwrap()),
        everybody
    );
    users::delete(&mut store, &ctx, &Actor::cli(), "bob").unwrap();
    assert_eq!(users::list(&mut store, &Actor::cli()).unwrap().len(), 4);
}

#[test]
fn groups_are_joined_and_left() {
    let (mut store, ctx, cli) = (Maps::default(), ctx(), Actor::cli());
    make(&mut store, &ctx, alice()).unwrap();
    let board = NewGroup {
        name: "board".into(),
        roles: vec!["decider".into()],
        ..NewGroup::default()
    };
    groups::create(&mut store, &ctx, &cli, board.clone()).unwrap();
    assert!(matches!(
        groups::create(&mut store, &ctx, &cli, board),
        Err(AdminFault::Conflict(_))
    ));
    groups::add(&mut store, &ctx, &cli, "board", "alice").unwrap();
    let group = groups::find(&mut store, &Actor::cli(), "board").unwrap();
    let members = groups::members(&mut store, &Actor::cli(), "board").unwrap();
    let json = serde_json::to_value(GroupView::with_members(&group, &members)).unwrap();
    assert_eq!(
        (&json["members"], &json["roles"]),
        (&serde_json::json!(["alice"]), &serde_json::json!(["decider"]))
    );
    groups::remove(&mut store, &ctx, &cli, "board", "alice").unwrap();
    for (group, user, what) in [
        ("board", "alice", "member"),
        ("none", "alice", "group"),
        ("board", "none", "user"),
    ] {
        let fault = groups::remove(&mut store, &ctx, &cli, group, user).unwrap_err();
        assert!(
            matches!(fault, AdminFault::NotFound { what: it, .. } if it == what),
            "{fault}"
        );
    }
    groups::delete(&mut store, &ctx, &cli, "board").unwrap();
    assert!(groups::delete(&mut store, &ctx, &cli, "board").is_err());
}

#[test]
fn the_view_has_registered_names_and_no_hash() {
    let (mut store, ctx) = (Maps::default(), ctx());
    let user = make(&mut store, &ctx, alice()).unwrap();
    let json = serde_json::to_value(UserView::from(&user)).unwrap();
    assert_eq!(json["sub"], user.id.to_string());
    assert_eq!(
        (&json["name"], &json["state"]),
        (&"Alice Example".into(), &"active".into())
    );
    assert_eq!(json["created_at"], "2025-11-13T02:13:20Z");
    assert!(!json.to_string().contains("argon2"));
}
