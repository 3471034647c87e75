//! Looking through the audit trail. A page follows an index that has what is looked for in the order of time, and judges record
//! by record what that index does not know, no more than so many, so that it costs the same in a long trail as in a short one.

mod thread;

use std::collections::HashMap;

use admin::audit::{AuditFilter, AuditPage, AuditTrail, Order};
use admin::directory::Cursor;
use admin::directory::cursor::{Seen, collect};
use diesel::prelude::*;
use kernel::audit::AuditRecord;
use kernel::{StorageFault, Timestamp};
use token::Checkpoint;

use self::thread::Part;
use crate::conn::on;
use crate::rows::audit::{AuditRow, CheckpointRow};
use crate::tables::{audit, audit_checkpoints};
use crate::tx::Tx;

/// The moment and the number of a record.
type Place = (i64, i64);

/// How many records one page looks at before it is handed over as it is.
const LOOKED_AT: usize = 5_000;

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

    /// The records at these places, in the same order.
    fn records_at(&mut self, places: &[Place]) -> Result<Vec<AuditRecord>, StorageFault> {
        let numbers: Vec<i64> = places.iter().map(|(_, seq)| *seq).collect();
        let rows: Vec<AuditRow> = on!(&mut self.conn, |c| audit::table
            .filter(audit::seq.eq_any(&numbers))
            .select(AuditRow::as_select())
            .load(c))?;
        let mut rows: HashMap<i64, AuditRow> = rows.into_iter().map(|row| (row.seq, row)).collect();
        let found = numbers.iter().filter_map(|seq| rows.remove(seq));
        Ok(found.map(AuditRecord::from).collect())
    }
}

fn number(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// Behind this record.
fn cursor((at, seq): Place) -> Cursor {
    Cursor {
        key: String::new(),
        number: at,
        id: seq.to_string(),
    }
}

fn place(cursor: &Cursor) -> Place {
    (cursor.number, cursor.id.parse().unwrap_or(0))
}

impl AuditTrail for Tx {
    fn audit_records(
        &mut self,
        filter: &AuditFilter,
        after: Option<u64>,
        order: Order,
        limit: u32,
    ) -> Result<AuditPage, StorageFault> {
        let behind = match after {
            None => None,
            Some(seq) => match self.place_of(seq)? {
                None => return Ok(AuditPage::default()),
                place => place,
            },
        };
        let mut part = Part {
            since: filter.since.map(Timestamp::as_millis),
            until: filter.until.map(Timestamp::as_millis),
            behind,
            order,
        };
        let thread = self.thread(filter, &part)?;
        let begin = behind.map(cursor);
        let most = LOOKED_AT.max(limit as usize);
        let page = collect(begin.as_ref(), limit, most, |after, count| {
            part.behind = after.map(place);
            let places = self.along(&thread, &part, count)?;
            let seen = self.records_at(&places)?.into_iter().map(|record| Seen {
                at: cursor((record.at, number(record.seq))),
                item: Some(record).filter(|record| filter.fits(record)),
            });
            Ok(seen.collect())
        })?;
        Ok(AuditPage {
            records: page.items,
            next: page.next.and_then(|at| at.id.parse().ok()),
        })
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
