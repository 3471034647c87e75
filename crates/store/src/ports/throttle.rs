//! Counters that forget.

use std::time::Duration;

use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel::upsert::excluded;
use identity::Throttle;
use kernel::{StorageFault, Timestamp};

use crate::conn::on;
use crate::tables::throttles;
use crate::tx::Tx;

impl Throttle for Tx {
    fn bump(&mut self, key: &str, window: Duration, now: Timestamp) -> Result<u32, StorageFault> {
        let row = (
            throttles::key.eq(key),
            throttles::count.eq(1),
            throttles::until.eq(now.plus(window).as_millis()),
        );
        let open = throttles::until.gt(now.as_millis());
        let counted: i64 = on!(&mut self.conn, |c| diesel::insert_into(throttles::table)
            .values(row)
            .on_conflict(throttles::key)
            .do_update()
            .set((
                throttles::count.eq(case_when(open, throttles::count + 1).otherwise(1_i64)),
                throttles::until.eq(case_when(open, throttles::until).otherwise(excluded(throttles::until))),
            ))
            .returning(throttles::count)
            .get_result(c))?;
        Ok(u32::try_from(counted).unwrap_or(u32::MAX))
    }

    fn forgive(&mut self, key: &str) -> Result<(), StorageFault> {
        let counted = throttles::table.find(key).filter(throttles::count.gt(0));
        on!(&mut self.conn, |c| diesel::update(counted)
            .set(throttles::count.eq(throttles::count - 1))
            .execute(c))?;
        Ok(())
    }

    fn reset(&mut self, key: &str) -> Result<(), StorageFault> {
        on!(&mut self.conn, |c| diesel::delete(throttles::table.find(key))
            .execute(c))?;
        Ok(())
    }
}
