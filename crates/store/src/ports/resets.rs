//! Links that set a new password.

use diesel::prelude::*;
use identity::ports::Found;
use identity::{PasswordReset, PasswordResets};
use kernel::id::UserId;
use kernel::secret::ResetToken;
use kernel::{Digest, StorageFault, Timestamp};

use super::found;
use crate::conn::on;
use crate::rows::reset::ResetRow;
use crate::tables::password_resets;
use crate::tx::Tx;

impl PasswordResets for Tx {
    fn insert_reset(&mut self, reset: &PasswordReset) -> Result<(), StorageFault> {
        let row = ResetRow::from(reset);
        on!(&mut self.conn, |c| diesel::insert_into(password_resets::table)
            .values(&row)
            .execute(c))?;
        Ok(())
    }

    fn reset(&mut self, token: &Digest<ResetToken>) -> Result<Option<PasswordReset>, StorageFault> {
        let row: Option<ResetRow> = on!(&mut self.conn, |c| password_resets::table
            .find(token.as_bytes().as_slice())
            .select(ResetRow::as_select())
            .get_result(c)
            .optional())?;
        row.map(PasswordReset::try_from).transpose()
    }

    fn spend_reset(&mut self, token: &Digest<ResetToken>, at: Timestamp) -> Result<Found, StorageFault> {
        let unspent = password_resets::table
            .find(token.as_bytes().as_slice())
            .filter(password_resets::spent_at.is_null());
        let changed = on!(&mut self.conn, |c| diesel::update(unspent)
            .set(password_resets::spent_at.eq(at.as_millis()))
            .execute(c))?;
        Ok(found(changed))
    }

    fn void_resets(&mut self, user: UserId, at: Timestamp) -> Result<(), StorageFault> {
        let user = user.to_string();
        let unspent = password_resets::table
            .filter(password_resets::user_id.eq(&user))
            .filter(password_resets::spent_at.is_null());
        on!(&mut self.conn, |c| diesel::update(unspent)
            .set(password_resets::spent_at.eq(at.as_millis()))
            .execute(c))?;
        Ok(())
    }
}
