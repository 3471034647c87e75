//! What people allowed, remembered.

use diesel::prelude::*;
use identity::ports::Found;
use kernel::StorageFault;
use kernel::id::UserId;
use token::{Consent, Consents};

use super::found;
use crate::conn::on;
use crate::rows::consent::ConsentRow;
use crate::tables::consents;
use crate::tx::Tx;

impl Consents for Tx {
    fn consent(&mut self, user: UserId, client_id: &str) -> Result<Option<Consent>, StorageFault> {
        let user = user.to_string();
        let row: Option<ConsentRow> = on!(&mut self.conn, |c| consents::table
            .find((&user, client_id))
            .select(ConsentRow::as_select())
            .get_result(c)
            .optional())?;
        row.map(Consent::try_from).transpose()
    }

    fn save_consent(&mut self, consent: &Consent) -> Result<(), StorageFault> {
        let row = ConsentRow::try_from(consent)?;
        on!(&mut self.conn, |c| diesel::insert_into(consents::table)
            .values(&row)
            .on_conflict((consents::user_id, consents::client_id))
            .do_update()
            .set(&row)
            .execute(c))?;
        Ok(())
    }

    fn consents_of_user(&mut self, user: UserId) -> Result<Vec<Consent>, StorageFault> {
        let user = user.to_string();
        let rows: Vec<ConsentRow> = on!(&mut self.conn, |c| consents::table
            .filter(consents::user_id.eq(&user))
            .order(consents::client_id)
            .select(ConsentRow::as_select())
            .load(c))?;
        rows.into_iter().map(Consent::try_from).collect()
    }

    fn delete_consent(&mut self, user: UserId, client_id: &str) -> Result<Found, StorageFault> {
        let user = user.to_string();
        let changed = on!(&mut self.conn, |c| diesel::delete(
            consents::table.find((&user, client_id))
        )
        .execute(c))?;
        Ok(found(changed))
    }
}
