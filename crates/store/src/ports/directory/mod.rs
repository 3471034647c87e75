//! Lists and searches, a file for each kind of row.
//!
//! Every list has statements that read rows in the order of an index, behind a place and no more than so many of them; what
//! an index does not know is judged row by row (`collect`). `tests.rs` holds the databases to it.

mod clients;
mod grants;
mod people;
mod revocations;
mod sessions;
#[cfg(test)]
mod tests;

use admin::directory::clients::ClientFilter;
use admin::directory::people::PeopleFilter;
use admin::directory::ports::{GrantQuery, RevocationQuery, SessionQuery};
use admin::directory::{Cursor, Directory, Page};
use identity::User;
use kernel::id::{Sid, UserId};
use kernel::{StorageFault, Timestamp};
use session::{Revocation, Session};
use token::{Client, Grant};

use crate::tx::Tx;

impl Directory for Tx {
    fn people(
        &mut self,
        filter: &PeopleFilter,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<User>, StorageFault> {
        self.list_people(filter, after, limit)
    }

    fn registered_clients(
        &mut self,
        filter: &ClientFilter,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Client>, StorageFault> {
        self.list_clients(filter, after, limit)
    }

    fn sessions_like(
        &mut self,
        query: &SessionQuery,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Session>, StorageFault> {
        self.list_sessions(query, after, limit)
    }

    fn grants_like(
        &mut self,
        query: &GrantQuery,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Grant>, StorageFault> {
        self.list_grants(query, after, limit)
    }

    fn revocations_like(
        &mut self,
        query: &RevocationQuery,
        now: Timestamp,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Revocation>, StorageFault> {
        self.list_revocations(query, now, after, limit)
    }

    fn usernames(&mut self, people: &[UserId]) -> Result<Vec<(UserId, String)>, StorageFault> {
        self.names_of(people)
    }

    fn clients_of_sessions(&mut self, sessions: &[Sid]) -> Result<Vec<(Sid, String)>, StorageFault> {
        self.clients_of_each(sessions)
    }
}

/// The greatest text there is: no id begins with it.
const LAST: &str = "\u{10FFFF}";

/// `(a, b) > (x, y)`: what an index on these columns lists behind that place. Both databases walk the index for it, which
/// they would not for the same thing said with AND and OR.
macro_rules! beyond {
    ($columns:literal, $sign:literal, $first:ty = $x:expr, $second:ty = $y:expr) => {
        diesel::dsl::sql::<diesel::sql_types::Bool>(concat!("(", $columns, ") ", $sign, " ("))
            .bind::<$first, _>($x)
            .sql(", ")
            .bind::<$second, _>($y)
            .sql(")")
    };
    ($columns:literal, $sign:literal, $first:ty = $x:expr, $second:ty = $y:expr, $third:ty = $z:expr) => {
        diesel::dsl::sql::<diesel::sql_types::Bool>(concat!("(", $columns, ") ", $sign, " ("))
            .bind::<$first, _>($x)
            .sql(", ")
            .bind::<$second, _>($y)
            .sql(", ")
            .bind::<$third, _>($z)
            .sql(")")
    };
}
use beyond;

/// For `LIMIT`.
fn rows(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
