//! The audit trail: append only.

use diesel::prelude::*;
use kernel::{Audit, AuditEvent, StorageFault};

use crate::conn::on;
use crate::rows::audit::AuditRow;
use crate::tables::audit;
use crate::tx::Tx;

impl Audit for Tx {
    fn record(&mut self, event: AuditEvent) -> Result<(), StorageFault> {
        let row = AuditRow::from(event);
        on!(&mut self.conn, |c| diesel::insert_into(audit::table)
            .values(&row)
            .execute(c))?;
        Ok(())
    }
}
