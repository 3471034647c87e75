//! Requests on their way through the pages.

use diesel::prelude::*;
use identity::ports::Found;
use kernel::id::InteractionId;
use kernel::{StorageFault, Timestamp};
use token::Interactions;
use token::authorize::interaction::Interaction;

use super::found;
use crate::conn::on;
use crate::rows::interaction::InteractionRow;
use crate::tables::interactions;
use crate::tx::Tx;

impl Interactions for Tx {
    fn save_interaction(
        &mut self,
        interaction: &Interaction,
        expires_at: Timestamp,
    ) -> Result<(), StorageFault> {
        let row = InteractionRow::new(interaction, expires_at)?;
        on!(&mut self.conn, |c| diesel::insert_into(interactions::table)
            .values(&row)
            .on_conflict(interactions::id)
            .do_update()
            .set(&row)
            .execute(c))?;
        Ok(())
    }

    fn interaction(
        &mut self,
        id: InteractionId,
        now: Timestamp,
    ) -> Result<Option<Interaction>, StorageFault> {
        let id = id.to_string();
        let row: Option<InteractionRow> = on!(&mut self.conn, |c| interactions::table
            .find(&id)
            .filter(interactions::expires_at.gt(now.as_millis()))
            .select(InteractionRow::as_select())
            .get_result(c)
            .optional())?;
        row.map(Interaction::try_from).transpose()
    }

    fn finish_interaction(&mut self, id: InteractionId) -> Result<Found, StorageFault> {
        let id = id.to_string();
        let changed = on!(&mut self.conn, |c| diesel::delete(interactions::table.find(&id))
            .execute(c))?;
        Ok(found(changed))
    }
}
