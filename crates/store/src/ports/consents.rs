//! What people allowed, remembered.

use diesel::prelude::*;
use kernel::StorageFault;
use kernel::id::UserId;
use token::{Consent, Consents};

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
            .first(c)
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
}
