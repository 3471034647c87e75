//! Logout notices waiting for delivery.

use diesel::prelude::*;
use kernel::id::NoticeId;
use kernel::{StorageFault, Timestamp};
use token::{LogoutNotice, LogoutNotices};

use crate::conn::{Conn, on, unavailable};
use crate::rows::notice::NoticeRow;
use crate::tables::logout_notices;
use crate::tx::Tx;

impl Tx {
    /// Notices that are due and that nobody else is leasing at this moment. SQLite has one writer anyway; on PostgreSQL
    /// rows another node has its hands on are passed over.
    fn due_notices(
        &mut self,
        now: Timestamp,
        limit: u32,
        busy: &[String],
    ) -> Result<Vec<NoticeRow>, StorageFault> {
        let due = logout_notices::table
            .filter(logout_notices::due_at.le(now.as_millis()))
            .filter(logout_notices::client_id.ne_all(busy))
            .order((logout_notices::due_at, logout_notices::id))
            .limit(i64::from(limit));
        match &mut self.conn {
            Conn::Sqlite(conn) => due.select(NoticeRow::as_select()).load(conn),
            Conn::Postgres(conn) => due
                .select(NoticeRow::as_select())
                .for_update()
                .skip_locked()
                .load(conn),
        }
        .map_err(unavailable)
    }
}

impl LogoutNotices for Tx {
    fn enqueue_notice(&mut self, notice: &LogoutNotice) -> Result<(), StorageFault> {
        let row = NoticeRow::from(notice);
        on!(&mut self.conn, |c| diesel::insert_into(logout_notices::table)
            .values(&row)
            .execute(c))?;
        Ok(())
    }

    fn lease_notices(
        &mut self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
        busy: &[String],
    ) -> Result<Vec<LogoutNotice>, StorageFault> {
        let mut rows = self.due_notices(now, limit, busy)?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        let leased = logout_notices::table.filter(logout_notices::id.eq_any(&ids));
        on!(&mut self.conn, |c| diesel::update(leased)
            .set((
                logout_notices::due_at.eq(lease_until.as_millis()),
                logout_notices::attempts.eq(logout_notices::attempts + 1),
            ))
            .execute(c))?;
        for row in &mut rows {
            row.due_at = lease_until.as_millis();
            row.attempts += 1;
        }
        rows.into_iter().map(LogoutNotice::try_from).collect()
    }

    fn postpone_notice(&mut self, id: NoticeId, due_at: Timestamp) -> Result<(), StorageFault> {
        let id = id.to_string();
        on!(&mut self.conn, |c| diesel::update(
            logout_notices::table.find(&id)
        )
        .set(logout_notices::due_at.eq(due_at.as_millis()))
        .execute(c))?;
        Ok(())
    }

    fn finish_notice(&mut self, id: NoticeId) -> Result<(), StorageFault> {
        let id = id.to_string();
        on!(&mut self.conn, |c| diesel::delete(
            logout_notices::table.find(&id)
        )
        .execute(c))?;
        Ok(())
    }
}
