//! Looking through the audit trail. Whatever is looked for alone is found in the order of an index, so that a page costs the
//! same in a long trail as in a short one.

use admin::audit::{AuditFilter, AuditTrail, EventPattern, Order};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::StorageFault;
use kernel::audit::{AuditRecord, Outcome};
use token::Checkpoint;

use crate::conn::{Conn, on, unavailable};
use crate::rows::audit::{AuditRow, CheckpointRow};
use crate::tables::{audit, audit_checkpoints};
use crate::tx::Tx;

/// Where a page begins: the moment and the number of the record before it.
type Place = (i64, i64);

/// Which events the index by event is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Events {
    /// It does not matter.
    All,
    /// The name drives the search: nothing rarer is looked for.
    Of(String),
    /// Something rarer is looked for. The pattern only judges what that finds: a `LIKE`, which no index of SQLite serves.
    Like(String),
}

/// The numbers of what fits, in order. A macro, because the type of a boxed query names its database.
macro_rules! numbers {
    ($filter:expr, $events:expr, $place:expr, $order:expr, $limit:expr) => {{
        let filter: &AuditFilter = $filter;
        let mut query = audit::table.select(audit::seq).into_boxed();
        if let Some(since) = filter.since {
            query = query.filter(audit::at.ge(since.as_millis()));
        }
        if let Some(until) = filter.until {
            query = query.filter(audit::at.lt(until.as_millis()));
        }
        if let Some(actor) = &filter.actor {
            query = query.filter(audit::actor.eq(actor));
        }
        if let Some(subject) = &filter.subject {
            query = query.filter(audit::subject.eq(subject));
        }
        if let Some(client) = &filter.client {
            query = query.filter(audit::client_id.eq(client));
        }
        if let Some(session) = &filter.session {
            query = query.filter(audit::session.eq(session));
        }
        if let Some(id) = &filter.correlation_id {
            query = query.filter(audit::correlation_id.eq(id));
        }
        if let Some(kid) = &filter.kid {
            query = query
                .filter(audit::subject.eq(kid))
                .filter(audit::event.like("key.%"));
        }
        if let Some(network) = &filter.address {
            let (first, last) = network.bounds();
            query = if network.is_single() {
                query.filter(audit::address_key.eq(first.to_vec()))
            } else {
                query.filter(audit::address_key.between(first.to_vec(), last.to_vec()))
            };
        }
        query = match filter.outcome {
            None => query,
            // As the partial index has it: of what was refused there is little.
            Some(Outcome::Refused) => query.filter(sql::<Bool>("outcome = 'refused'")),
            Some(Outcome::Done) => query.filter(audit::outcome.eq(Outcome::Done.as_str())),
        };
        query = match $events {
            Events::All => query,
            Events::Of(name) => query.filter(audit::event.eq(name)),
            Events::Like(pattern) => query.filter(audit::event.like(pattern).escape('\\')),
        };
        if let Some((at, seq)) = $place {
            // The first condition is for the index, the second for records of the same moment.
            query = match $order {
                Order::NewestFirst => query
                    .filter(audit::at.le(at))
                    .filter(audit::at.lt(at).or(audit::seq.lt(seq))),
                Order::OldestFirst => query
                    .filter(audit::at.ge(at))
                    .filter(audit::at.gt(at).or(audit::seq.gt(seq))),
            };
        }
        match $order {
            Order::NewestFirst => query.order((audit::at.desc(), audit::seq.desc())),
            Order::OldestFirst => query.order((audit::at.asc(), audit::seq.asc())),
        }
        .limit($limit)
    }};
}

impl Tx {
    fn place_of(&mut self, seq: u64) -> Result<Option<Place>, StorageFault> {
        let seq = number(seq);
        let at: Option<i64> = on!(&mut self.conn, |c| audit::table
            .find(seq)
            .select(audit::at)
            .first(c)
            .optional())?;
        Ok(at.map(|at| (at, seq)))
    }

    fn numbers(
        &mut self,
        filter: &AuditFilter,
        events: Events,
        place: Option<Place>,
        order: Order,
        limit: i64,
    ) -> Result<Vec<i64>, StorageFault> {
        match &mut self.conn {
            Conn::Sqlite(conn) => numbers!(filter, events, place, order, limit).load(conn),
            Conn::Postgres(conn) => numbers!(filter, events, place, order, limit).load(conn),
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

    /// The records of these numbers, by time and number.
    fn of_numbers(
        &mut self,
        numbers: &[i64],
        order: Order,
        limit: usize,
    ) -> Result<Vec<AuditRecord>, StorageFault> {
        let rows: Vec<AuditRow> = on!(&mut self.conn, |c| audit::table
            .filter(audit::seq.eq_any(numbers))
            .select(AuditRow::as_select())
            .load(c))?;
        let mut records: Vec<_> = rows.into_iter().map(AuditRecord::from).collect();
        records.sort_by_key(|record| (record.at, record.seq));
        if order == Order::NewestFirst {
            records.reverse();
        }
        records.truncate(limit);
        Ok(records)
    }
}

/// Whether something is looked for of which a long trail holds little.
fn has_something_rarer(filter: &AuditFilter) -> bool {
    let texts = [
        &filter.actor,
        &filter.subject,
        &filter.client,
        &filter.session,
        &filter.correlation_id,
        &filter.kid,
    ];
    texts.iter().any(|text| text.is_some()) || filter.address.is_some()
}

/// As a pattern of LIKE. SQLite's does not tell upper from lower case; names of events have lower case only.
fn like(event: &EventPattern) -> String {
    let (name, rest) = match event {
        EventPattern::Exactly(name) => (name, ""),
        EventPattern::Beginning(beginning) => (beginning, "%"),
    };
    name.replace('_', "\\_") + rest
}

fn number(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

impl AuditTrail for Tx {
    fn audit_records(
        &mut self,
        filter: &AuditFilter,
        after: Option<u64>,
        order: Order,
        limit: u32,
    ) -> Result<Vec<AuditRecord>, StorageFault> {
        let place = match after {
            None => None,
            Some(seq) => match self.place_of(seq)? {
                None => return Ok(Vec::new()),
                place => place,
            },
        };
        let events = match &filter.event {
            None => vec![Events::All],
            Some(event) if has_something_rarer(filter) => vec![Events::Like(like(event))],
            Some(EventPattern::Exactly(name)) => vec![Events::Of(name.clone())],
            // The newest of each kind, and of those the newest.
            Some(EventPattern::Beginning(beginning)) => {
                self.event_names(beginning)?.into_iter().map(Events::Of).collect()
            }
        };
        let mut found = Vec::new();
        for events in events {
            found.extend(self.numbers(filter, events, place, order, i64::from(limit))?);
        }
        self.of_numbers(&found, order, limit as usize)
    }

    fn audit_chain(&mut self, after: u64, limit: u32) -> Result<Vec<AuditRecord>, StorageFault> {
        let rows: Vec<AuditRow> = on!(&mut self.conn, |c| audit::table
            .filter(audit::seq.gt(number(after)))
            .order(audit::seq)
            .limit(i64::from(limit))
            .select(AuditRow::as_select())
            .load(c))?;
        Ok(rows.into_iter().map(AuditRecord::from).collect())
    }

    fn newest_audit_record(&mut self) -> Result<Option<AuditRecord>, StorageFault> {
        let row: Option<AuditRow> = on!(&mut self.conn, |c| audit::table
            .order(audit::seq.desc())
            .select(AuditRow::as_select())
            .first(c)
            .optional())?;
        Ok(row.map(AuditRecord::from))
    }

    fn checkpoints(&mut self, after: u64, limit: u32) -> Result<Vec<Checkpoint>, StorageFault> {
        let rows: Vec<CheckpointRow> = on!(&mut self.conn, |c| audit_checkpoints::table
            .filter(audit_checkpoints::seq.gt(number(after)))
            .order(audit_checkpoints::seq)
            .limit(i64::from(limit))
            .select(CheckpointRow::as_select())
            .load(c))?;
        rows.into_iter().map(Checkpoint::try_from).collect()
    }

    fn newest_checkpoint(&mut self) -> Result<Option<Checkpoint>, StorageFault> {
        let row: Option<CheckpointRow> = on!(&mut self.conn, |c| audit_checkpoints::table
            .order(audit_checkpoints::seq.desc())
            .select(CheckpointRow::as_select())
            .first(c)
            .optional())?;
        row.map(Checkpoint::try_from).transpose()
    }

    fn insert_checkpoint(&mut self, checkpoint: &Checkpoint) -> Result<(), StorageFault> {
        let row = CheckpointRow::from(checkpoint);
        on!(&mut self.conn, |c| diesel::insert_into(audit_checkpoints::table)
            .values(&row)
            .execute(c))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use diesel::sqlite::{Sqlite, SqliteConnection};
    use diesel::{QueryableByName, debug_query, sql_query, sql_types::Text};
    use kernel::Timestamp;
    use tempfile::TempDir;

    use super::*;
    use crate::database::{Database, OpenMode};

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = Text)]
        detail: String,
    }

    /// How SQLite goes about it.
    fn plan(query: &str, events: Events, place: Option<Place>) -> Vec<String> {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("signet.db");
        drop(Database::open(&format!("sqlite://{}", path.display()), OpenMode::Create).unwrap());
        let mut conn = SqliteConnection::establish(&path.display().to_string()).unwrap();
        let filter = AuditFilter::from_query(query, NOW).unwrap();
        let numbers = numbers!(&filter, events, place, Order::NewestFirst, 50);
        let text = debug_query::<Sqlite, _>(&numbers).to_string();
        let sql = text.split(" -- binds").next().unwrap();
        let steps: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {sql}"))
            .load(&mut conn)
            .unwrap();
        steps.into_iter().map(|step| step.detail).collect()
    }

    #[test]
    fn every_filter_alone_is_one_search_of_an_index_in_its_order() {
        let cases = [
            ("since=24h", Events::All, "audit_by_time"),
            ("until=24h", Events::All, "audit_by_time"),
            ("actor=a", Events::All, "audit_by_actor"),
            ("subject=s", Events::All, "audit_by_subject"),
            ("client=c", Events::All, "audit_by_client"),
            ("", Events::Of("user.login".into()), "audit_by_event"),
            ("outcome=refused", Events::All, "audit_refused"),
            ("address=192.0.2.7", Events::All, "audit_by_address"),
            ("session=s", Events::All, "audit_by_session"),
            ("correlation_id=c", Events::All, "audit_by_correlation"),
            ("kid=k", Events::All, "audit_by_subject"),
        ];
        for (query, events, index) in cases {
            for place in [None, Some((7, 7))] {
                let steps = plan(query, events.clone(), place);
                let [step] = &steps[..] else {
                    panic!("{query}: {steps:?}");
                };
                assert!(step.contains(index), "{query}: {step}");
            }
        }
    }

    #[test]
    fn what_is_rarer_is_searched_for_and_the_event_only_judged() {
        for (query, index) in [
            ("actor=a", "audit_by_actor"),
            ("session=s", "audit_by_session"),
            ("address=192.0.2.7", "audit_by_address"),
        ] {
            let steps = plan(query, Events::Like("user.login".into()), None);
            let [step] = &steps[..] else {
                panic!("{query}: {steps:?}");
            };
            assert!(step.contains(index), "{query}: {step}");
        }
    }

    #[test]
    fn everything_is_read_from_the_end_and_a_network_is_a_range() {
        let steps = plan("", Events::All, None);
        assert!(
            steps[0].contains("audit_by_time") && steps.len() == 1,
            "{steps:?}"
        );
        let steps = plan("address=10.0.0.0%2F8", Events::All, None);
        assert!(steps[0].contains("COVERING INDEX audit_by_address"), "{steps:?}");
    }
}
