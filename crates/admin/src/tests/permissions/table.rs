//! The rows: what each use-case asks for, and a call of it.

use identity::{LoginKey, Users as _};
use kernel::{Ctx, SeededEntropy};
use token::SigningAlg;
use token::client::secrets::Former;
use token::keys::reseal::Resealed;
use token::keys::{Fresh, KeyPlan, KeyRing, KeyState, MasterKey, Step};

use crate::authority::Permission::{
    EndSessions, HelpPeople, ManageAdministrators, ManageApplications, ManagePeople, RevokeKeys, TurnKeys,
    ViewApplications, ViewKeys, ViewPeople, ViewSessions,
};
use crate::authority::{Administrator, Permission};
use crate::grants::GrantFilter;
use crate::keys::evidence::Evidence;
use crate::keys::lineup::Look;
use crate::keys::reencryption::{self, ReencryptionFault};
use crate::keys::withdrawal::{self, BlastRadius};
use crate::keys::{self, Insistence, evidence, export, lineup, rotation, schedule, upkeep};
use crate::sessions::Whose;
use crate::tests::Anywhere;
use crate::tests::store::Maps;
use crate::users::{NewUser, UserChange};
use crate::{
    Actor, AdminFault, administrators, clients, grants, groups, lint, resources, scopes, sessions, setup,
    tokens, users,
};

type Outcome = Result<(), AdminFault>;

/// A use-case, the permissions it asks for, and a call of it.
pub(super) type Row = (
    &'static str,
    &'static [Permission],
    fn(&mut Maps, &Ctx, &Actor) -> Outcome,
);

const GRANT: &str = "00000000-0000-7000-8000-000000000000";
pub(super) const API: &str = "https://api.test";

pub(super) fn rows() -> impl Iterator<Item = &'static Row> {
    [PEOPLE, ADMINISTRATORS, APPLICATIONS, ACCESS, KEYS]
        .into_iter()
        .flatten()
}

fn id_of(maps: &mut Maps, name: &str) -> kernel::id::UserId {
    maps.user_by_login(&LoginKey::of(name)).unwrap().unwrap().id
}

fn sid(maps: &Maps) -> String {
    maps.sessions.keys().next().unwrap().to_string()
}

fn ring() -> KeyRing {
    KeyRing::load(&[], &master()).unwrap()
}

fn master() -> MasterKey {
    MasterKey::generate(&SeededEntropy::new(1))
}

fn refused(outcome: Result<(), ReencryptionFault>) -> Outcome {
    match outcome {
        Err(ReencryptionFault::Refused(fault)) => Err(fault),
        Err(ReencryptionFault::Key(_)) | Ok(()) => Ok(()),
    }
}

fn radius() -> BlastRadius {
    BlastRadius {
        kid: "k-none".into(),
        alg: SigningAlg::ES256,
        state: KeyState::Active,
        successor: None,
        evidence: Evidence::default(),
        clients: Vec::new(),
        sessions: 0,
        believed_elsewhere_until: kernel::Timestamp::from_secs(0),
    }
}

const PEOPLE: &[Row] = &[
    ("users::create", &[ManagePeople], |tx, ctx, actor| {
        let bob = NewUser {
            username: "bob".into(),
            ..NewUser::default()
        };
        users::create(tx, ctx, actor, bob).map(drop)
    }),
    ("users::update", &[ManagePeople], |tx, ctx, actor| {
        users::update(tx, ctx, actor, "alice", UserChange::default()).map(drop)
    }),
    ("users::delete", &[ManagePeople], |tx, ctx, actor| {
        users::delete(tx, ctx, actor, "alice").map(drop)
    }),
    ("users::lock", &[HelpPeople], |tx, ctx, actor| {
        users::lock(tx, ctx, actor, "alice").map(drop)
    }),
    ("users::unlock", &[HelpPeople], |tx, ctx, actor| {
        users::unlock(tx, ctx, actor, "alice").map(drop)
    }),
    ("users::find", &[ViewPeople], |tx, _, actor| {
        users::find(tx, actor, "alice").map(drop)
    }),
    ("users::list", &[ViewPeople], |tx, _, actor| {
        users::list(tx, actor).map(drop)
    }),
    ("groups::create", &[ManagePeople], |tx, ctx, actor| {
        let chess = groups::NewGroup {
            name: "chess".into(),
            ..Default::default()
        };
        groups::create(tx, ctx, actor, chess).map(drop)
    }),
    ("groups::delete", &[ManagePeople], |tx, ctx, actor| {
        groups::delete(tx, ctx, actor, "staff")
    }),
    ("groups::add", &[ManagePeople], |tx, ctx, actor| {
        groups::add(tx, ctx, actor, "staff", "alice").map(drop)
    }),
    ("groups::remove", &[ManagePeople], |tx, ctx, actor| {
        groups::remove(tx, ctx, actor, "staff", "alice").map(drop)
    }),
    ("groups::find", &[ViewPeople], |tx, _, actor| {
        groups::find(tx, actor, "staff").map(drop)
    }),
    ("groups::members", &[ViewPeople], |tx, _, actor| {
        groups::members(tx, actor, "staff").map(drop)
    }),
    ("groups::list", &[ViewPeople], |tx, _, actor| {
        groups::list(tx, actor).map(drop)
    }),
];

const ADMINISTRATORS: &[Row] = &[
    (
        "administrators::list",
        &[ViewPeople, ViewApplications],
        |tx, _, actor| administrators::list(tx, actor).map(drop),
    ),
    ("administrators::roles_of", &[ViewPeople], |tx, _, actor| {
        let who = Administrator::Person(id_of(tx, "alice"));
        administrators::roles_of(tx, actor, &who).map(drop)
    }),
    ("administrators::roles_of", &[ViewApplications], |tx, _, actor| {
        administrators::roles_of(tx, actor, &Administrator::Client("web".into())).map(drop)
    }),
    (
        "administrators::set_roles",
        &[ManageAdministrators],
        |tx, ctx, actor| {
            let who = Administrator::Person(id_of(tx, "alice"));
            administrators::set_roles(tx, ctx, actor, &who, &[]).map(drop)
        },
    ),
    ("setup::begin", &[ManageAdministrators], |tx, ctx, actor| {
        setup::begin(tx, ctx, actor).map(drop)
    }),
];

const APPLICATIONS: &[Row] = &[
    ("clients::create", &[ManageApplications], |tx, ctx, actor| {
        let new = clients::NewClient {
            metadata: tx.clients["web"].metadata.clone(),
            ..Default::default()
        };
        clients::create(tx, ctx, actor, &Anywhere, new).map(drop)
    }),
    ("clients::update", &[ManageApplications], |tx, ctx, actor| {
        clients::update(tx, ctx, actor, &Anywhere, "web", |_, _| {}).map(drop)
    }),
    (
        "clients::rotate_secret",
        &[ManageApplications],
        |tx, ctx, actor| clients::rotate_secret(tx, ctx, actor, "web", None, Former::Void).map(drop),
    ),
    (
        "clients::withdraw_secret",
        &[ManageApplications],
        |tx, ctx, actor| {
            let newest = tx.clients["web"].secrets.iter().next().unwrap().id.clone();
            clients::withdraw_secret(tx, ctx, actor, "web", &newest).map(drop)
        },
    ),
    ("clients::enable", &[ManageApplications], |tx, ctx, actor| {
        clients::enable(tx, ctx, actor, "web").map(drop)
    }),
    ("clients::disable", &[ManageApplications], |tx, ctx, actor| {
        clients::disable(tx, ctx, actor, "web").map(drop)
    }),
    ("clients::delete", &[ManageApplications], |tx, ctx, actor| {
        clients::delete(tx, ctx, actor, "web").map(drop)
    }),
    ("clients::find", &[ViewApplications], |tx, _, actor| {
        clients::find(tx, actor, "web").map(drop)
    }),
    ("clients::list", &[ViewApplications], |tx, _, actor| {
        clients::list(tx, actor).map(drop)
    }),
    ("resources::create", &[ManageApplications], |tx, ctx, actor| {
        let new = resources::NewResource {
            identifier: "https://other.test".into(),
            scopes: vec!["other".into()],
            ..Default::default()
        };
        resources::create(tx, ctx, actor, new).map(drop)
    }),
    ("resources::update", &[ManageApplications], |tx, ctx, actor| {
        resources::update(tx, ctx, actor, API, Default::default()).map(drop)
    }),
    ("resources::delete", &[ManageApplications], |tx, ctx, actor| {
        resources::delete(tx, ctx, actor, API).map(drop)
    }),
    ("resources::find", &[ViewApplications], |tx, _, actor| {
        resources::find(tx, actor, API).map(drop)
    }),
    ("resources::list", &[ViewApplications], |tx, _, actor| {
        resources::list(tx, actor).map(drop)
    }),
    ("scopes::create", &[ManageApplications], |tx, ctx, actor| {
        let new = scopes::NewScope {
            name: "badge".into(),
            claims: [("badge".to_owned(), "badge".to_owned())].into(),
            ..Default::default()
        };
        scopes::create(tx, ctx, actor, new).map(drop)
    }),
    ("scopes::update", &[ManageApplications], |tx, ctx, actor| {
        scopes::update(tx, ctx, actor, "employee", Default::default()).map(drop)
    }),
    ("scopes::delete", &[ManageApplications], |tx, ctx, actor| {
        scopes::delete(tx, ctx, actor, "employee").map(drop)
    }),
    ("scopes::find", &[ViewApplications], |tx, _, actor| {
        scopes::find(tx, actor, "employee").map(drop)
    }),
    ("scopes::list", &[ViewApplications], |tx, _, actor| {
        scopes::list(tx, actor).map(drop)
    }),
    ("lint::look", &[ViewApplications], |tx, ctx, actor| {
        lint::look(tx, ctx, actor, &Anywhere, &KeyPlan::default()).map(drop)
    }),
    ("lint::glance", &[ViewApplications], |tx, ctx, actor| {
        lint::glance(tx, ctx, actor, &Anywhere, &KeyPlan::default()).map(drop)
    }),
];

const ACCESS: &[Row] = &[
    ("sessions::list", &[ViewSessions], |tx, ctx, actor| {
        sessions::list(tx, ctx, actor, Whose::Everybodys).map(drop)
    }),
    ("sessions::list", &[ViewSessions, ViewPeople], |tx, ctx, actor| {
        sessions::list(tx, ctx, actor, Whose::Of("alice")).map(drop)
    }),
    ("sessions::find", &[ViewSessions], |tx, _, actor| {
        let sid = sid(tx);
        sessions::find(tx, actor, &sid).map(drop)
    }),
    ("sessions::revoke", &[EndSessions], |tx, ctx, actor| {
        let sid = sid(tx);
        sessions::revoke(tx, ctx, actor, &sid).map(drop)
    }),
    ("sessions::revoke_all", &[EndSessions], |tx, ctx, actor| {
        sessions::revoke_all(tx, ctx, actor, Whose::Everybodys).map(drop)
    }),
    ("grants::list", &[ViewSessions], |tx, _, actor| {
        grants::list(tx, actor, &GrantFilter::default()).map(drop)
    }),
    (
        "grants::list",
        &[ViewSessions, ViewPeople, ViewApplications],
        |tx, _, actor| {
            let filter = GrantFilter {
                user: Some("alice".into()),
                client_id: Some("web".into()),
            };
            grants::list(tx, actor, &filter).map(drop)
        },
    ),
    ("grants::revoke", &[EndSessions], |tx, ctx, actor| {
        found(grants::revoke(tx, ctx, actor, GRANT))
    }),
    ("tokens::introspect", &[ViewSessions], |tx, ctx, actor| {
        tokens::introspect(tx, ctx, actor, &ring(), "x").map(drop)
    }),
    ("tokens::revoke", &[EndSessions], |tx, ctx, actor| {
        found(tokens::revoke(tx, ctx, actor, &ring(), "x"))
    }),
];

const KEYS: &[Row] = &[
    ("keys::list", &[ViewKeys], |tx, ctx, actor| {
        keys::list(tx, ctx, actor).map(drop)
    }),
    ("keys::find", &[ViewKeys], |tx, ctx, actor| {
        found(keys::find(tx, ctx, actor, "k-none"))
    }),
    ("keys::evidence::of", &[ViewKeys], |tx, ctx, actor| {
        evidence::of(tx, ctx, actor, "k-none").map(drop)
    }),
    (
        "keys::evidence::clients_using",
        &[ViewApplications],
        |tx, _, actor| evidence::clients_using(tx, actor, SigningAlg::ES256).map(drop),
    ),
    ("keys::export::set", &[ViewKeys], |tx, _, actor| {
        export::set(tx, actor).map(drop)
    }),
    ("keys::lineup::algorithms", &[ViewKeys], |tx, _, actor| {
        lineup::algorithms(tx, actor, &KeyPlan::default()).map(drop)
    }),
    ("keys::rotation::algorithms", &[ViewKeys], |tx, _, actor| {
        rotation::algorithms(tx, actor, None).map(drop)
    }),
    ("keys::rotation::missing", &[ViewKeys], |tx, _, actor| {
        rotation::missing(tx, actor, &KeyPlan::default(), None).map(drop)
    }),
    ("keys::rotation::rotate", &[TurnKeys], |tx, ctx, actor| {
        rotation::rotate(tx, ctx, actor, None, &Insistence::None, Fresh::none()).map(drop)
    }),
    ("keys::rotation::activate", &[TurnKeys], |tx, ctx, actor| {
        found(rotation::activate(
            tx,
            ctx,
            actor,
            "k-none",
            &Insistence::None,
            Fresh::none(),
        ))
    }),
    ("keys::rotation::generate", &[TurnKeys], |tx, ctx, actor| {
        let made = rotation::generate(tx, ctx, actor, &KeyPlan::default(), None, Fresh::none());
        unless_in_conflict(made)
    }),
    ("keys::schedule::list", &[ViewKeys], |tx, ctx, actor| {
        schedule::list(tx, ctx, actor, &KeyPlan::default()).map(drop)
    }),
    ("keys::schedule::rotation", &[ViewKeys], |tx, _, actor| {
        schedule::rotation(tx, actor).map(drop)
    }),
    ("keys::schedule::pause", &[TurnKeys], |tx, ctx, actor| {
        schedule::pause(tx, ctx, actor, None)
    }),
    ("keys::schedule::resume", &[TurnKeys], |tx, ctx, actor| {
        unless_in_conflict(schedule::resume(tx, ctx, actor))
    }),
    ("keys::upkeep::look", &[ViewKeys], |tx, ctx, actor| {
        upkeep::look(tx, ctx, actor, &KeyPlan::default(), Look::Everywhere).map(drop)
    }),
    ("keys::upkeep::lead", &[TurnKeys], |tx, ctx, actor| {
        upkeep::lead(tx, ctx, actor, "n").map(drop)
    }),
    ("keys::upkeep::give_up_lead", &[TurnKeys], |tx, _, actor| {
        upkeep::give_up_lead(tx, actor, "n")
    }),
    ("keys::upkeep::perform", &[TurnKeys], |tx, ctx, actor| {
        let step = Step::Retire("k-none".into());
        upkeep::perform(tx, ctx, actor, &KeyPlan::default(), &step, Fresh::none()).map(drop)
    }),
    ("keys::upkeep::store_signed", &[TurnKeys], |tx, ctx, actor| {
        upkeep::store_signed(tx, ctx, actor, &[])
    }),
    ("keys::withdrawal::retire", &[TurnKeys], |tx, ctx, actor| {
        found(withdrawal::retire(tx, ctx, actor, "k-none", &Insistence::None))
    }),
    (
        "keys::withdrawal::blast_radius",
        &[ViewKeys, ViewApplications, ViewSessions],
        |tx, ctx, actor| found(withdrawal::blast_radius(tx, ctx, actor, "k-none")),
    ),
    ("keys::withdrawal::revoke", &[RevokeKeys], |tx, ctx, actor| {
        found(withdrawal::revoke(tx, ctx, actor, &radius(), None, Fresh::none()))
    }),
    ("keys::reencryption::begin", &[TurnKeys], |tx, ctx, actor| {
        refused(reencryption::begin(tx, ctx, actor, &master(), &master()).map(drop))
    }),
    ("keys::reencryption::one", &[TurnKeys], |tx, ctx, actor| {
        let one = reencryption::one(tx, ctx, actor, "k-none", &master(), &master());
        refused(one.map(|resealed| assert_eq!(resealed, Resealed::Before)))
    }),
    ("keys::reencryption::finish", &[TurnKeys], |tx, ctx, actor| {
        refused(reencryption::finish(tx, ctx, actor, &master()))
    }),
];

/// A row about something that is not there: looking for it is far enough.
fn found<T>(outcome: Result<T, AdminFault>) -> Outcome {
    match outcome {
        Err(AdminFault::NotFound { .. }) | Ok(_) => Ok(()),
        Err(other) => Err(other),
    }
}

fn unless_in_conflict<T>(outcome: Result<T, AdminFault>) -> Outcome {
    match outcome {
        Err(AdminFault::Conflict(_)) | Ok(_) => Ok(()),
        Err(other) => Err(other),
    }
}
