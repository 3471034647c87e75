//! Rank, roles, and the first of all administrators.

use std::sync::Arc;
use std::time::Duration;

use identity::{PasswordHash, User, UserState};
use kernel::secret::SetupToken;
use kernel::{Ctx, FixedClock, Plain, Timestamp};
use token::client::secrets::Former;
use token::client::{AuthMethod, Client, ClientMetadata};

use super::store::Maps;
use super::{Anywhere, ctx};
use crate::authority::{Administrator, Permission, Permissions, Role};
use crate::clients::{self, NewClient};
use crate::sessions::{self, Whose};
use crate::users::{self, NewUser, UserChange};
use crate::{Actor, AdminFault, administrators, console, grants, groups, resources, scopes, setup};

/// A house with a person for each role, `owner` among them, and `alice`, who has none.
struct House {
    maps: Maps,
    ctx: Ctx,
}

impl House {
    fn new() -> Self {
        let mut house = Self {
            maps: Maps::default(),
            ctx: ctx(),
        };
        house.person("alice");
        for role in Role::ALL {
            let user = house.person(role.as_str());
            house.give(&user, &[role]).unwrap();
        }
        house
    }

    fn person(&mut self, username: &str) -> User {
        let new = NewUser {
            username: username.into(),
            groups: vec!["all".into()],
            ..NewUser::default()
        };
        users::create(&mut self.maps, &self.ctx, &Actor::cli(), new).unwrap()
    }

    fn user(&mut self, name: &str) -> User {
        users::find(&mut self.maps, &Actor::cli(), name).unwrap()
    }

    fn give(&mut self, user: &User, roles: &[Role]) -> Result<administrators::Standing, AdminFault> {
        self.give_as(&Actor::cli(), &Administrator::Person(user.id), roles)
    }

    fn give_as(
        &mut self,
        actor: &Actor,
        who: &Administrator,
        roles: &[Role],
    ) -> Result<administrators::Standing, AdminFault> {
        administrators::set_roles(&mut self.maps, &self.ctx, actor, who, roles)
    }

    fn client(&mut self, client_id: &str, scope: Option<&str>) -> Administrator {
        let new = NewClient {
            client_id: Some(client_id.into()),
            metadata: ClientMetadata {
                grant_types: vec!["client_credentials".into()],
                response_types: Vec::new(),
                token_endpoint_auth_method: AuthMethod::ClientSecretBasic,
                scope: scope.map(str::to_owned),
                ..ClientMetadata::default()
            },
            ..NewClient::default()
        };
        clients::create(&mut self.maps, &self.ctx, &Actor::cli(), &Anywhere, new).unwrap();
        Administrator::Client(client_id.to_owned())
    }
}

#[track_caller]
fn forbidden<T>(outcome: Result<T, AdminFault>) {
    match outcome {
        Err(AdminFault::Forbidden(_)) => {}
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was done"),
    }
}

#[track_caller]
fn conflict<T>(outcome: Result<T, AdminFault>, word: &str) {
    match outcome {
        Err(AdminFault::Conflict(reason)) => assert!(reason.contains(word), "{reason}"),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was done"),
    }
}

fn acting(role: Role) -> Actor {
    Actor::bearer(role.as_str(), Permissions::of([role]))
}

#[test]
fn nobody_acts_on_who_may_do_more() {
    let mut house = House::new();
    let owner = house.user("owner");
    let sid = house.maps.sign_in(&house.ctx, &owner);
    let grant = house.maps.grant_in(sid, "web").to_string();
    let (sid, manager) = (sid.to_string(), acting(Role::UserManager));
    let before = format!("{:?}", house.maps);
    let (tx, ctx) = (&mut house.maps, &house.ctx);
    forbidden(users::update(tx, ctx, &manager, "owner", UserChange::default()));
    forbidden(users::delete(tx, ctx, &manager, "owner"));
    forbidden(users::lock(tx, ctx, &manager, "owner"));
    forbidden(users::unlock(tx, ctx, &manager, "owner"));
    forbidden(groups::add(tx, ctx, &manager, "all", "owner"));
    forbidden(groups::remove(tx, ctx, &manager, "all", "owner"));
    forbidden(groups::delete(tx, ctx, &manager, "all"));
    forbidden(sessions::revoke(tx, ctx, &manager, &sid));
    forbidden(sessions::revoke_all(tx, ctx, &manager, Whose::Of("owner")));
    forbidden(sessions::revoke_all(tx, ctx, &manager, Whose::Everybodys));
    forbidden(grants::revoke(tx, ctx, &manager, &grant));
    assert_eq!(before, format!("{tx:?}"), "a refusal left traces");

    // Support may do less than the manager, alice nothing, and equals may help each other.
    users::lock(tx, ctx, &manager, "support").unwrap();
    users::lock(tx, ctx, &manager, "alice").unwrap();
    users::lock(tx, ctx, &manager, "user-manager").unwrap();
    users::update(
        tx,
        ctx,
        &acting(Role::Owner),
        "key-operator",
        UserChange::default(),
    )
    .unwrap();
}

#[test]
fn only_owners_give_roles_and_a_narrow_token_gives_no_more_than_it_carries() {
    let mut house = House::new();
    let alice = Administrator::Person(house.user("alice").id);
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Owner) {
        forbidden(house.give_as(&acting(role), &alice, &[role]));
    }
    let narrow = [
        Permission::ManageAdministrators.scope(),
        Permission::ViewKeys.scope(),
    ];
    let narrow = Actor::bearer("bot", Permissions::all().within_scope(narrow));
    forbidden(house.give_as(&narrow, &alice, &[Role::Auditor]));
    let owner = Administrator::Person(house.user("owner").id);
    forbidden(house.give_as(&narrow, &owner, &[]));

    let given = house.give_as(
        &acting(Role::Owner),
        &alice,
        &[Role::Support, Role::Auditor, Role::Support],
    );
    assert_eq!(given.unwrap().roles, [Role::Support, Role::Auditor]);
    let told = house.maps.trail.last().unwrap().clone();
    assert_eq!(told.event, "admin.roles.set");
    assert_eq!(told.before.as_deref(), Some(r#"{"roles":[]}"#));
    assert_eq!(told.after.as_deref(), Some(r#"{"roles":["support","auditor"]}"#));
    let events = house.maps.trail.len();
    house
        .give_as(&acting(Role::Owner), &alice, &[Role::Auditor, Role::Support])
        .unwrap();
    assert_eq!(
        house.maps.trail.len(),
        events,
        "what they hold already changes nothing"
    );
}

#[test]
fn the_last_owner_stays_until_there_is_another() {
    let mut house = House::new();
    let owner = house.user("owner");
    let cli = Actor::cli();
    conflict(house.give(&owner, &[Role::Auditor]), "the last owner");
    conflict(
        users::lock(&mut house.maps, &house.ctx, &cli, "owner"),
        "the last owner",
    );
    conflict(
        users::delete(&mut house.maps, &house.ctx, &cli, "owner"),
        "the last owner",
    );
    let alice = house.user("alice");
    house.give(&alice, &[Role::Owner]).unwrap();
    users::lock(&mut house.maps, &house.ctx, &cli, "alice").unwrap();
    conflict(house.give(&owner, &[]), "the last owner");
    users::unlock(&mut house.maps, &house.ctx, &cli, "alice").unwrap();
    house.give(&owner, &[]).unwrap();
    conflict(
        users::delete(&mut house.maps, &house.ctx, &cli, "alice"),
        "the last owner",
    );
}

#[test]
fn roles_go_with_their_holder() {
    let mut house = House::new();
    let auditor = Administrator::Person(house.user("auditor").id);
    let bot = house.client("bot", None);
    house.give_as(&Actor::cli(), &bot, &[Role::KeyOperator]).unwrap();
    users::delete(&mut house.maps, &house.ctx, &Actor::cli(), "auditor").unwrap();
    clients::delete(&mut house.maps, &house.ctx, &Actor::cli(), "bot").unwrap();
    assert!(!house.maps.roles.contains_key(&auditor) && !house.maps.roles.contains_key(&bot));
    let taken = house
        .maps
        .trail
        .iter()
        .filter(|event| event.after.as_deref() == Some(r#"{"roles":[]}"#));
    assert_eq!(taken.count(), 2);
    house.client("bot", None);
    let again = administrators::roles_of(&mut house.maps, &Actor::cli(), &bot).unwrap();
    assert!(again.roles.is_empty());
}

#[test]
fn a_client_manager_gains_nothing_by_clients() {
    let mut house = House::new();
    let bot = house.client("bot", None);
    house.give_as(&Actor::cli(), &bot, &[Role::KeyOperator]).unwrap();
    house.client("script", Some("openid admin:people"));
    house.client("harmless", Some("openid"));
    let (manager, tx, ctx) = (acting(Role::ClientManager), &mut house.maps, &house.ctx);
    let before = format!("{tx:?}");
    for strong in ["bot", "script"] {
        forbidden(clients::update(tx, ctx, &manager, &Anywhere, strong, |_, _| {}));
        forbidden(clients::rotate_secret(
            tx,
            ctx,
            &manager,
            strong,
            None,
            Former::Void,
        ));
        forbidden(clients::disable(tx, ctx, &manager, strong));
        forbidden(clients::enable(tx, ctx, &manager, strong));
        forbidden(clients::delete(tx, ctx, &manager, strong));
    }
    forbidden(clients::update(
        tx,
        ctx,
        &manager,
        &Anywhere,
        "harmless",
        |metadata, _| {
            metadata.scope = Some("openid admin:administrators".into());
        },
    ));
    let new = NewClient {
        metadata: ClientMetadata {
            scope: Some("admin:keys:revoke".into()),
            ..tx.clients["harmless"].metadata.clone()
        },
        ..NewClient::default()
    };
    forbidden(clients::create(tx, ctx, &manager, &Anywhere, new));
    let api = resources::NewResource {
        identifier: "https://api.test".into(),
        scopes: vec!["admin:people".into()],
        ..Default::default()
    };
    forbidden(resources::create(tx, ctx, &manager, api));
    let scope = scopes::NewScope {
        name: "admin:people".into(),
        ..Default::default()
    };
    forbidden(scopes::create(tx, ctx, &manager, scope));
    assert_eq!(before, format!("{tx:?}"), "a refusal left traces");

    clients::update(tx, ctx, &manager, &Anywhere, "harmless", |metadata, _| {
        metadata.scope = Some("openid admin:applications admin:keys:read".into());
    })
    .unwrap();
    clients::delete(tx, ctx, &manager, "harmless").unwrap();
}

#[test]
fn a_client_reaches_what_its_apis_offer() {
    let mut house = House::new();
    let (tx, ctx, cli) = (&mut house.maps, &house.ctx, Actor::cli());
    let api = resources::NewResource {
        identifier: "https://api.test".into(),
        scopes: vec!["admin:people".into()],
        ..Default::default()
    };
    resources::create(tx, ctx, &cli, api).unwrap();
    house.client("harmless", None);
    let (tx, ctx, manager) = (&mut house.maps, &house.ctx, acting(Role::ClientManager));
    forbidden(clients::update(
        tx,
        ctx,
        &manager,
        &Anywhere,
        "harmless",
        |_, policy| {
            policy.resources = vec!["https://api.test".into()];
        },
    ));
    forbidden(resources::delete(tx, ctx, &manager, "https://api.test"));
    forbidden(resources::update(
        tx,
        ctx,
        &manager,
        "https://api.test",
        Default::default(),
    ));
}

#[test]
fn the_console_is_nobodys_to_change() {
    let mut house = House::new();
    let id = console::CLIENT_ID;
    let new = NewClient {
        client_id: Some(id.into()),
        metadata: ClientMetadata {
            redirect_uris: vec!["https://rp.test/cb".into()],
            ..ClientMetadata::default()
        },
        ..NewClient::default()
    };
    let cli = Actor::cli();
    let (tx, ctx) = (&mut house.maps, &house.ctx);
    conflict(clients::create(tx, ctx, &cli, &Anywhere, new), "console");
    house.client("other", None);
    let client = Client {
        client_id: id.to_owned(),
        ..house.maps.clients["other"].clone()
    };
    house.maps.clients.insert(id.to_owned(), client);
    let (tx, ctx) = (&mut house.maps, &house.ctx);
    conflict(
        clients::update(tx, ctx, &cli, &Anywhere, id, |_, _| {}),
        "console",
    );
    conflict(
        clients::rotate_secret(tx, ctx, &cli, id, None, Former::Void),
        "console",
    );
    conflict(clients::disable(tx, ctx, &cli, id), "console");
    conflict(clients::enable(tx, ctx, &cli, id), "console");
    conflict(clients::delete(tx, ctx, &cli, id), "console");
    conflict(
        house.give_as(&cli, &Administrator::Client(id.into()), &[Role::Owner]),
        "console",
    );
}

#[test]
fn roles_of_applications_give_nothing_here() {
    let mut house = House::new();
    let change = UserChange {
        roles: Some(vec!["owner".into()]),
        attributes: Some([("roles".to_owned(), "owner".into())].into_iter().collect()),
        ..UserChange::default()
    };
    users::update(
        &mut house.maps,
        &house.ctx,
        &acting(Role::UserManager),
        "alice",
        change,
    )
    .unwrap();
    let alice = Administrator::Person(house.user("alice").id);
    assert!(!house.maps.roles.contains_key(&alice));
    let all = administrators::list(&mut house.maps, &Actor::cli()).unwrap();
    assert_eq!(all.len(), Role::ALL.len());
    assert!(all.iter().all(|standing| standing.name != "alice"));
}

#[test]
fn names_are_for_those_who_may_see_people() {
    let mut house = House::new();
    let alice = house.user("alice");
    house.maps.sign_in(&house.ctx, &alice);
    let named = |role, house: &mut House| {
        let all = sessions::list(&mut house.maps, &house.ctx, &acting(role), Whose::Everybodys).unwrap();
        all[0].username.clone()
    };
    assert_eq!(named(Role::Support, &mut house), "alice");
    assert_eq!(named(Role::KeyOperator, &mut house), alice.id.to_string());
    let asked = sessions::list(
        &mut house.maps,
        &house.ctx,
        &acting(Role::KeyOperator),
        Whose::Of("alice"),
    );
    forbidden(asked);
}

/// Somebody with a link, and what they want to be.
fn first() -> NewUser {
    NewUser {
        username: "root".into(),
        password: Some(PasswordHash::new("x")),
        ..NewUser::default()
    }
}

#[test]
fn the_first_owner_comes_by_the_newest_link_once_and_in_time() {
    let clock = Arc::new(FixedClock::at(Timestamp::from_secs(1_763_000_000)));
    let ctx = Ctx {
        clock: Arc::clone(&clock) as _,
        ..ctx()
    };
    let (mut maps, cli) = (Maps::default(), Actor::cli());
    let link = |maps: &mut Maps| setup::begin(maps, &ctx, &cli).unwrap().digest();
    let (older, newer) = (link(&mut maps), link(&mut maps));
    let finish = |maps: &mut Maps, token| setup::finish(maps, &ctx, token, first()).unwrap();
    assert!(finish(&mut maps, &older).is_none(), "an older link");
    clock.advance(setup::LIFE);
    assert!(finish(&mut maps, &newer).is_none(), "an expired link");
    let good = link(&mut maps);
    clock.advance(setup::LIFE - Duration::from_millis(1));
    assert!(setup::is_good(&mut maps, &ctx, &good).unwrap());
    let owner = finish(&mut maps, &good).unwrap();
    assert_eq!(maps.roles[&Administrator::Person(owner.id)], [Role::Owner]);
    assert!(finish(&mut maps, &good).is_none(), "a spent link");
    conflict(setup::begin(&mut maps, &ctx, &cli), "owner already");
}

#[test]
fn a_link_needs_a_password_and_is_worthless_beside_an_owner() {
    let mut house = House::new();
    let token = Plain::<SetupToken>::from_presented("from before").digest();
    let (tx, ctx) = (&mut house.maps, &house.ctx);
    let in_an_hour = ctx.now().plus(setup::LIFE);
    crate::Administrators::insert_setup_link(tx, &token, ctx.now(), in_an_hour).unwrap();
    assert!(setup::finish(tx, ctx, &token, first()).unwrap().is_none());
    let without = NewUser {
        password: None,
        ..first()
    };
    let fault = setup::finish(tx, ctx, &token, without).unwrap_err();
    assert!(matches!(fault, AdminFault::Invalid(_)), "{fault}");
}

#[test]
fn recovering_is_for_the_command_line_and_makes_an_owner() {
    let mut house = House::new();
    let (tx, ctx, cli) = (&mut house.maps, &house.ctx, Actor::cli());
    users::lock(tx, ctx, &cli, "auditor").unwrap();
    forbidden(administrators::recover(tx, ctx, &acting(Role::Owner), "auditor"));
    assert!(tx.resets.is_empty());
    let recovered = administrators::recover(tx, ctx, &cli, "auditor").unwrap();
    assert_eq!(recovered.user.state, UserState::Active);
    assert_eq!(tx.resets[0].token, recovered.token.digest());
    assert_eq!(
        tx.roles[&Administrator::Person(recovered.user.id)],
        [Role::Owner, Role::Auditor]
    );
    let told = tx.events().split_off(tx.trail.len() - 3);
    assert_eq!(told, ["admin.recover", "user.unlock", "admin.roles.set"]);
}
