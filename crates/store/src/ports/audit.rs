//! The audit trail: append only, each record chained to the one before it. Writers take turns on both databases, so the one
//! before is known.

use diesel::dsl::max;
use diesel::prelude::*;
use kernel::audit::{AuditRecord, Link};
use kernel::{Audit, AuditEvent, Source, StorageFault};

use crate::conn::on;
use crate::rows::audit::AuditRow;
use crate::tables::audit;
use crate::tx::Tx;

/// Records read at once when a chain begins behind records of a version that had none.
const CHUNK: i64 = 1000;

diesel::alias!(audit as others: Others);

impl Tx {
    /// Number and link behind the newest record.
    fn end_of_chain(&mut self) -> Result<(u64, Link), StorageFault> {
        // Not the first in descending order, for the reason `on!` gives: the `LIMIT` of a single value is not looked at.
        let last = others.select(max(others.field(audit::seq))).single_value();
        let newest: Option<(i64, Option<Vec<u8>>)> = on!(&mut self.conn, |c| audit::table
            .filter(audit::seq.nullable().eq(last))
            .select((audit::seq, audit::hash))
            .get_result(c)
            .optional())?;
        let Some((seq, hash)) = newest else {
            return Ok((0, Link::first()));
        };
        let link = match hash.as_deref().map(Link::stored) {
            Some(Some(link)) => link,
            // Somebody changed it. What comes now is recorded all the same, and whoever verifies will see where it broke.
            Some(None) => Link::first(),
            None => self.link_behind_unchained()?,
        };
        Ok((u64::try_from(seq).unwrap_or(0), link))
    }

    /// All records are from before there was a chain. Read once: the record that is written now has a link.
    fn link_behind_unchained(&mut self) -> Result<Link, StorageFault> {
        let (mut link, mut last) = (Link::first(), i64::MIN);
        loop {
            let rows: Vec<AuditRow> = on!(&mut self.conn, |c| audit::table
                .filter(audit::seq.gt(last))
                .order(audit::seq)
                .limit(CHUNK)
                .select(AuditRow::as_select())
                .load(c))?;
            let Some(end) = rows.last() else {
                return Ok(link);
            };
            last = end.seq;
            for row in rows {
                link = AuditRecord::from(row).link(&link);
            }
        }
    }
}

impl Audit for Tx {
    fn record(&mut self, event: AuditEvent) -> Result<(), StorageFault> {
        let (newest, previous) = self.end_of_chain()?;
        let mut record = AuditRecord::new(newest + 1, event, &self.source);
        record.hash = Some(record.link(&previous).0.to_vec());
        let row = AuditRow::from(record);
        on!(&mut self.conn, |c| diesel::insert_into(audit::table)
            .values(&row)
            .execute(c))?;
        Ok(())
    }

    fn come_from(&mut self, source: Source) {
        self.source = source;
    }
}
