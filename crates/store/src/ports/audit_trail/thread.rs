//! Threads through the audit trail: the indexes along which records are found in the order of time, and which of them to follow
//! for a filter.

use admin::audit::{AuditFilter, EventPattern, Order};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::StorageFault;
use kernel::audit::Outcome;

use super::{LOOKED_AT, Place};
use crate::conn::{Conn, on, unavailable};
use crate::tables::audit;
use crate::tx::Tx;

/// All records of a network are sorted if they are no more than these. Of a larger one there are some among any few thousand
/// records of the trail.
const SORTED: usize = 10_000;

/// What an index lists in the order of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Thread {
    /// Everything.
    All,
    /// What was refused.
    Refused,
    /// What somebody did.
    Actor(String),
    /// What happened to somebody or something.
    Subject(String),
    /// What a client was involved in.
    Client(String),
    /// What happened in a session.
    Session(String),
    /// What one request did.
    Correlation(String),
    /// What came from one address.
    Address(Vec<u8>),
    /// Events of one name.
    Event(String),
    /// Events of these names, of which there are few.
    Events(Vec<String>),
    /// Records of a network, which no index has in this order: they are sorted already.
    Sorted(Vec<Place>),
}

/// Which part of a thread.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub since: Option<i64>,
    pub until: Option<i64>,
    /// Behind this record.
    pub behind: Option<Place>,
    pub order: Order,
}

impl Part {
    fn holds(&self, place: Place) -> bool {
        let (at, _) = place;
        self.since.is_none_or(|since| since <= at)
            && self.until.is_none_or(|until| at < until)
            && self.behind.is_none_or(|behind| match self.order {
                Order::NewestFirst => place < behind,
                Order::OldestFirst => place > behind,
            })
    }
}

/// The moments and numbers along a thread that is one index. A macro, because the type of a boxed query names
/// its database.
macro_rules! places {
    ($thread:expr, $part:expr, $count:expr) => {{
        let part: &Part = $part;
        let mut query = audit::table.select((audit::at, audit::seq)).into_boxed();
        query = match $thread {
            // As the partial index has it: of what was refused there is little.
            Thread::Refused => query.filter(sql::<Bool>("outcome = 'refused'")),
            Thread::Actor(actor) => query.filter(audit::actor.eq(actor)),
            Thread::Subject(subject) => query.filter(audit::subject.eq(subject)),
            Thread::Client(client) => query.filter(audit::client_id.eq(client)),
            Thread::Session(session) => query.filter(audit::session.eq(session)),
            Thread::Correlation(id) => query.filter(audit::correlation_id.eq(id)),
            Thread::Address(key) => query.filter(audit::address_key.eq(key)),
            Thread::Event(name) => query.filter(audit::event.eq(name)),
            Thread::All | Thread::Events(_) | Thread::Sorted(_) => query,
        };
        if let Some(since) = part.since {
            query = query.filter(audit::at.ge(since));
        }
        if let Some(until) = part.until {
            query = query.filter(audit::at.lt(until));
        }
        if let Some((at, seq)) = part.behind {
            // The first condition is for the index, the second for records of the same moment.
            query = match part.order {
                Order::NewestFirst => query
                    .filter(audit::at.le(at))
                    .filter(audit::at.lt(at).or(audit::seq.lt(seq))),
                Order::OldestFirst => query
                    .filter(audit::at.ge(at))
                    .filter(audit::at.gt(at).or(audit::seq.gt(seq))),
            };
        }
        match part.order {
            Order::NewestFirst => query.order((audit::at.desc(), audit::seq.desc())),
            Order::OldestFirst => query.order((audit::at.asc(), audit::seq.asc())),
        }
        .limit($count)
    }};
}

impl Tx {
    /// The thread to follow: the one on which little is left, else the one that mostly has least.
    pub(super) fn thread(&mut self, filter: &AuditFilter, part: &Part) -> Result<Thread, StorageFault> {
        let mut threads = self.threads(filter)?;
        if threads.len() > 1 {
            for (index, thread) in threads.iter().enumerate() {
                if self.along(thread, part, LOOKED_AT)?.len() < LOOKED_AT {
                    return Ok(threads.swap_remove(index));
                }
            }
        }
        Ok(threads.into_iter().next().unwrap_or(Thread::All))
    }

    /// Those on which everything lies that fits the filter.
    fn threads(&mut self, filter: &AuditFilter) -> Result<Vec<Thread>, StorageFault> {
        let named = [
            filter.correlation_id.clone().map(Thread::Correlation),
            filter.session.clone().map(Thread::Session),
            filter.subject.clone().map(Thread::Subject),
            filter.kid.clone().map(Thread::Subject),
            filter.actor.clone().map(Thread::Actor),
            filter.client.clone().map(Thread::Client),
        ];
        let mut threads: Vec<Thread> = named.into_iter().flatten().collect();
        if let Some(network) = &filter.address {
            let (first, last) = network.bounds();
            if network.is_single() {
                threads.push(Thread::Address(first.to_vec()));
            } else {
                threads.extend(self.records_of(&first, &last)?.map(Thread::Sorted));
            }
        }
        if filter.outcome == Some(Outcome::Refused) {
            threads.push(Thread::Refused);
        }
        match &filter.event {
            None => {}
            Some(EventPattern::Exactly(name)) => threads.push(Thread::Event(name.clone())),
            Some(EventPattern::Beginning(beginning)) => {
                threads.push(Thread::Events(self.event_names(beginning)?));
            }
        }
        Ok(threads)
    }

    /// The records of a network, sorted; nothing if they are too many for that.
    fn records_of(&mut self, first: &[u8], last: &[u8]) -> Result<Option<Vec<Place>>, StorageFault> {
        let most = i64::try_from(SORTED + 1).unwrap_or(i64::MAX);
        let mut places: Vec<Place> = on!(&mut self.conn, |c| audit::table
            .filter(audit::address_key.between(first, last))
            .select((audit::at, audit::seq))
            .limit(most)
            .load(c))?;
        places.sort_unstable();
        Ok(Some(places).filter(|places| places.len() <= SORTED))
    }

    /// The next records along a thread, no more than `count`.
    pub(super) fn along(
        &mut self,
        thread: &Thread,
        part: &Part,
        count: usize,
    ) -> Result<Vec<Place>, StorageFault> {
        let newest_first = part.order == Order::NewestFirst;
        match thread {
            Thread::Sorted(places) => {
                let within = places.iter().copied().filter(|place| part.holds(*place));
                let mut within: Vec<Place> = within.collect();
                if newest_first {
                    within.reverse();
                }
                within.truncate(count);
                Ok(within)
            }
            // The next of each, and of those the next: one search for several names would have to sort them.
            Thread::Events(names) => {
                let mut found = Vec::new();
                for name in names {
                    found.extend(self.indexed(&Thread::Event(name.clone()), part, count)?);
                }
                found.sort_unstable();
                if newest_first {
                    found.reverse();
                }
                found.truncate(count);
                Ok(found)
            }
            other => self.indexed(other, part, count),
        }
    }

    fn indexed(&mut self, thread: &Thread, part: &Part, count: usize) -> Result<Vec<Place>, StorageFault> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        match &mut self.conn {
            Conn::Sqlite(conn) => places!(thread, part, count).load(conn),
            Conn::Postgres(conn) => places!(thread, part, count).load(conn),
        }
        .map_err(unavailable)
    }

    /// The names of events that begin so: there are few, and the index jumps from one to the next.
    fn event_names(&mut self, beginning: &str) -> Result<Vec<String>, StorageFault> {
        let (mut names, mut last) = (Vec::<String>::new(), None::<String>);
        loop {
            let from = last.as_deref().unwrap_or(beginning).to_owned();
            let next: Option<String> = on!(&mut self.conn, |c| {
                let mut query = audit::table.select(audit::event).into_boxed();
                query = match last {
                    Some(_) => query.filter(audit::event.gt(&from)),
                    None => query.filter(audit::event.ge(&from)),
                };
                query.order(audit::event).first(c).optional()
            })?;
            match next {
                Some(name) if name.starts_with(beginning) => {
                    last = Some(name.clone());
                    names.push(name);
                }
                _ => return Ok(names),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use diesel::sqlite::{Sqlite, SqliteConnection};
    use diesel::{QueryableByName, debug_query, sql_query, sql_types::Text};
    use tempfile::TempDir;

    use super::*;
    use crate::database::{Database, OpenMode};

    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = Text)]
        detail: String,
    }

    fn steps(conn: &mut SqliteConnection, statement: &str) -> Vec<String> {
        let sql = statement.split(" -- binds").next().unwrap();
        let steps: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(conn).unwrap();
        steps.into_iter().map(|step| step.detail).collect()
    }

    fn empty(dir: &TempDir) -> (Database, SqliteConnection) {
        let path = dir.path().join("signet.db");
        let database = Database::open(&format!("sqlite://{}", path.display()), OpenMode::Create).unwrap();
        let conn = SqliteConnection::establish(&path.display().to_string()).unwrap();
        (database, conn)
    }

    #[test]
    fn every_thread_is_one_search_of_an_index_in_its_order() {
        let dir = TempDir::new().unwrap();
        let (_database, mut conn) = empty(&dir);
        let text = || "x".to_owned();
        let cases = [
            (Thread::All, "audit_by_time"),
            (Thread::Refused, "audit_refused"),
            (Thread::Actor(text()), "audit_by_actor"),
            (Thread::Subject(text()), "audit_by_subject"),
            (Thread::Client(text()), "audit_by_client"),
            (Thread::Session(text()), "audit_by_session"),
            (Thread::Correlation(text()), "audit_by_correlation"),
            (Thread::Address(vec![0; 16]), "audit_by_address"),
            (Thread::Event(text()), "audit_by_event"),
        ];
        for order in [Order::NewestFirst, Order::OldestFirst] {
            for (since, behind) in [(None, None), (Some(3), None), (None, Some((7, 7)))] {
                let part = Part {
                    since,
                    until: since,
                    behind,
                    order,
                };
                for (thread, index) in &cases {
                    let query = places!(thread.clone(), &part, 50);
                    let steps = steps(&mut conn, &debug_query::<Sqlite, _>(&query).to_string());
                    let [step] = &steps[..] else {
                        panic!("{thread:?}: {steps:?}")
                    };
                    assert!(
                        step.contains(&format!("COVERING INDEX {index}")),
                        "{thread:?}: {step}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_network_is_a_range() {
        let dir = TempDir::new().unwrap();
        let (_database, mut conn) = empty(&dir);
        let query = audit::table
            .filter(audit::address_key.between(vec![0], vec![1]))
            .select((audit::at, audit::seq))
            .limit(7);
        let steps = steps(&mut conn, &debug_query::<Sqlite, _>(&query).to_string());
        assert!(
            steps.len() == 1 && steps[0].contains("COVERING INDEX audit_by_address"),
            "{steps:?}"
        );
    }
}
