//! Several providers in this process, on one PostgreSQL: nodes whose clocks, caches and lives a story has in its hands.

use std::cell::RefCell;
use std::sync::Arc;

use kernel::{Clock as _, FixedClock, Policy, SystemClock, Timestamp};
use store::{Database, OpenMode};
use web::Patience;

use crate::cli::postgres_server::{PostgresDatabase, PostgresServer};
use crate::rig::{self, Beginning, Provider};
use crate::trip_counter::TripCounter;

/// One installation. Its nodes are to be dropped before it.
pub struct Nodes {
    database: PostgresDatabase,
    policy: Policy,
    issuer: RefCell<Option<String>>,
}

impl Nodes {
    /// Where its database is.
    pub fn port(&self) -> u16 {
        let url = url::Url::parse(&self.database.url()).unwrap();
        url.port().unwrap()
    }

    /// With keys, people and clients.
    pub fn new(policy: Policy) -> Self {
        let database = PostgresServer::shared().database();
        rig::fill(&Database::open(&database.url(), OpenMode::Create).unwrap());
        Self {
            database,
            policy,
            issuer: RefCell::default(),
        }
    }

    /// A node whose address is the issuer from now on, on a machine whose clock is ahead by so many seconds.
    pub fn first(&self, ahead: i64) -> Provider {
        self.issuer.take();
        let node = self.start(ahead);
        self.issuer.replace(Some(node.issuer.clone()));
        node
    }

    /// A node whose wire to the database is this one.
    pub fn behind(&self, wire: &TripCounter) -> Provider {
        self.issuer.take();
        self.at(&wire.url(&self.database.url()), 0)
    }

    /// One more.
    pub fn start(&self, ahead: i64) -> Provider {
        self.at(&self.database.url(), ahead)
    }

    fn at(&self, url: &str, ahead: i64) -> Provider {
        let machine = Arc::new(FixedClock::at(Timestamp::from_secs(
            SystemClock.now().as_secs() + ahead,
        )));
        let store = Database::open(url, OpenMode::MustExist).unwrap();
        Provider::from(Beginning {
            dir: tempfile::tempdir().unwrap(),
            time: store.clock(machine.clone()).unwrap(),
            store: Arc::new(store),
            clock: machine,
            issuer: self.issuer.borrow().clone(),
            policy: self.policy.clone(),
            patience: Patience::default(),
            looks: rig::LOOKS,
        })
    }
}
