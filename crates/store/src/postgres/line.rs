//! A connection to a server as diesel wants it: every statement is waited for, on the thread that asked, and not for ever.
//!
//! diesel-async has such a wrapper too. This one bounds the wait, knows when its server is lost, and asks once per statement
//! instead of once per row.

use std::future::Future;
use std::time::Duration;

use diesel::connection::{
    AnsiTransactionManager, CacheSize, Connection, ConnectionSealed, Instrumentation, LoadConnection,
    SimpleConnection,
};
use diesel::expression::QueryMetadata;
use diesel::migration::{CREATE_MIGRATIONS_TABLE, MigrationConnection};
use diesel::pg::Pg;
use diesel::query_builder::{Query, QueryFragment, QueryId};
use diesel::result::{DatabaseErrorKind, Error};
use diesel::{ConnectionError, ConnectionResult, QueryResult};
use diesel_async::{
    AsyncConnection as _, AsyncConnectionCore, AsyncPgConnection, SimpleAsyncConnection as _,
};
use futures_util::TryStreamExt as _;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::dial::{self, Pace};
use super::era::Era;
use super::url::Address;

/// What a server hears of our leaving takes no longer.
const GOODBYE: Duration = Duration::from_millis(50);

/// A connection to a server.
pub struct Line {
    // Goes first, so that the pump has something to say goodbye for.
    client: AsyncPgConnection,
    pump: Pump,
    pace: Pace,
    standing: Standing,
    era: Option<Era>,
    transactions: AnsiTransactionManager,
}

/// Whether a connection is of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// As far as one knows.
    Good,
    /// To be thrown away: the server is gone, or is not the one to ask any more.
    Lost,
}

/// What moves the bytes: a runtime of the connection's own, which runs while somebody waits and never otherwise.
pub struct Pump {
    runtime: Runtime,
    task: JoinHandle<Option<tokio_postgres::Error>>,
}

impl Pump {
    /// Around the task that reads and writes the connection.
    pub fn new(runtime: Runtime, task: JoinHandle<Option<tokio_postgres::Error>>) -> Self {
        Self { runtime, task }
    }
}

impl Drop for Pump {
    fn drop(&mut self) {
        let Self { runtime, task } = self;
        if !task.is_finished() {
            // What is left to send, the goodbye among it.
            let _ = runtime.block_on(async { timeout(GOODBYE, task).await });
        }
    }
}

impl Line {
    /// Around a client whose pump runs.
    pub fn new(client: AsyncPgConnection, pump: Pump, pace: Pace) -> Self {
        Self {
            client,
            pump,
            pace,
            standing: Standing::Good,
            era: None,
            transactions: AnsiTransactionManager::default(),
        }
    }

    /// Whether it is of use.
    pub fn standing(&self) -> Standing {
        match self.pump.task.is_finished() {
            true => Standing::Lost,
            false => self.standing,
        }
    }

    /// From now on its loss is a warning to the others of this era, and theirs to it.
    pub fn belong_to(&mut self, era: Era) {
        self.era = Some(era);
    }

    /// Whether another connection was lost that was no older: this one may be good, or wait in vain for a server that has gone.
    pub fn is_doubtful(&self) -> bool {
        self.era.as_ref().is_some_and(Era::is_over)
    }

    /// Waits for one statement, no longer than the pace allows.
    fn wait<'a, T, F>(&'a mut self, ask: impl FnOnce(&'a mut AsyncPgConnection) -> F) -> QueryResult<T>
    where
        F: Future<Output = QueryResult<T>>,
    {
        let Self {
            client,
            pump,
            pace,
            standing,
            era,
            ..
        } = self;
        if *standing == Standing::Lost {
            return Err(gone("the connection to the server is lost"));
        }
        let asked = pump.runtime.block_on(async {
            match pace.silence() {
                None => ask(client).await,
                Some(bound) => match timeout(bound, ask(client)).await {
                    Ok(answer) => answer,
                    Err(_) => Err(gone("the server does not answer")),
                },
            }
        });
        asked.inspect_err(|error| {
            if loses(error) {
                *standing = Standing::Lost;
                era.iter().for_each(|era| era.end());
            }
        })
    }
}

/// Whether a connection that answered so is better thrown away.
fn loses(error: &Error) -> bool {
    let Error::DatabaseError(kind, _) = error else {
        return false;
    };
    matches!(
        kind,
        // Nobody there any more, or nobody who answers.
        DatabaseErrorKind::UnableToSendCommand
            | DatabaseErrorKind::ClosedConnection
            // A primary no longer. Where reading was asked for, a new connection does no harm.
            | DatabaseErrorKind::ReadOnlyTransaction
            // In the house's transactions, only what a replica has to replay conflicts.
            | DatabaseErrorKind::SerializationFailure
    )
}

fn gone(reason: &str) -> Error {
    Error::DatabaseError(DatabaseErrorKind::ClosedConnection, Box::new(reason.to_owned()))
}

impl SimpleConnection for Line {
    fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        self.wait(|client| client.batch_execute(query))
    }
}

impl ConnectionSealed for Line {}

impl Connection for Line {
    type Backend = Pg;
    type TransactionManager = AnsiTransactionManager;

    fn establish(database_url: &str) -> ConnectionResult<Self> {
        let address = Address::parse(database_url, std::path::Path::new("."));
        let address =
            address.ok_or_else(|| ConnectionError::InvalidConnectionUrl("no postgres://".into()))?;
        let address = address.map_err(|fault| ConnectionError::InvalidConnectionUrl(fault.to_string()))?;
        let dialled = dial::dial(&address, 0, Pace::Patient);
        dialled
            .map(|(line, _)| line)
            .map_err(ConnectionError::BadConnection)
    }

    fn execute_returning_count<T>(&mut self, source: &T) -> QueryResult<usize>
    where
        T: QueryFragment<Pg> + QueryId,
    {
        self.wait(|client| client.execute_returning_count(source))
    }

    fn transaction_state(&mut self) -> &mut AnsiTransactionManager {
        &mut self.transactions
    }

    fn instrumentation(&mut self) -> &mut dyn Instrumentation {
        self.client.instrumentation()
    }

    fn set_instrumentation(&mut self, instrumentation: impl Instrumentation) {
        self.client.set_instrumentation(instrumentation);
    }

    fn set_prepared_statement_cache_size(&mut self, size: CacheSize) {
        self.client.set_prepared_statement_cache_size(size);
    }
}

type PgRow = <AsyncPgConnection as AsyncConnectionCore>::Row<'static, 'static>;

impl LoadConnection for Line {
    type Cursor<'conn, 'query> = std::iter::Map<std::vec::IntoIter<PgRow>, fn(PgRow) -> QueryResult<PgRow>>;
    type Row<'conn, 'query> = PgRow;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> QueryResult<Self::Cursor<'conn, 'query>>
    where
        T: Query + QueryFragment<Pg> + QueryId + 'query,
        Pg: QueryMetadata<T::SqlType>,
    {
        let rows: Vec<PgRow> =
            self.wait(|client| async move { client.load(source).await?.try_collect().await })?;
        Ok(rows.into_iter().map(Ok as fn(PgRow) -> QueryResult<PgRow>))
    }
}

impl MigrationConnection for Line {
    fn setup(&mut self) -> QueryResult<usize> {
        self.batch_execute(CREATE_MIGRATIONS_TABLE).map(|()| 0)
    }
}
