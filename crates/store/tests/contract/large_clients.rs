//! Clients that everybody uses: disabling and removing one takes many small units of work, and nothing of it works meanwhile.

use std::sync::Arc;
use std::time::Duration;

use admin::clients::retreat::{Progress, Rest, clear, take_back};
use admin::{Actor, AdminFault, clients};
use kernel::id::TokenId;
use kernel::{Access, Ctx, FixedClock, Issuer, Policy, SeededEntropy, SystemEntropy, work};
use session::Issued;
use token::ending::BATCH;

use crate::support::{Fresh, NOW, Ports, client, everywhere, grant, user};

/// Several parts, the last of them not full.
const MANY: u64 = 5 * BATCH as u64 + 300;

fn ctx() -> Ctx {
    Ctx {
        clock: Arc::new(FixedClock::at(NOW.plus(Duration::from_secs(60)))),
        entropy: Arc::new(SeededEntropy::new(5)),
        issuer: Issuer::new("https://id.example"),
        policy: Policy::default(),
    }
}

fn ask<T: Send + 'static>(
    db: &Fresh,
    work: impl FnOnce(&mut Ports, &Ctx, &Actor) -> Result<T, AdminFault> + Send + 'static,
) -> Result<T, AdminFault> {
    work::run(&*db.store, Access::Write, move |ports: &mut Ports| {
        work(ports, &ctx(), &Actor::cli())
    })
}

/// `web` with many grants, and `tv` with one; all of Alice's.
fn furnish(db: &Fresh) {
    let (alice, web, tv) = (user(1, "alice", None), client("web"), client("tv"));
    db.write(move |ports| {
        ports.insert_user(&alice)?;
        ports.insert_client(&web)?;
        ports.insert_client(&tv)?;
        ports.insert_grant(&grant(9, &tv, &alice))?;
        (0..MANY).try_for_each(|number| ports.insert_grant(&grant(100 + number, &web, &alice)))
    });
}

/// How many grants of Alice's count, `web`'s and `tv`'s.
fn open(db: &Fresh) -> (usize, usize) {
    let alice = user(1, "alice", None).id;
    db.read(move |ports| {
        let mut of = |client| Ok(ports.grants_of_user(alice, Some(client))?.len());
        Ok((of("web")?, of("tv")?))
    })
}

fn is_enabled(db: &Fresh) -> bool {
    db.read(|ports| ports.client("web")).unwrap().enabled
}

fn is_refused(db: &Fresh) -> bool {
    db.read(|ports| {
        ports.is_revoked(&Issued {
            token: TokenId::generate(&SystemEntropy, NOW),
            grant: None,
            session: None,
            user: None,
            client_id: "web",
            kid: "",
        })
    })
}

#[test]
fn a_large_client_is_disabled_at_once_and_its_grants_are_taken_back_in_parts() {
    everywhere(|db| {
        furnish(db);
        assert!(!is_refused(db));
        ask(db, |tx, ctx, actor| clients::disable(tx, ctx, actor, "web")).unwrap();
        assert!(!is_enabled(db) && is_refused(db), "what counts comes first");
        let rest = (MANY - u64::from(BATCH)) as usize;
        assert_eq!(open(db), (rest, 1));

        // Whoever disabled it has gone away: what they left must not come back.
        let early = ask(db, |tx, ctx, actor| clients::enable(tx, ctx, actor, "web"));
        assert!(matches!(early, Err(AdminFault::Conflict(_))), "{early:?}");
        assert!(!is_enabled(db));

        let (mut progress, mut parts) = (Progress::default(), 0);
        while !progress.is_done() {
            progress = ask(db, move |tx, ctx, actor| {
                take_back(tx, ctx, actor, "web", progress)
            })
            .unwrap();
            parts += 1;
        }
        assert_eq!((open(db), parts), ((0, 1), 6));
        ask(db, |tx, ctx, actor| clients::enable(tx, ctx, actor, "web")).unwrap();
        assert!(
            is_enabled(db) && is_refused(db),
            "what was given before stays refused"
        );
    });
}

#[test]
fn what_an_enabled_client_has_is_not_taken_back() {
    let db = Fresh::sqlite();
    furnish(&db);
    let progress = ask(&db, |tx, ctx, actor| {
        take_back(tx, ctx, actor, "web", Progress::default())
    });
    assert_eq!(progress.unwrap(), Progress::Done);
    assert_eq!(open(&db), (MANY as usize, 1));
}

#[test]
fn a_large_client_is_cleared_in_parts_before_it_goes() {
    everywhere(|db| {
        furnish(db);
        // One grant was used for long: its tokens alone are more than one part.
        db.sql(&format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})
             INSERT INTO refresh_tokens SELECT {}, (SELECT min(id) FROM grants WHERE client_id = 'web'), i, 0, 0, NULL FROM n",
            6 * BATCH,
            match db.url.starts_with("sqlite://") {
                true => "randomblob(32)",
                false => "sha256(i::text::bytea)",
            }
        ));
        let part = |db: &Fresh| ask(db, |tx, ctx, actor| clear(tx, ctx, actor, "web")).unwrap();
        assert_eq!(part(db), Rest::Some);
        assert!(!is_enabled(db) && is_refused(db), "what counts comes first");
        let mut parts = 0;
        while part(db) == Rest::Some {
            parts += 1;
        }
        let alice = user(1, "alice", None).id;
        let left = db.read(move |ports| {
            let any = admin::directory::ports::GrantQuery {
                client_id: Some("web".into()),
                ended: admin::directory::ports::Ended::Included,
                ..Default::default()
            };
            Ok(ports.grants_like(&any, None, 2 * BATCH)?.items.len())
        });
        assert_eq!((parts, left), (6, 300), "the rest goes with the client");
        ask(db, |tx, ctx, actor| clients::delete(tx, ctx, actor, "web")).unwrap();
        assert!(db.read(|ports| ports.client("web")).is_none());
        assert_eq!(db.read(move |ports| ports.grants_of_user(alice, None)).len(), 1);
    });
}

#[test]
fn a_small_client_goes_at_once() {
    let db = Fresh::sqlite();
    furnish(&db);
    let rest = ask(&db, |tx, ctx, actor| clear(tx, ctx, actor, "tv"));
    assert_eq!(rest.unwrap(), Rest::None);
    assert_eq!(open(&db), (MANY as usize, 1), "and untouched until then");
}
