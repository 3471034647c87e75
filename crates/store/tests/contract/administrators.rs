//! Who may manage Signet, links to the first administrator, and who is at the console.

use std::time::Duration;

use admin::console::ConsoleSession;
use admin::{Administrator, Role};
use identity::User;
use identity::ports::Found;
use kernel::Policy;
use kernel::secret::{ConsoleSecret, SetupToken};

use crate::support::{Fresh, NOW, browser, everywhere, furnish, race, secret, session, user};

const HOUR: Duration = Duration::from_secs(3600);

/// A session at the console, of a browser session that is stored with it.
fn at_the_console(db: &Fresh, seed: u64, user: &User) -> ConsoleSession {
    let browser = browser(seed);
    let session = session(seed + 100, &browser, user);
    let own = ConsoleSession {
        secret: secret::<ConsoleSecret>(seed + 200).digest(),
        sid: session.sid,
        user: user.id,
        auth_at: NOW,
        created_at: NOW,
        expires_at: NOW.plus(HOUR),
    };
    let stored = own.clone();
    db.write(move |ports| {
        ports.save_browser(&browser)?;
        ports.save_session(&session)?;
        ports.insert_console_session(&stored)
    });
    own
}

fn is_there(db: &Fresh, session: &ConsoleSession) -> bool {
    let secret = session.secret.clone();
    db.read(move |ports| ports.console_session(&secret)).is_some()
}

#[test]
fn roles_are_replaced_as_a_whole_and_listed_people_first() {
    everywhere(|db| {
        let alice = Administrator::Person(user(1, "alice", None).id);
        let bot = Administrator::Client("bot".into());
        // Somebody's namesake is somebody else.
        let namesake = Administrator::Client(user(1, "alice", None).id.to_string());
        let whose = |who: &Administrator| {
            let who = who.clone();
            db.read(move |ports| ports.admin_roles(&who))
        };
        let set = |who: &Administrator, roles: &'static [Role]| {
            let who = who.clone();
            db.write(move |ports| ports.set_admin_roles(&who, roles, NOW));
        };
        assert!(whose(&alice).is_empty());
        set(&bot, &[Role::KeyOperator]);
        set(&alice, &[Role::Auditor, Role::Owner]);
        assert_eq!(whose(&alice), [Role::Owner, Role::Auditor]);
        assert!(whose(&namesake).is_empty());
        assert_eq!(
            db.read(|ports| ports.administrators()),
            [
                (alice.clone(), vec![Role::Owner, Role::Auditor]),
                (bot.clone(), vec![Role::KeyOperator]),
            ]
        );
        set(&alice, &[Role::Support]);
        assert_eq!(whose(&alice), [Role::Support]);
        set(&alice, &[]);
        assert_eq!(
            db.read(|ports| ports.administrators()),
            [(bot, vec![Role::KeyOperator])]
        );
    });
}

#[test]
fn a_setup_link_is_spent_by_one_of_twenty() {
    everywhere(|db| {
        let token = secret::<SetupToken>(1).digest();
        let stored = token.clone();
        db.write(move |ports| ports.insert_setup_link(&stored, NOW, NOW.plus(HOUR)));
        let looked = token.clone();
        assert!(db.read(move |ports| ports.setup_link_is_good(&looked, NOW)));
        let answers = race(db, 20, move |ports| ports.spend_setup_link(&token, NOW));
        assert_eq!(answers.iter().filter(|answer| **answer == Found::Yes).count(), 1);
        let spent = secret::<SetupToken>(1).digest();
        assert!(!db.read(move |ports| ports.setup_link_is_good(&spent, NOW)));
    });
}

#[test]
fn a_setup_link_is_worth_nothing_once_expired_or_voided_and_goes_later() {
    everywhere(|db| {
        let token = |seed| secret::<SetupToken>(seed).digest();
        let (until, just_before) = (NOW.plus(HOUR), NOW.plus(HOUR - Duration::from_millis(1)));
        db.write(move |ports| ports.insert_setup_link(&token(1), NOW, until));
        assert!(db.read(move |ports| ports.setup_link_is_good(&token(1), just_before)));
        assert!(!db.read(move |ports| ports.setup_link_is_good(&token(1), until)));
        assert_eq!(
            db.write(move |ports| ports.spend_setup_link(&token(1), until)),
            Found::No
        );
        db.write(move |ports| ports.void_setup_links(NOW));
        assert_eq!(
            db.write(move |ports| ports.spend_setup_link(&token(1), NOW)),
            Found::No
        );
        let sweep = |now| db.store.sweep(now, &Policy::default()).unwrap().setups;
        assert_eq!(sweep(until.plus(HOUR)), 0);
        assert_eq!(sweep(until.plus(HOUR + Duration::from_millis(1))), 1);
    });
}

#[test]
fn a_session_at_the_console_reads_back_and_ends_once() {
    everywhere(|db| {
        let (alice, ..) = furnish(db);
        let own = at_the_console(db, 1, &alice);
        let secret = own.secret.clone();
        assert_eq!(
            db.read(move |ports| ports.console_session(&secret)),
            Some(own.clone())
        );
        let ended = |session: &ConsoleSession| {
            let secret = session.secret.clone();
            db.write(move |ports| ports.delete_console_session(&secret))
        };
        assert_eq!(ended(&own), Found::Yes);
        assert_eq!(ended(&own), Found::No);
        assert!(!is_there(db, &own));
    });
}

#[test]
fn a_session_at_the_console_goes_with_its_person_and_with_its_time() {
    everywhere(|db| {
        let (alice, ..) = furnish(db);
        let bob = user(7, "bob", None);
        let stored = bob.clone();
        db.write(move |ports| ports.insert_user(&stored));
        let (hers, his) = (at_the_console(db, 1, &alice), at_the_console(db, 2, &bob));
        db.write(move |ports| ports.delete_user(bob.id));
        assert!(is_there(db, &hers) && !is_there(db, &his));
        let sweep = |now| db.store.sweep(now, &Policy::default()).unwrap().console;
        assert_eq!(sweep(NOW.plus(HOUR * 2)), 0);
        assert_eq!(sweep(NOW.plus(HOUR * 2 + Duration::from_millis(1))), 1);
        assert!(!is_there(db, &hers));
    });
}
