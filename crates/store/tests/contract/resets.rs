//! Links that set a new password: good once, and only the newest.

use std::time::Duration;

use identity::ports::Found;
use identity::{PasswordReset, PasswordResets, User};

use crate::support::{NOW, everywhere, furnish, race, secret, user};

pub fn reset(seed: u64, user: &User) -> PasswordReset {
    PasswordReset {
        token: secret(seed).digest(),
        user: user.id,
        created_at: NOW,
        expires_at: NOW.plus(Duration::from_secs(1800)),
        spent_at: None,
    }
}

#[test]
fn a_link_is_spent_by_one_of_twenty() {
    everywhere(|db| {
        let (alice, ..) = furnish(db);
        let mut link = reset(1, &alice);
        let (stored, token) = (link.clone(), link.token.clone());
        db.write(move |ports| ports.insert_reset(&stored));
        let digest = token.clone();
        assert_eq!(
            db.read(move |ports| PasswordResets::reset(ports, &digest)),
            Some(link.clone())
        );
        let digest = token.clone();
        let answers = race(db, 20, move |ports| ports.spend_reset(&digest, NOW));
        assert_eq!(answers.iter().filter(|answer| **answer == Found::Yes).count(), 1);
        link.spent_at = Some(NOW);
        assert_eq!(
            db.read(move |ports| PasswordResets::reset(ports, &token)),
            Some(link)
        );
        let unknown = secret(9).digest();
        assert_eq!(db.read(move |ports| PasswordResets::reset(ports, &unknown)), None);
    });
}

#[test]
fn links_are_voided_for_one_person_and_go_with_them() {
    everywhere(|db| {
        let (alice, ..) = furnish(db);
        let bob = user(7, "bob", None);
        let links = [reset(1, &alice), reset(2, &alice), reset(3, &bob)];
        let tokens = links.clone().map(|link| link.token);
        let later = NOW.plus(Duration::from_secs(5));
        db.write(move |ports| {
            ports.insert_user(&bob)?;
            links.iter().try_for_each(|link| ports.insert_reset(link))?;
            ports.spend_reset(&links[0].token, NOW)?;
            ports.void_resets(alice.id, later)
        });
        let spent = tokens.clone().map(|token| {
            let link = db
                .read(move |ports| PasswordResets::reset(ports, &token))
                .unwrap();
            link.spent_at
        });
        assert_eq!(spent, [Some(NOW), Some(later), None]);
        db.write(move |ports| ports.delete_user(alice.id));
        let [first, ..] = tokens;
        assert_eq!(db.read(move |ports| PasswordResets::reset(ports, &first)), None);
    });
}
