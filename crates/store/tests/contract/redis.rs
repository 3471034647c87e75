//! Redis carries the list to every node, and whatever happens to it nothing that was revoked comes back.
//!
//! Unless a test says otherwise its nodes look at the database once an hour: what they learn, Redis told them.

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use kernel::id::TokenId;
use kernel::{Access, Change, Clock, FixedClock, SeededEntropy, SystemClock, SystemEntropy, work};
use session::{Issued, Revocation, RevocationList, Revoked};
use store::{CacheState, CacheUrl, Database, OpenMode};

use crate::redis_server::{Keeps, RedisServer, free_port};
use crate::support::{Fresh, NOW, Ports, client, everywhere};

const HOUR: Duration = Duration::from_secs(3600);
const LAG: Duration = Duration::from_secs(5);

/// A process of the installation.
struct Node {
    store: Database,
    news: Mutex<Receiver<Change>>,
}

impl Node {
    fn open(db: &Fresh, redis: &RedisServer) -> Self {
        let node = Self::with(db, redis, HOUR, Arc::new(SystemClock));
        node.until("the list is believed", |node| {
            node.state().believed && node.state().announcing
        });
        node
    }

    fn with(db: &Fresh, redis: &RedisServer, every: Duration, clock: Arc<dyn Clock>) -> Self {
        Self::at(db, &CacheUrl::parse(&redis.url()).unwrap(), every, clock)
    }

    fn at(db: &Fresh, cache: &CacheUrl, every: Duration, clock: Arc<dyn Clock>) -> Self {
        let store = Database::open(&db.url, OpenMode::MustExist).unwrap();
        store.join(cache, &SystemEntropy).unwrap();
        let (tell, news) = channel();
        let listener =
            move |changes: &[Change]| changes.iter().for_each(|change| drop(tell.send(change.clone())));
        store.watch_every(every, clock, Box::new(listener)).unwrap();
        Self {
            store,
            news: Mutex::new(news),
        }
    }

    fn state(&self) -> CacheState {
        self.store.cache_state().unwrap()
    }

    fn list(&self) -> Arc<RevocationList> {
        self.store.revocations()
    }

    fn revoke(&self, client: &str) {
        let entry = Revocation::at(SystemClock.now(), Revoked::Client(client.to_owned()));
        work::run(&self.store, Access::Write, move |ports: &mut Ports| {
            ports.revoke(&entry)
        })
        .unwrap();
    }

    fn refuses(&self, client: &str) -> bool {
        self.list().refuses(&token(client))
    }

    #[track_caller]
    fn until(&self, what: &str, so: impl Fn(&Self) -> bool) {
        let (_never, tick) = channel::<()>();
        let happened = (0..6000).any(|_| so(self) || tick.recv_timeout(Duration::from_millis(5)).is_ok());
        assert!(happened, "in vain: {what}; {:?}", self.state());
    }

    #[track_caller]
    fn until_refused(&self, client: &str) {
        self.until(client, |node| node.refuses(client));
    }
}

/// A token some client was given a minute ago.
fn token(client_id: &str) -> Issued<'_> {
    let issued_at = SystemClock.now().minus(Duration::from_secs(60));
    Issued {
        token: TokenId::generate(&SeededEntropy::new(1), issued_at),
        grant: None,
        session: None,
        user: None,
        client_id,
        kid: "k1",
    }
}

fn key(redis: &RedisServer, name: &str) -> String {
    let keys = redis.ask(&format!("KEYS signet:*:{name}"));
    assert_eq!(keys.len(), 1, "{keys:?}");
    keys.into_iter().next().unwrap()
}

#[test]
fn what_one_node_revokes_another_refuses_within_a_second() {
    everywhere(|db| {
        let redis = RedisServer::start();
        let (a, b) = (Node::open(db, &redis), Node::open(db, &redis));
        a.revoke("web");
        let told = SystemClock.now();
        assert!(a.refuses("web"), "at once where it was revoked");
        b.until_refused("web");
        assert!(SystemClock.now().since(told) < Duration::from_secs(1));
        assert!(!b.refuses("other"));
        assert!(a.state().announced >= 1 && a.state().unannounced == 0);
    });
}

#[test]
fn news_for_caches_comes_the_same_way() {
    let (db, redis) = (Fresh::sqlite(), RedisServer::start());
    let (a, b) = (Node::open(&db, &redis), Node::open(&db, &redis));
    work::run(&a.store, Access::Write, |ports: &mut Ports| {
        ports.insert_client(&client("web"))
    })
    .unwrap();
    let news = b
        .news
        .lock()
        .unwrap()
        .recv_timeout(Duration::from_secs(30))
        .unwrap();
    assert_eq!(news, Change::Client("web".into()));
}

#[test]
fn who_does_not_serve_announces_too() {
    let (db, redis) = (Fresh::sqlite(), RedisServer::start());
    let b = Node::open(&db, &redis);
    let verb = Database::open(&db.url, OpenMode::MustExist).unwrap();
    verb.join(&CacheUrl::parse(&redis.url()).unwrap(), &SystemEntropy)
        .unwrap();
    let entry = Revocation::at(SystemClock.now(), Revoked::Client("web".into()));
    work::run(&verb, Access::Write, move |ports: &mut Ports| {
        ports.revoke(&entry)
    })
    .unwrap();
    drop(verb);
    b.until_refused("web");
}

#[test]
fn the_list_in_redis_is_whole_for_whoever_comes_later() {
    let (db, redis) = (Fresh::sqlite(), RedisServer::start());
    let a = Node::open(&db, &redis);
    for n in 0..20 {
        a.revoke(&format!("c{n}"));
    }
    let b = Node::open(&db, &redis);
    assert_eq!(b.state().heard, 20, "read from Redis");
    assert_eq!(b.state().rebuilt, 0, "and not written again");
    assert!((0..20).all(|n| b.refuses(&format!("c{n}"))));
}

#[test]
fn flushed_under_load_nothing_comes_back() {
    everywhere(|db| {
        let redis = RedisServer::start();
        let (a, b) = (Node::open(db, &redis), Node::open(db, &redis));
        a.revoke("before");
        b.until_refused("before");
        thread::scope(|scope| {
            scope.spawn(|| (0..200).for_each(|n| a.revoke(&format!("c{n}"))));
            for n in [20, 60, 120] {
                a.until("some are revoked", |a| a.list().len() > n);
                redis.ask("FLUSHALL");
                assert!(a.refuses("before") && b.refuses("before"));
            }
        });
        for n in 0..200 {
            b.until_refused(&format!("c{n}"));
        }
        a.until("the list is believed again", |a| a.state().believed);
        assert!(a.state().rebuilt + b.state().rebuilt >= 2);
        let c = Node::open(db, &redis);
        assert!(
            c.state().heard >= 201,
            "all of it is there again: {:?}",
            c.state()
        );
    });
}

#[test]
fn while_redis_is_away_everything_goes_on_and_afterwards_it_is_caught_up() {
    everywhere(|db| {
        let mut redis = RedisServer::start();
        let (a, b) = (Node::open(db, &redis), Node::open(db, &redis));
        let watching = Node::with(db, &redis, Duration::from_millis(100), Arc::new(SystemClock));
        a.revoke("before");
        b.until_refused("before");
        redis.stop();
        a.revoke("meanwhile");
        assert!(a.refuses("meanwhile"));
        watching.until_refused("meanwhile");
        b.until("the loss is noticed", |b| {
            !b.state().following && !b.state().believed
        });
        assert!(b.refuses("before") && !b.refuses("meanwhile"));
        assert!(a.state().unannounced >= 1);
        redis.start_again();
        b.until_refused("meanwhile");
        a.until("it is announced again", |a| a.state().announcing);
        a.revoke("after");
        b.until_refused("after");
    });
}

#[test]
fn a_node_starts_without_redis_and_finds_it_later() {
    let (db, mut redis) = (Fresh::sqlite(), RedisServer::start());
    redis.stop();
    let every = Duration::from_millis(100);
    let node = Node::with(&db, &redis, every, Arc::new(SystemClock));
    node.revoke("web");
    assert!(node.refuses("web"));
    assert!(node.list().is_fresh(SystemClock.now(), LAG));
    redis.start_again();
    node.until("it is found", |node| {
        node.state().believed && node.state().announcing
    });
}

#[test]
fn a_redis_that_hangs_keeps_nobody_waiting() {
    let (db, redis) = (Fresh::sqlite(), RedisServer::start());
    let a = Node::open(&db, &redis);
    redis.ask("CLIENT PAUSE 20000 WRITE");
    let begun = SystemClock.now();
    for n in 0..20 {
        a.revoke(&format!("c{n}"));
    }
    // One of them waited for a fifth of a second, the others not at all.
    assert!(SystemClock.now().since(begun) < Duration::from_secs(5));
    assert!(!a.state().announcing || a.state().unannounced >= 20);
}

#[test]
fn a_redis_that_was_restarted_is_not_believed_for_what_it_kept() {
    let (db, mut redis) = (Fresh::sqlite(), RedisServer::that_keeps(Keeps::Everything));
    let a = Node::open(&db, &redis);
    a.revoke("web");
    let (before, written) = (
        redis.ask(&format!("GET {}", key(&redis, "epoch"))),
        a.state().rebuilt,
    );
    redis.stop();
    a.until("the loss is noticed", |a| !a.state().following);
    redis.start_again();
    a.until("the list is written anew", |a| {
        a.state().rebuilt > written && a.state().believed
    });
    assert_ne!(redis.ask(&format!("GET {}", key(&redis, "epoch"))), before);
    let b = Node::open(&db, &redis);
    assert!(b.state().heard >= 1);
}

#[test]
fn two_installations_at_one_redis_never_meet() {
    let (db, other, redis) = (Fresh::sqlite(), Fresh::sqlite(), RedisServer::start());
    let (a, x) = (Node::open(&db, &redis), Node::open(&other, &redis));
    let y = Node::open(&other, &redis);
    a.revoke("web");
    x.revoke("other");
    y.until_refused("other");
    assert!(!y.refuses("web") && !a.refuses("other"));
    assert_eq!(redis.ask("KEYS signet:*:epoch").len(), 2);
}

#[test]
fn a_redis_of_another_installation_is_not_believed() {
    let (db, other) = (Fresh::sqlite(), Fresh::sqlite());
    let (mut redis, foreign) = (RedisServer::start(), RedisServer::start());
    let x = Node::open(&other, &foreign);
    x.revoke("foreign");
    let a = Node::open(&db, &redis);
    a.revoke("web");
    // The address now leads to the other one, which knows nothing of this installation.
    redis.stop();
    let b = Node::open(&db, &foreign);
    assert!(b.state().rebuilt == 1 && b.refuses("web") && !b.refuses("foreign"));
}

#[test]
fn a_list_that_was_cut_is_written_anew() {
    let (db, redis) = (Fresh::sqlite(), RedisServer::start());
    let (a, b) = (Node::open(&db, &redis), Node::open(&db, &redis));
    for n in 0..10 {
        a.revoke(&format!("c{n}"));
    }
    b.until_refused("c9");
    let list = key(&redis, "list");
    for cut in [format!("XTRIM {list} MAXLEN 0"), format!("DEL {list}")] {
        let written = || a.state().rebuilt + b.state().rebuilt;
        let before = written();
        redis.ask(&cut);
        b.until("it is noticed", |_| written() > before);
        b.until("it is believed again", |b| {
            b.state().believed && a.state().believed
        });
        assert_eq!(redis.ask(&format!("XLEN {list}")), ["10"]);
    }
    let c = Node::open(&db, &redis);
    assert!((0..10).all(|n| c.refuses(&format!("c{n}"))));
}

#[test]
fn what_stands_where_the_list_belongs_is_written_over() {
    let (db, redis) = (Fresh::sqlite(), RedisServer::start());
    let (a, b) = (Node::open(&db, &redis), Node::open(&db, &redis));
    a.revoke("web");
    let list = key(&redis, "list");
    redis.ask(&format!("SET {list} nonsense"));
    a.until("it is noticed", |a| a.state().rebuilt + b.state().rebuilt > 1);
    b.until("it is a list again", |_| {
        redis.ask(&format!("TYPE {list}")) == ["stream"]
    });
    b.until("and believed", |b| b.state().believed && a.state().announcing);
    a.revoke("after");
    b.until_refused("after");
}

#[test]
fn nothing_anybody_writes_to_redis_revives_a_token() {
    let (db, redis) = (Fresh::sqlite(), RedisServer::start());
    let (a, b) = (Node::open(&db, &redis), Node::open(&db, &redis));
    a.revoke("web");
    b.until_refused("web");
    let list = key(&redis, "list");
    let heard = b.state().heard;
    for lie in [
        "by x revoked client id web until 0 expires 9000000000000",
        "by x revoked client id web until -9000000000000 expires 1",
        "by x accepted client id web until 1 expires 1",
        "by x revoked token id nonsense until 1 expires 9000000000000",
        "nonsense nonsense",
    ] {
        redis.ask(&format!("XADD {list} * {lie}"));
    }
    b.until("they were read", |b| {
        b.state().ignored == 3 && b.state().heard == heard + 5
    });
    assert!(a.refuses("web") && b.refuses("web") && b.state().believed);
}

#[test]
fn redis_vouches_for_the_list_for_a_minute_without_the_database() {
    let (db, mut redis) = (Fresh::sqlite(), RedisServer::start());
    let clock = Arc::new(FixedClock::at(NOW));
    let node = Node::with(&db, &redis, HOUR, clock.clone());
    let list = node.list();
    assert_eq!(list.as_of(), Some(NOW));
    let at = |seconds| NOW.plus(Duration::from_secs(seconds));
    clock.advance(Duration::from_secs(30));
    node.until("it vouches", |_| list.is_fresh(at(30), LAG));
    clock.advance(Duration::from_secs(300));
    node.until("not for ever", |_| list.as_of() == Some(at(60)));
    assert!(!list.is_fresh(at(330), LAG), "storage has to be asked");
    redis.stop();
    node.until("nor when it is away", |node| !node.state().believed);
}

#[test]
fn what_is_too_old_to_matter_leaves_redis_unnoticed() {
    let (db, redis) = (Fresh::sqlite(), RedisServer::start());
    let a = Node::open(&db, &redis);
    let list = key(&redis, "epoch").replace(":epoch", ":list");
    for n in 1..=300 {
        redis.ask(&format!("XADD {list} {n}-0 by x changed user id u{n}"));
    }
    a.until("they were read", |a| a.state().heard == 300);
    let policy = kernel::Policy::default();
    // All of it is old: the newest stays, so that readers see that they missed nothing.
    a.store.sweep(SystemClock.now(), &policy).unwrap();
    let b = Node::open(&db, &redis);
    b.revoke("web");
    a.until_refused("web");
    a.store.sweep(SystemClock.now(), &policy).unwrap();
    let length = |redis: &RedisServer| redis.ask(&format!("XLEN {list}"))[0].parse::<usize>().unwrap();
    a.until("the old ones leave", |_| length(&redis) < 200);
    b.revoke("more");
    a.until_refused("more");
    assert_eq!(a.state().rebuilt, 1, "nobody thought that the list was cut");
}

#[test]
fn with_tls_the_certificate_is_verified_and_with_a_password_it_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
    std::fs::write(path("cert.pem"), made.cert.pem()).unwrap();
    std::fs::write(path("key.pem"), made.signing_key.serialize_pem()).unwrap();
    let port = free_port().to_string();
    let (cert, key) = (path("cert.pem"), path("key.pem"));
    let (db, redis) = (
        Fresh::sqlite(),
        RedisServer::with(&[
            "--tls-port",
            &port,
            "--tls-cert-file",
            &cert,
            "--tls-key-file",
            &key,
            "--tls-ca-cert-file",
            &cert,
            "--tls-auth-clients",
            "no",
        ]),
    );
    redis.ask("ACL SETUSER signet on >s3cret ~signet:* +@read +@write +@connection +info +eval");
    let url = |login: &str| CacheUrl::parse(&format!("rediss://{login}@localhost:{port}")).unwrap();
    let every = Duration::from_millis(100);
    let node = |cache: &CacheUrl| Node::at(&db, cache, every, Arc::new(SystemClock));
    let pem = || made.cert.pem().into_bytes();
    let strangers = [
        url("signet:s3cret"),
        url("signet:wrong").believing(pem()),
        url("signet:s3cret").believing(
            rcgen::generate_simple_self_signed(vec!["localhost".into()])
                .unwrap()
                .cert
                .pem()
                .into_bytes(),
        ),
    ];
    for cache in &strangers {
        let stranger = node(cache);
        stranger.revoke("elsewhere");
        stranger.until("it is refused", |stranger| !stranger.state().announcing);
        assert!(!stranger.state().following);
    }
    let (a, b) = (
        node(&url("signet:s3cret").believing(pem())),
        node(&url("signet:s3cret").believing(pem())),
    );
    for node in [&a, &b] {
        node.until("the list is believed", |node| {
            node.state().believed && node.state().announcing
        });
    }
    let heard = b.state().heard;
    a.revoke("web");
    b.until("it came through Redis", |b| {
        b.refuses("web") && b.state().heard > heard
    });
}
