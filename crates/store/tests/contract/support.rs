//! Fresh databases, and people, clients and grants to put into them.

use std::sync::Arc;
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use identity::{Profile, User, UserState};
use kernel::id::{BrowserId, GrantId, Sid, UserId};
use kernel::secret::{Kind, Plain};
use kernel::{Access, Clock, FixedClock, SeededEntropy, StorageFault, Timestamp, work};
use protocol::Scope;
use session::{Amr, Authentication, Browser, Device, Session};
use store::{Database, OpenMode};
use tempfile::TempDir;
use token::authorize::{ClaimWish, ClaimsRequest};
use token::client::Secrets;
use token::grant::RefreshRow;
use token::{Client, ClientMetadata, ClientPolicy, Grant};

use crate::postgres_server::{PostgresDatabase, PostgresServer, tell};

pub type Ports = dyn admin::Ports;

/// The moment at which most tests begin.
pub const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

/// A clock that stands at [`NOW`].
pub fn clock() -> Arc<dyn Clock> {
    Arc::new(FixedClock::at(NOW))
}

/// An empty database that goes away with this value.
pub struct Fresh {
    pub store: Arc<Database>,
    pub url: String,
    pub _place: Place,
}

/// What goes away with a database, after it.
#[expect(dead_code, reason = "held until it is dropped")]
pub enum Place {
    File(TempDir),
    Server(PostgresDatabase),
}

impl Fresh {
    pub fn sqlite() -> Self {
        let dir = TempDir::new().unwrap();
        let url = format!("sqlite://{}", dir.path().join("signet.db").display());
        Self::at(url, Place::File(dir))
    }

    pub fn postgres() -> Self {
        let database = PostgresServer::shared().database();
        Self::at(database.url(), Place::Server(database))
    }

    fn at(url: String, place: Place) -> Self {
        let store = Arc::new(Database::open(&url, OpenMode::Create).unwrap());
        Self {
            store,
            url,
            _place: place,
        }
    }

    /// SQL past the house.
    pub fn sql(&self, sql: &str) {
        execute(&self.url, sql);
    }

    pub fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Ports) -> Result<T, StorageFault> + Send + 'static,
    ) -> T {
        work::run(&*self.store, Access::Write, work).unwrap()
    }

    pub fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Ports) -> Result<T, StorageFault> + Send + 'static,
    ) -> T {
        work::run(&*self.store, Access::Read, work).unwrap()
    }
}

/// SQL past the house, on a database of either kind.
pub fn execute(url: &str, sql: &str) {
    let Some(path) = url.strip_prefix("sqlite://") else {
        return tell(url, sql).unwrap();
    };
    let mut conn = SqliteConnection::establish(path).unwrap();
    conn.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON")
        .unwrap();
    conn.batch_execute(sql).unwrap();
}

/// Runs a test on an empty database of either kind.
pub fn everywhere(test: impl Fn(&Fresh)) {
    test(&Fresh::sqlite());
    test(&Fresh::postgres());
}

/// The answers of `count` threads that all do `work` at once.
pub fn race<T: Send + 'static>(
    db: &Fresh,
    count: usize,
    work: impl Fn(&mut Ports) -> Result<T, StorageFault> + Send + Sync + 'static,
) -> Vec<T> {
    let work = Arc::new(work);
    let racer = |_| {
        let (store, work) = (db.store.clone(), work.clone());
        std::thread::spawn(move || work::run(&*store, Access::Write, move |ports: &mut Ports| work(ports)))
    };
    let racers: Vec<_> = (0..count).map(racer).collect();
    racers
        .into_iter()
        .map(|thread| thread.join().unwrap().unwrap())
        .collect()
}

pub fn secret<K: Kind>(seed: u64) -> Plain<K> {
    Plain::generate(&SeededEntropy::new(seed))
}

pub fn user(seed: u64, username: &str, email: Option<&str>) -> User {
    User {
        id: UserId::generate(&SeededEntropy::new(seed)),
        username: username.into(),
        email: email.map(str::to_owned),
        email_verified: email.is_some(),
        profile: Profile {
            name: Some(format!("The {username}")),
            ..Profile::default()
        },
        roles: vec!["reader".into()],
        attributes: serde_json::from_str(r#"{"desk": 7}"#).unwrap(),
        groups: Vec::new(),
        group_roles: Vec::new(),
        state: UserState::Active,
        password: None,
        created_at: NOW,
        updated_at: NOW,
    }
}

pub fn client(client_id: &str) -> Client {
    Client {
        client_id: client_id.into(),
        secrets: Secrets::new(secret(9).digest(), NOW, &SeededEntropy::new(9)),
        metadata: ClientMetadata {
            redirect_uris: vec!["https://rp.example/cb".into()],
            ..ClientMetadata::default()
        },
        policy: ClientPolicy {
            require_pkce: true,
            ..ClientPolicy::default()
        },
        enabled: true,
        created_at: NOW,
        updated_at: NOW,
    }
}

pub fn authentication() -> Authentication {
    Authentication {
        at: NOW,
        methods: vec![Amr::Pwd],
    }
}

pub fn browser(seed: u64) -> Browser {
    let id = BrowserId::generate(&SeededEntropy::new(seed));
    Browser {
        id,
        secret: secret(seed + 1).digest(),
        created_at: NOW,
    }
}

pub fn session(seed: u64, browser: &Browser, user: &User) -> Session {
    Session {
        sid: Sid::generate(&SeededEntropy::new(seed)),
        browser: browser.id,
        user: user.id,
        device: Device {
            user_agent: Some("Mozilla/5.0".into()),
            address: Some("192.0.2.7".into()),
        },
        authentication: authentication(),
        created_at: NOW,
        last_seen_at: NOW,
        ended_at: None,
    }
}

pub fn grant(seed: u64, client: &Client, user: &User) -> Grant {
    let entropy = SeededEntropy::new(seed);
    Grant {
        id: GrantId::generate(&entropy, NOW),
        client_id: client.client_id.clone(),
        user: user.id,
        sid: Sid::generate(&entropy),
        scope: Scope::parse("openid offline_access").unwrap(),
        resources: vec!["https://api.example".into()],
        authentication: authentication(),
        nonce: Some("n-0S6_WzA2Mj".into()),
        claims: ClaimsRequest {
            userinfo: [("email".to_owned(), ClaimWish::default())].into(),
            id_token: Default::default(),
        },
        redirect_uri: "https://rp.example/cb".into(),
        pkce: None,
        code: Plain::generate(&entropy).digest(),
        code_expires_at: NOW.plus(Duration::from_secs(60)),
        code_redeemed_at: None,
        revoked_at: None,
        created_at: NOW,
    }
}

pub fn refresh_token(seed: u64, grant: &Grant, generation: u32) -> RefreshRow {
    RefreshRow {
        digest: secret(seed).digest(),
        grant: grant.id,
        generation,
        issued_at: NOW,
        spent: None,
    }
}

/// Alice, the client `web` and a grant of hers to it.
pub fn furnish(db: &Fresh) -> (User, Client, Grant) {
    let (alice, web) = (user(1, "alice", Some("alice@example.org")), client("web"));
    let grant = grant(2, &web, &alice);
    let kept = (alice.clone(), web.clone(), grant.clone());
    db.write(move |ports| {
        ports.insert_user(&alice)?;
        ports.insert_client(&web)?;
        ports.insert_grant(&grant)
    });
    kept
}
