//! Grants, the newest first: their ids begin with their time (RFC 9562 5.7).

use admin::directory::cursor::{Seen, collect};
use admin::directory::ports::{Ended, GrantQuery};
use admin::directory::{Cursor, LOOKED_AT, Page};
use diesel::prelude::*;
use kernel::StorageFault;
use token::Grant;

use super::{LAST, rows};
use crate::conn::on;
use crate::rows::grant::GrantRow;
use crate::tables::grants;
use crate::tx::Tx;

impl Tx {
    pub(super) fn list_grants(
        &mut self,
        query: &GrantQuery,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Grant>, StorageFault> {
        let most = LOOKED_AT.max(limit as usize);
        collect(after, limit, most, |after, count| {
            let found = self.grants_behind(query, after.map_or(LAST, |at| &at.id), count)?;
            let judge = |row: GrantRow| {
                let at = Cursor {
                    id: row.id.clone(),
                    ..Cursor::default()
                };
                let item = if admits(query, &row) {
                    Some(Grant::try_from(row)?)
                } else {
                    None
                };
                Ok(Seen { at, item })
            };
            found.into_iter().map(judge).collect()
        })
    }

    fn grants_behind(
        &mut self,
        query: &GrantQuery,
        id: &str,
        count: usize,
    ) -> Result<Vec<GrantRow>, StorageFault> {
        let behind = grants::table
            .filter(grants::id.lt(id))
            .order(grants::id.desc())
            .limit(rows(count));
        match (&query.user, &query.client_id) {
            (Some(user), _) => {
                let own = behind.filter(grants::user_id.eq(user.to_string()));
                on!(&mut self.conn, |c| own.select(GrantRow::as_select()).load(c))
            }
            (None, Some(client_id)) => {
                let own = behind.filter(grants::client_id.eq(client_id));
                on!(&mut self.conn, |c| own.select(GrantRow::as_select()).load(c))
            }
            (None, None) => on!(&mut self.conn, |c| behind.select(GrantRow::as_select()).load(c)),
        }
    }
}

fn admits(query: &GrantQuery, row: &GrantRow) -> bool {
    let mut client = query.client_id.iter();
    client.all(|client| *client == row.client_id)
        && (query.ended == Ended::Included || row.revoked_at.is_none())
        && query
            .made_before
            .is_none_or(|before| row.created_at < before.as_millis())
}
