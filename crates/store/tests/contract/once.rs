//! What may happen only once happens once, from however many threads it is tried.

use std::time::Duration;

use identity::ports::Found;
use kernel::Timestamp;
use token::grant::Spent;

use crate::support::{NOW, everywhere, furnish, race, refresh_token};

fn winners(answers: &[Found]) -> usize {
    answers.iter().filter(|answer| **answer == Found::Yes).count()
}

#[test]
fn a_code_is_redeemed_by_one_of_twenty() {
    everywhere(|db| {
        let (.., grant) = furnish(db);
        let answers = race(db, 20, move |ports| ports.redeem_code(grant.id, NOW));
        assert_eq!(winners(&answers), 1);
        let code = grant.code.clone();
        let redeemed = db.read(move |ports| ports.grant_by_code(&code)).unwrap();
        assert_eq!(redeemed.code_redeemed_at, Some(NOW));
    });
}

#[test]
fn a_refresh_token_is_spent_by_one_of_twenty() {
    everywhere(|db| {
        let (.., grant) = furnish(db);
        let token = refresh_token(5, &grant, 0);
        let (stored, digest) = (token.clone(), token.digest.clone());
        db.write(move |ports| ports.insert_refresh_token(&stored));
        let spent = Spent {
            at: NOW,
            sealed_successor: Some(vec![1, 2, 3]),
        };
        let used = spent.clone();
        let answers = race(db, 20, move |ports| ports.spend_refresh_token(&digest, &used));
        assert_eq!(winners(&answers), 1);
        let digest = token.digest.clone();
        assert_eq!(
            db.read(move |ports| ports.refresh_token(&digest)).unwrap().spent,
            Some(spent)
        );
    });
}

#[test]
fn a_token_is_renewed_until_it_is_spent() {
    everywhere(|db| {
        let (.., grant) = furnish(db);
        let token = refresh_token(6, &grant, 0);
        let (stored, digest) = (token.clone(), token.digest.clone());
        db.write(move |ports| ports.insert_refresh_token(&stored));
        let later = NOW.plus(Duration::from_secs(9));
        let own = digest.clone();
        assert_eq!(
            db.write(move |ports| ports.renew_refresh_token(&own, later)),
            Found::Yes
        );
        let spent = Spent {
            at: later,
            sealed_successor: None,
        };
        let (own, used) = (digest.clone(), spent.clone());
        db.write(move |ports| ports.spend_refresh_token(&own, &used));
        let (own, much) = (digest.clone(), later.plus(Duration::from_secs(9)));
        assert_eq!(
            db.write(move |ports| ports.renew_refresh_token(&own, much)),
            Found::No
        );
        let kept = db.read(move |ports| ports.refresh_token(&digest)).unwrap();
        assert_eq!((kept.issued_at, kept.spent), (later, Some(spent)));
    });
}

#[test]
fn a_grant_is_revoked_once_and_keeps_its_first_moment() {
    everywhere(|db| {
        let (.., grant) = furnish(db);
        let id = grant.id;
        let later = NOW.plus(Duration::from_secs(9));
        assert_eq!(db.write(move |ports| ports.revoke_grant(id, NOW)), Found::Yes);
        assert_eq!(db.write(move |ports| ports.revoke_grant(id, later)), Found::No);
        assert_eq!(
            db.read(move |ports| ports.grant(id)).unwrap().revoked_at,
            Some(NOW)
        );
    });
}

#[test]
fn successors_of_older_generations_are_erased_and_only_they() {
    everywhere(|db| {
        let (.., grant) = furnish(db);
        let tokens: Vec<_> = (0..3)
            .map(|n| refresh_token(80 + u64::from(n), &grant, n))
            .collect();
        let stored = tokens.clone();
        db.write(move |ports| {
            stored.iter().try_for_each(|token| {
                ports.insert_refresh_token(token)?;
                let spent = Spent {
                    at: NOW,
                    sealed_successor: Some(vec![7; 60]),
                };
                ports.spend_refresh_token(&token.digest, &spent).map(drop)
            })?;
            ports.erase_successors(grant.id, 2)
        });
        let left = |digest| {
            let spent = db
                .read(move |ports| ports.refresh_token(&digest))
                .unwrap()
                .spent
                .unwrap();
            assert_eq!(spent.at, Timestamp::from_millis(NOW.as_millis()));
            spent.sealed_successor.is_some()
        };
        assert_eq!(
            tokens
                .into_iter()
                .map(|token| left(token.digest))
                .collect::<Vec<_>>(),
            [false, false, true]
        );
    });
}
