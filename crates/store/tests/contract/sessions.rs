//! Browsers, sessions and saved requests.

use std::time::Duration;

use identity::ports::Found;
use kernel::SeededEntropy;
use kernel::id::InteractionId;
use token::authorize::interaction::{Interaction, Pending};

use crate::support::{NOW, browser, everywhere, furnish, race, secret, session, user};

#[test]
fn a_browser_keeps_its_sessions_when_its_secret_changes() {
    everywhere(|db| {
        let (alice, ..) = furnish(db);
        let (mut known, first) = (browser(1), browser(1).secret);
        let sid = {
            let session = session(2, &known, &alice);
            let (known, sid) = (known.clone(), session.sid);
            db.write(move |ports| {
                ports.save_browser(&known)?;
                ports.save_session(&session)
            });
            sid
        };
        known.secret = secret(77).digest();
        let stored = known.clone();
        db.write(move |ports| ports.save_browser(&stored));
        assert_eq!(db.read(move |ports| ports.browser(&first)), None);
        let (secret, id) = (known.secret.clone(), known.id);
        assert_eq!(db.read(move |ports| ports.browser(&secret)), Some(known));
        let sessions = db.read(move |ports| ports.sessions_of_browser(id));
        assert_eq!(
            sessions.iter().map(|session| session.sid).collect::<Vec<_>>(),
            [sid]
        );
    });
}

#[test]
fn sessions_move_forward_and_end_once() {
    everywhere(|db| {
        let (alice, ..) = furnish(db);
        let bob = user(60, "bob", None);
        let browser = browser(61);
        let (mut own, other) = (session(62, &browser, &alice), session(63, &browser, &bob));
        let (sid, id, of, stored) = (own.sid, browser.id, alice.id, (own.clone(), other.clone()));
        db.write(move |ports| {
            ports.insert_user(&bob)?;
            ports.save_browser(&browser)?;
            ports.save_session(&stored.0)?;
            ports.save_session(&stored.1)
        });
        let later = NOW.plus(Duration::from_secs(90));
        db.write(move |ports| ports.touch_session(sid, later));
        db.write(move |ports| ports.touch_session(sid, NOW));
        own.last_seen_at = later;
        assert_eq!(db.read(move |ports| ports.session(sid)), Some(own.clone()));

        // Signing in again at the same session replaces it.
        own.authentication.at = later;
        let stored = own.clone();
        db.write(move |ports| ports.save_session(&stored));
        assert_eq!(db.read(move |ports| ports.session(sid)), Some(own));

        assert_eq!(db.write(move |ports| ports.end_session(sid, later)), Found::Yes);
        assert_eq!(db.write(move |ports| ports.end_session(sid, later)), Found::No);
        assert_eq!(
            db.read(move |ports| ports.session(sid)).unwrap().ended_at,
            Some(later)
        );
        assert_eq!(
            db.read(move |ports| ports.sessions_of_browser(id)),
            std::slice::from_ref(&other)
        );
        assert_eq!(db.write(move |ports| ports.end_sessions_of_user(of, later)), 0);
        assert_eq!(
            db.write(move |ports| ports.end_sessions_of_user(other.user, later)),
            1
        );
    });
}

#[test]
fn a_saved_request_waits_until_it_expires_and_is_finished_once() {
    everywhere(|db| {
        let id = InteractionId::generate(&SeededEntropy::new(70));
        let mut saved = Interaction {
            id,
            flow: None,
            created_at: NOW,
            request: Pending::SignIn,
        };
        let end = NOW.plus(Duration::from_secs(60));
        for flow in [None, Some("claimed".to_owned())] {
            saved.flow = flow;
            let stored = saved.clone();
            db.write(move |ports| ports.save_interaction(&stored, end));
        }
        assert_eq!(db.read(move |ports| ports.interaction(id, NOW)), Some(saved));
        assert_eq!(db.read(move |ports| ports.interaction(id, end)), None);
        let answers = race(db, 20, move |ports| ports.finish_interaction(id));
        assert_eq!(answers.iter().filter(|answer| **answer == Found::Yes).count(), 1);
        assert_eq!(db.read(move |ports| ports.interaction(id, NOW)), None);
    });
}
