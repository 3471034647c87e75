//! Grants, their codes and their refresh tokens.

use diesel::dsl::{exists, max, select};
use diesel::prelude::*;
use identity::ports::Found;
use kernel::id::{GrantId, Sid, UserId};
use kernel::secret::{AuthorizationCode, RefreshToken};
use kernel::{Digest, StorageFault, Timestamp};
use token::grant::{RefreshRow, Spent};
use token::{Grant, Grants};

use super::found;
use crate::column::columns;
use crate::conn::on;
use crate::rows::grant::GrantRow;
use crate::rows::refresh::RefreshTokenRow;
use crate::tables::{grants, refresh_tokens, session_clients};
use crate::tx::Tx;

/// Spent refresh tokens of a grant that are kept, so that using one again is known for theft. Older ones are unknown, and refused
/// as such: a client that refreshes every second must not fill the disk for months.
const KEPT_GENERATIONS: i64 = 1_000;

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
            .get_result(c)
            .optional())?;
        row.map(Grant::try_from).transpose()
    }

    fn grant_by_code(&mut self, code: &Digest<AuthorizationCode>) -> Result<Option<Grant>, StorageFault> {
        let row: Option<GrantRow> = on!(&mut self.conn, |c| grants::table
            .filter(grants::code_digest.eq(code.as_bytes().as_slice()))
            .select(GrantRow::as_select())
            .get_result(c)
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
            .get_result(c)
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

    fn renew_refresh_token(
        &mut self,
        token: &Digest<RefreshToken>,
        at: Timestamp,
    ) -> Result<Found, StorageFault> {
        let unspent = refresh_tokens::table
            .find(token.as_bytes().as_slice())
            .filter(refresh_tokens::spent_at.is_null());
        let changed = on!(&mut self.conn, |c| diesel::update(unspent)
            .set(refresh_tokens::issued_at.eq(at.as_millis()))
            .execute(c))?;
        Ok(found(changed))
    }

    fn erase_successors(&mut self, grant: GrantId, below_generation: u32) -> Result<(), StorageFault> {
        // Every rotation erases what is older than itself, so only the latest few can hold anything. Without this bound each
        // refresh would look through the whole family, which grows for months.
        const LATEST: i64 = 16;
        let (grant, below) = (grant.to_string(), i64::from(below_generation));
        let older = refresh_tokens::table
            .filter(refresh_tokens::grant_id.eq(&grant))
            .filter(refresh_tokens::generation.lt(below))
            .filter(refresh_tokens::generation.ge(below - LATEST))
            .filter(refresh_tokens::sealed_successor.is_not_null());
        on!(&mut self.conn, |c| diesel::update(older)
            .set(refresh_tokens::sealed_successor.eq(None::<Vec<u8>>))
            .execute(c))?;
        if below <= KEPT_GENERATIONS {
            return Ok(());
        }
        let long_ago = refresh_tokens::table
            .filter(refresh_tokens::grant_id.eq(&grant))
            .filter(refresh_tokens::generation.lt(below - KEPT_GENERATIONS));
        on!(&mut self.conn, |c| diesel::delete(long_ago).execute(c))?;
        Ok(())
    }

    fn grants_of_session(&mut self, sid: Sid) -> Result<Vec<Grant>, StorageFault> {
        let sid = sid.to_string();
        let rows: Vec<GrantRow> = on!(&mut self.conn, |c| grants::table
            .filter(grants::sid.eq(&sid))
            .order((grants::created_at, grants::id))
            .select(GrantRow::as_select())
            .load(c))?;
        rows.into_iter().map(Grant::try_from).collect()
    }

    fn grants_of_user(&mut self, user: UserId, client_id: Option<&str>) -> Result<Vec<Grant>, StorageFault> {
        let user = user.to_string();
        let own = grants::table
            .filter(grants::user_id.eq(&user))
            .filter(grants::revoked_at.is_null())
            .order((grants::created_at.desc(), grants::id.desc()));
        let rows: Vec<GrantRow> = match client_id {
            Some(client) => {
                let own = own.filter(grants::client_id.eq(client));
                on!(&mut self.conn, |c| own.select(GrantRow::as_select()).load(c))?
            }
            None => on!(&mut self.conn, |c| own.select(GrantRow::as_select()).load(c))?,
        };
        rows.into_iter().map(Grant::try_from).collect()
    }

    fn last_refreshes(&mut self, user: UserId) -> Result<Vec<(GrantId, Timestamp)>, StorageFault> {
        let user = user.to_string();
        let own = grants::table
            .inner_join(refresh_tokens::table.on(refresh_tokens::grant_id.eq(grants::id)))
            .filter(grants::user_id.eq(&user))
            .filter(grants::revoked_at.is_null())
            .group_by(grants::id)
            .select((grants::id, max(refresh_tokens::issued_at)));
        let rows: Vec<(String, Option<i64>)> = on!(&mut self.conn, |c| own.load(c))?;
        let known = rows.into_iter().filter_map(|(id, at)| Some((id, at?)));
        known
            .map(|(id, at)| {
                Ok((
                    columns("refresh_tokens", &id)("grant_id").parse(&id)?,
                    Timestamp::from_millis(at),
                ))
            })
            .collect()
    }

    fn revoke_grants_of_client(
        &mut self,
        client_id: &str,
        after: Option<GrantId>,
        limit: u32,
        at: Timestamp,
    ) -> Result<Option<GrantId>, StorageFault> {
        // No id is empty, and "g" is beyond every UUID.
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let last: Option<String> = on!(&mut self.conn, |c| grants::table
            .filter(grants::client_id.eq(client_id))
            .filter(grants::id.gt(&after))
            .order(grants::id)
            .offset(i64::from(limit) - 1)
            .limit(1)
            .select(grants::id)
            .first(c)
            .optional())?;
        let open = grants::table
            .filter(grants::client_id.eq(client_id))
            .filter(grants::id.gt(&after))
            .filter(grants::id.le(last.as_deref().unwrap_or("g")))
            .filter(grants::revoked_at.is_null());
        on!(&mut self.conn, |c| diesel::update(open)
            .set(grants::revoked_at.eq(at.as_millis()))
            .execute(c))?;
        last.map(|id| columns("grants", &id)("id").parse(&id)).transpose()
    }

    fn has_open_grant(&mut self, client_id: &str) -> Result<bool, StorageFault> {
        let open = grants::table
            .filter(grants::client_id.eq(client_id))
            .filter(grants::revoked_at.is_null());
        on!(&mut self.conn, |c| select(exists(open)).get_result(c))
    }

    fn note_client_of_session(
        &mut self,
        sid: Sid,
        client_id: &str,
        at: Timestamp,
    ) -> Result<(), StorageFault> {
        let sid = sid.to_string();
        let row = (
            session_clients::sid.eq(&sid),
            session_clients::client_id.eq(client_id),
            session_clients::used_at.eq(at.as_millis()),
        );
        on!(&mut self.conn, |c| diesel::insert_into(session_clients::table)
            .values(row)
            .on_conflict((session_clients::sid, session_clients::client_id))
            .do_update()
            .set(session_clients::used_at.eq(at.as_millis()))
            .execute(c))?;
        Ok(())
    }

    fn clients_of_session(&mut self, sid: Sid) -> Result<Vec<String>, StorageFault> {
        let sid = sid.to_string();
        on!(&mut self.conn, |c| session_clients::table
            .filter(session_clients::sid.eq(&sid))
            .order(session_clients::client_id)
            .select(session_clients::client_id)
            .load(c))
    }

    fn last_session_with(&mut self, client_id: &str, among: &[Sid]) -> Result<Option<Sid>, StorageFault> {
        let among: Vec<String> = among.iter().map(Sid::to_string).collect();
        let last: Option<String> = on!(&mut self.conn, |c| session_clients::table
            .filter(session_clients::sid.eq_any(&among))
            .filter(session_clients::client_id.eq(client_id))
            .order(session_clients::used_at.desc())
            .select(session_clients::sid)
            .first(c)
            .optional())?;
        last.map(|sid| columns("session_clients", &sid)("sid").parse(&sid))
            .transpose()
    }
}
