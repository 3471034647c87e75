//! Grants, their codes and their refresh tokens.

use diesel::prelude::*;
use identity::ports::Found;
use kernel::id::GrantId;
use kernel::secret::{AuthorizationCode, RefreshToken};
use kernel::{Digest, StorageFault, Timestamp};
use token::grant::{RefreshRow, Spent};
use token::{Grant, Grants};

use super::found;
use crate::conn::on;
use crate::rows::grant::GrantRow;
use crate::rows::refresh::RefreshTokenRow;
use crate::tables::{grants, refresh_tokens};
use crate::tx::Tx;

impl Grants for Tx {
    fn insert_grant(&mut self, grant: &Grant) -> Result<(), StorageFault> {
        let row = GrantRow::try_from(grant)?;
        on!(&mut self.conn, |c| diesel::insert_into(grants::table)
            .values(&row)
            .execute(c))?;
        Ok(())
    }

    fn grant(&mut self, id: GrantId) -> Result<Option<Grant>, StorageFault> {
        let id = id.to_string();
        let row: Option<GrantRow> = on!(&mut self.conn, |c| grants::table
            .find(&id)
            .select(GrantRow::as_select())
            .first(c)
            .optional())?;
        row.map(Grant::try_from).transpose()
    }

    fn grant_by_code(&mut self, code: &Digest<AuthorizationCode>) -> Result<Option<Grant>, StorageFault> {
        let row: Option<GrantRow> = on!(&mut self.conn, |c| grants::table
            .filter(grants::code_digest.eq(code.as_bytes().as_slice()))
            .select(GrantRow::as_select())
            .first(c)
            .optional())?;
        row.map(Grant::try_from).transpose()
    }

    fn redeem_code(&mut self, grant: GrantId, at: Timestamp) -> Result<Found, StorageFault> {
        let id = grant.to_string();
        let changed = on!(&mut self.conn, |c| diesel::update(
            grants::table.find(&id).filter(grants::code_redeemed_at.is_null())
        )
        .set(grants::code_redeemed_at.eq(at.as_millis()))
        .execute(c))?;
        Ok(found(changed))
    }

    fn revoke_grant(&mut self, grant: GrantId, at: Timestamp) -> Result<Found, StorageFault> {
        let id = grant.to_string();
        let changed = on!(&mut self.conn, |c| diesel::update(
            grants::table.find(&id).filter(grants::revoked_at.is_null())
        )
        .set(grants::revoked_at.eq(at.as_millis()))
        .execute(c))?;
        Ok(found(changed))
    }

    fn insert_refresh_token(&mut self, token: &RefreshRow) -> Result<(), StorageFault> {
        let row = RefreshTokenRow::from(token);
        on!(&mut self.conn, |c| diesel::insert_into(refresh_tokens::table)
            .values(&row)
            .execute(c))?;
        Ok(())
    }

    fn refresh_token(&mut self, token: &Digest<RefreshToken>) -> Result<Option<RefreshRow>, StorageFault> {
        let row: Option<RefreshTokenRow> = on!(&mut self.conn, |c| refresh_tokens::table
            .find(token.as_bytes().as_slice())
            .select(RefreshTokenRow::as_select())
            .first(c)
            .optional())?;
        row.map(RefreshRow::try_from).transpose()
    }

    fn spend_refresh_token(
        &mut self,
        token: &Digest<RefreshToken>,
        spent: &Spent,
    ) -> Result<Found, StorageFault> {
        let news = (
            refresh_tokens::spent_at.eq(spent.at.as_millis()),
            refresh_tokens::sealed_successor.eq(spent.sealed_successor.as_deref()),
        );
        let unspent = refresh_tokens::table
            .find(token.as_bytes().as_slice())
            .filter(refresh_tokens::spent_at.is_null());
        let changed = on!(&mut self.conn, |c| diesel::update(unspent).set(news).execute(c))?;
        Ok(found(changed))
    }

    fn erase_successors(&mut self, grant: GrantId, below_generation: u32) -> Result<(), StorageFault> {
        let grant = grant.to_string();
        let older = refresh_tokens::table
            .filter(refresh_tokens::grant_id.eq(&grant))
            .filter(refresh_tokens::generation.lt(i64::from(below_generation)))
            .filter(refresh_tokens::sealed_successor.is_not_null());
        on!(&mut self.conn, |c| diesel::update(older)
            .set(refresh_tokens::sealed_successor.eq(None::<Vec<u8>>))
            .execute(c))?;
        Ok(())
    }
}
