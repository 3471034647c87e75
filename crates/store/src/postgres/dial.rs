//! From an address to a connection: the hosts in their order, each with its share of the time, until one will do.

use std::time::Duration;

use diesel_async::AsyncPgConnection;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use tokio_postgres::{Client, Config, NoTls, SimpleQueryMessage};

use super::line::{Line, Pump};
use super::socket::{self, Duplex};
use super::url::{Address, Host, Session};
use super::words;
use crate::timer;

/// How long a statement may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Somebody waits for a page.
    Prompt,
    /// Migrations, copies: as long as it takes.
    Patient,
}

impl Pace {
    /// A server that says nothing for longer is given up.
    pub fn silence(self) -> Option<Duration> {
        match self {
            Self::Prompt => Some(Duration::from_secs(3)),
            Self::Patient => None,
        }
    }

    /// What the server is told: to end by itself what is given up here, and a transaction whose owner has gone away and
    /// would keep everybody else from writing. That sooner than a statement, so that those who wait for their turn get it. Of
    /// a migration whose machine has gone it learns within a minute, instead of holding its tables for hours.
    fn settings(self) -> &'static str {
        match self {
            Self::Prompt => "SET statement_timeout = 2500; SET idle_in_transaction_session_timeout = 2000",
            Self::Patient => {
                "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; \
                 SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3"
            }
        }
    }
}

/// A connection to the first host that will do, beginning with number `first`, and which that was.
///
/// # Errors
/// One line that says of every host what is wrong with it.
pub fn dial(address: &Address, first: usize, pace: Pace) -> Result<(Line, usize), String> {
    let until = timer::now() + address.patience;
    let count = address.hosts.len();
    let mut reasons = Vec::new();
    for turn in 0..count {
        let number = (first + turn) % count;
        let Some(host) = address.hosts.get(number) else {
            continue;
        };
        let share = until.saturating_duration_since(timer::now()) / (count - turn) as u32;
        match reach(address, host, share, pace) {
            Ok(line) => return Ok((line, number)),
            Err(reason) => reasons.push(format!("{host}: {reason}")),
        }
    }
    Err(reasons.join("; "))
}

/// A connection to this host within `share`.
fn reach(address: &Address, host: &Host, share: Duration, pace: Pace) -> Result<Line, String> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let reached = runtime.block_on(async {
        let way = introduce(&runtime, address, host, share, pace);
        timeout(share, way)
            .await
            .unwrap_or_else(|_| Err(words::SILENT.to_owned()))
    });
    let (client, pump) = reached?;
    Ok(Line::new(client, Pump::new(runtime, pump), pace))
}

type Introduced = (
    AsyncPgConnection,
    tokio::task::JoinHandle<Option<tokio_postgres::Error>>,
);

async fn introduce(
    runtime: &Runtime,
    address: &Address,
    host: &Host,
    share: Duration,
    pace: Pace,
) -> Result<Introduced, String> {
    let stream: Box<dyn Duplex> = socket::open(address, host, share).await?;
    let said = |error: tokio_postgres::Error| words::refused(&error, address);
    // TLS, where there is any, is around the stream already.
    let (client, connection) = config(address).connect_raw(stream, NoTls).await.map_err(said)?;
    let pump = runtime.spawn(async move { connection.await.err() });
    settle(&client, address.session, pace)
        .await
        .map_err(|error| match error {
            Unfit::Says(error) => said(error),
            Unfit::ReadOnly => "it only reads (a replica, or set so)".to_owned(),
        })?;
    let client = AsyncPgConnection::try_from(client).await;
    Ok((client.map_err(|error| error.to_string())?, pump))
}

fn config(address: &Address) -> Config {
    let mut config = Config::new();
    config
        .ssl_mode(tokio_postgres::config::SslMode::Disable)
        .application_name(&address.application);
    if let Some(user) = &address.user {
        config.user(user);
    }
    if let Some(password) = &address.password {
        config.password(password);
    }
    if let Some(database) = &address.database {
        config.dbname(database);
    }
    if let Some(options) = &address.options {
        config.options(options);
    }
    config
}

/// Why a server that let us in is no good.
enum Unfit {
    Says(tokio_postgres::Error),
    ReadOnly,
}

/// A commit is on the server's disk before anybody is answered, also where the server is set to answer before; what is stricter
/// stays. It says nothing that reads like an answer to the question behind it.
const DURABLE: &str = "SELECT length(set_config('synchronous_commit', 'on', false))
    WHERE current_setting('synchronous_commit') = 'off'";

/// The session's settings, and whether it may write: one trip.
async fn settle(client: &Client, session: Session, pace: Pace) -> Result<(), Unfit> {
    let question = format!("{}; {DURABLE}; SHOW transaction_read_only", pace.settings());
    let answers = client.simple_query(&question).await.map_err(Unfit::Says)?;
    let only_reads = answers.iter().any(|answer| match answer {
        SimpleQueryMessage::Row(row) => row.get(0) == Some("on"),
        _ => false,
    });
    if only_reads && session == Session::Writable {
        return Err(Unfit::ReadOnly);
    }
    Ok(())
}
