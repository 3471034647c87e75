//! Browsers, sessions and saved requests.

use std::time::Duration;

use identity::ports::Found;
use kernel::SeededEntropy;
use kernel::id::{InteractionId, Sid};
use token::authorize::interaction::{Destination, Interaction, Pending};

use crate::support::{NOW, browser, client, everywhere, furnish, race, secret, session, user};

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
        assert_eq!(db.read(move |ports| ports.sessions_of_user(of)), []);
        let of = other.user;
        assert_eq!(db.read(move |ports| ports.sessions_of_user(of)), [other]);
    });
}

#[test]
fn sessions_are_paged_by_sid_and_a_persons_come_newest_first() {
    everywhere(|db| {
        let (alice, ..) = furnish(db);
        let (browser, of) = (browser(1), alice.id);
        let mut sessions: Vec<_> = (10..15).map(|seed| session(seed, &browser, &alice)).collect();
        for (seconds, session) in (0..).zip(&mut sessions) {
            session.created_at = NOW.plus(Duration::from_secs(seconds));
        }
        let (stored, ended) = (sessions.clone(), sessions.pop().unwrap().sid);
        db.write(move |ports| {
            ports.save_browser(&browser)?;
            stored
                .iter()
                .try_for_each(|session| ports.save_session(session))?;
            ports.end_session(ended, NOW).map(drop)
        });
        let newest_first: Vec<_> = sessions.iter().rev().cloned().collect();
        assert_eq!(db.read(move |ports| ports.sessions_of_user(of)), newest_first);
        sessions.sort_by_key(|session| session.sid);
        assert_eq!(db.read(|ports| ports.sessions(None, 3)), &sessions[..3]);
        let third = sessions[2].sid;
        assert_eq!(
            db.read(move |ports| ports.sessions(Some(third), 3)),
            &sessions[3..]
        );
    });
}

#[test]
fn a_session_remembers_its_clients_until_it_is_forgotten_itself() {
    everywhere(|db| {
        let (alice, ..) = furnish(db);
        let browser = browser(1);
        let sessions = [session(2, &browser, &alice), session(3, &browser, &alice)];
        let [first, second] = [sessions[0].sid, sessions[1].sid];
        let at = |seconds| NOW.plus(Duration::from_secs(seconds));
        db.write(move |ports| {
            ports.insert_client(&client("api"))?;
            ports.save_browser(&browser)?;
            sessions
                .iter()
                .try_for_each(|session| ports.save_session(session))?;
            ports.note_client_of_session(first, "web", at(0))?;
            ports.note_client_of_session(first, "api", at(1))?;
            ports.note_client_of_session(second, "web", at(2))
        });
        assert_eq!(
            db.read(move |ports| ports.clients_of_session(first)),
            ["api", "web"]
        );
        let last = |client: &'static str, among: &[Sid]| {
            let among = among.to_vec();
            db.read(move |ports| ports.last_session_with(client, &among))
        };
        assert_eq!(last("web", &[first, second]), Some(second));
        assert_eq!(last("web", &[first]), Some(first));
        assert_eq!(last("api", &[second]), None);
        assert_eq!(last("web", &[]), None);
        db.write(move |ports| ports.note_client_of_session(first, "web", at(3)));
        assert_eq!(last("web", &[first, second]), Some(first));
        db.write(|ports| ports.delete_client("api"));
        assert_eq!(db.read(move |ports| ports.clients_of_session(first)), ["web"]);
        let id = alice.id;
        db.write(move |ports| ports.delete_user(id));
        assert_eq!(
            db.read(move |ports| ports.clients_of_session(first)),
            Vec::<String>::new()
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
            request: Pending::SignIn(Destination::Home),
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
