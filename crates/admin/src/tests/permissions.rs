//! Which permission each use-case asks for, and that each asks.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use kernel::secret::SetupToken;
use kernel::{Ctx, Plain};
use token::client::ClientMetadata;
use token::client::secrets::Former;

use super::store::Maps;
use super::{Anywhere, ctx};
use crate::authority::{Permission, Permissions};
use crate::users::{self, NewUser};
use crate::{Actor, AdminFault, clients, resources, scopes, setup};
use table::{API, rows};

mod table;

/// Exactly these, by way of a token's scope.
fn only(permissions: impl IntoIterator<Item = Permission>) -> Actor {
    let scopes: Vec<_> = permissions.into_iter().map(Permission::scope).collect();
    Actor::bearer("somebody", Permissions::all().within_scope(scopes))
}

fn all_but(missing: Permission) -> Actor {
    only(Permission::ALL.into_iter().filter(|own| *own != missing))
}

/// A person, a client with two secrets, a group, a session, an API, a scope.
fn scene(ctx: &Ctx) -> Maps {
    let (mut maps, cli) = (Maps::default(), Actor::cli());
    let alice = NewUser {
        username: "alice".into(),
        groups: vec!["staff".into()],
        ..NewUser::default()
    };
    let alice = users::create(&mut maps, ctx, &cli, alice).unwrap();
    let web = clients::NewClient {
        client_id: Some("web".into()),
        metadata: ClientMetadata {
            redirect_uris: vec!["https://rp.test/cb".into()],
            ..Default::default()
        },
        ..Default::default()
    };
    clients::create(&mut maps, ctx, &cli, &Anywhere, web).unwrap();
    let hour = Former::Kept(Duration::from_secs(3600));
    clients::rotate_secret(&mut maps, ctx, &cli, "web", None, hour).unwrap();
    let api = resources::NewResource {
        identifier: API.into(),
        scopes: vec!["notes".into()],
        ..Default::default()
    };
    resources::create(&mut maps, ctx, &cli, api).unwrap();
    let scope = scopes::NewScope {
        name: "employee".into(),
        claims: [("number".to_owned(), "number".to_owned())].into(),
        ..Default::default()
    };
    scopes::create(&mut maps, ctx, &cli, scope).unwrap();
    maps.sign_in(ctx, &alice);
    maps.trail.clear();
    maps
}

/// Use-cases that do not begin with one permission, and why.
const WITHOUT: &[&str] = &[
    // Finds out who the actor is.
    "console::present",
    // What a server does by itself: it registers the console and the API, counts, and vouches for the trail.
    "console::ensure_client",
    "api::ensure_resource",
    "api::ensure_resource",
    "statistics::add",
    "statistics::keep_sessions",
    "statistics::sessions_now",
    "audit::checkpoint::is_due",
    "audit::checkpoint::sign",
    // The link is the permission.
    "setup::is_good",
    "setup::finish",
    // Each step asks.
    "audit::verification::verify",
    // Tell of everything what the actor may see of it.
    "attention::attention",
    "directory::anything::anything",
    "statistics::series",
];

#[test]
fn each_permission_a_use_case_asks_for_is_needed() {
    for (name, needed, act) in rows() {
        for missing in *needed {
            let (ctx, mut maps) = (ctx(), scene(&ctx()));
            let before = format!("{maps:?}");
            let outcome = act(&mut maps, &ctx, &all_but(*missing));
            assert!(
                matches!(outcome, Err(AdminFault::Forbidden(_))),
                "{name} without {missing:?}: {outcome:?}"
            );
            assert!(
                before == format!("{maps:?}"),
                "{name} without {missing:?} left traces"
            );
        }
    }
}

#[test]
fn no_other_permission_is_needed() {
    for (name, needed, act) in rows() {
        let (ctx, mut maps) = (ctx(), scene(&ctx()));
        let outcome = act(&mut maps, &ctx, &only(needed.iter().copied()));
        assert!(outcome.is_ok(), "{name} with {needed:?}: {outcome:?}");
    }
}

/// Every public function that is given storage, as `module::name`, with its body.
fn use_cases(directory: &Path, module: &str, into: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let inner = [module, &stem].into_iter().filter(|part| !part.is_empty());
        let inner = inner.collect::<Vec<_>>().join("::");
        if path.is_dir() {
            if stem != "tests" {
                use_cases(&path, &inner, into);
            }
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        for function in source.split("\npub fn ").skip(1) {
            let (signature, body) = function.split_once("{\n").unwrap();
            let name = signature.split(['(', '<']).next().unwrap();
            if signature.contains("tx: &mut ") {
                into.insert(format!("{inner}::{name}"), body.to_owned());
            }
        }
    }
}

#[test]
fn every_use_case_asks_before_anything_else() {
    let mut all = BTreeMap::new();
    use_cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut all);
    for (name, ..) in rows() {
        assert!(all.contains_key(*name), "{name} is none");
    }
    all.retain(|name, body| {
        !WITHOUT.contains(&name.as_str()) && !body.trim_start().starts_with("actor.require(")
    });
    assert!(
        all.is_empty(),
        "no permission is asked for first: {:?}",
        all.keys()
    );
}

#[test]
fn a_setup_link_needs_no_permission_but_must_be_good() {
    let (ctx, mut maps) = (ctx(), scene(&ctx()));
    let token = Plain::<SetupToken>::from_presented("guessed").digest();
    let new = NewUser {
        username: "eve".into(),
        password: Some(identity::PasswordHash::new("x")),
        ..NewUser::default()
    };
    assert!(!setup::is_good(&mut maps, &ctx, &token).unwrap());
    assert!(setup::finish(&mut maps, &ctx, &token, new).unwrap().is_none());
    assert!(maps.roles.is_empty() && maps.trail.is_empty() && maps.users.len() == 1);
}
