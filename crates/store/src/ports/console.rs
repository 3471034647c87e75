//! Who is at the console.

use admin::ConsoleSessions;
use admin::console::ConsoleSession;
use diesel::prelude::*;
use identity::ports::Found;
use kernel::secret::ConsoleSecret;
use kernel::{Digest, StorageFault};

use super::found;
use crate::conn::on;
use crate::rows::console::ConsoleRow;
use crate::tables::console_sessions;
use crate::tx::Tx;

impl ConsoleSessions for Tx {
    fn insert_console_session(&mut self, session: &ConsoleSession) -> Result<(), StorageFault> {
        let row = ConsoleRow::from(session);
        on!(&mut self.conn, |c| diesel::insert_into(console_sessions::table)
            .values(&row)
            .execute(c))?;
        Ok(())
    }

    fn console_session(
        &mut self,
        secret: &Digest<ConsoleSecret>,
    ) -> Result<Option<ConsoleSession>, StorageFault> {
        let row: Option<ConsoleRow> = on!(&mut self.conn, |c| console_sessions::table
            .find(secret.as_bytes().as_slice())
            .select(ConsoleRow::as_select())
            .get_result(c)
            .optional())?;
        row.map(ConsoleSession::try_from).transpose()
    }

    fn delete_console_session(&mut self, secret: &Digest<ConsoleSecret>) -> Result<Found, StorageFault> {
        let own = console_sessions::table.find(secret.as_bytes().as_slice());
        let removed = on!(&mut self.conn, |c| diesel::delete(own).execute(c))?;
        Ok(found(removed))
    }
}
