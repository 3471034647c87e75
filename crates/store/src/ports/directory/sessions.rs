//! Sessions in order, always the latest first: one person's, one client's, those of an address or a network, all.

use std::collections::HashMap;

use admin::directory::cursor::{Seen, collect};
use admin::directory::ports::{Ended, Order, SessionQuery};
use admin::directory::{Cursor, LOOKED_AT, Page};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use kernel::id::Sid;
use kernel::{StorageFault, Timestamp};
use session::Session;

use super::{LAST, beyond, rows};
use crate::column::columns;
use crate::conn::on;
use crate::rows::session::SessionRow;
use crate::tables::{session_clients, sessions};
use crate::tx::Tx;

impl Tx {
    pub(super) fn list_sessions(
        &mut self,
        query: &SessionQuery,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Session>, StorageFault> {
        let most = LOOKED_AT.max(limit as usize);
        collect(after, limit, most, |after, count| {
            let found = match query {
                SessionQuery { user: Some(user), .. } => {
                    self.sessions_by_person(&user.to_string(), query, after, count)?
                }
                SessionQuery {
                    addresses: Some(keys),
                    ..
                } => self.sessions_by_address(keys, after, count)?,
                SessionQuery {
                    client_id: Some(client),
                    ..
                } => self.sessions_by_client(client, after, count)?,
                SessionQuery {
                    order: Order::Begun, ..
                } => self.sessions_by_begin(query, after, count)?,
                SessionQuery {
                    order: Order::LastUsed,
                    ..
                } => self.sessions_by_use(query, after, count)?,
            };
            self.choose_sessions(found, query)
        })
    }

    pub(super) fn clients_of_each(&mut self, of: &[Sid]) -> Result<Vec<(Sid, String)>, StorageFault> {
        let rows = self.clients_of_rows(of.iter().map(Sid::to_string).collect())?;
        let read = |(sid, client): (String, String)| {
            Ok((columns("session_clients", &sid)("sid").parse(&sid)?, client))
        };
        rows.into_iter().map(read).collect()
    }

    /// Sessions and clients, both by id.
    fn clients_of_rows(&mut self, sids: Vec<String>) -> Result<Vec<(String, String)>, StorageFault> {
        on!(&mut self.conn, |c| session_clients::table
            .filter(session_clients::sid.eq_any(&sids))
            .order((session_clients::sid, session_clients::client_id))
            .select((session_clients::sid, session_clients::client_id))
            .load(c))
    }

    fn sessions_by_person(
        &mut self,
        user: &str,
        query: &SessionQuery,
        after: Option<&Cursor>,
        count: usize,
    ) -> Result<Vec<(Cursor, SessionRow)>, StorageFault> {
        let (at, sid) = place(after, query.begun_before);
        let found: Vec<SessionRow> = on!(&mut self.conn, |c| sessions::table
            .filter(sessions::user_id.eq(user))
            .filter(sessions::created_at.ge(least(query.begun_from)))
            .filter(beyond!("created_at, sid", "<", BigInt = at, Text = sid))
            .order((sessions::created_at.desc(), sessions::sid.desc()))
            .limit(rows(count))
            .select(SessionRow::as_select())
            .load(c))?;
        Ok(found.into_iter().map(begun).collect())
    }

    fn sessions_by_begin(
        &mut self,
        query: &SessionQuery,
        after: Option<&Cursor>,
        count: usize,
    ) -> Result<Vec<(Cursor, SessionRow)>, StorageFault> {
        let (at, sid) = place(after, query.begun_before);
        let found: Vec<SessionRow> = on!(&mut self.conn, |c| sessions::table
            .filter(sessions::created_at.ge(least(query.begun_from)))
            .filter(beyond!("created_at, sid", "<", BigInt = at, Text = sid))
            .order((sessions::created_at.desc(), sessions::sid.desc()))
            .limit(rows(count))
            .select(SessionRow::as_select())
            .load(c))?;
        Ok(found.into_iter().map(begun).collect())
    }

    fn sessions_by_use(
        &mut self,
        query: &SessionQuery,
        after: Option<&Cursor>,
        count: usize,
    ) -> Result<Vec<(Cursor, SessionRow)>, StorageFault> {
        let (at, sid) = place(after, query.seen_before);
        let found: Vec<SessionRow> = on!(&mut self.conn, |c| sessions::table
            .filter(sessions::last_seen_at.ge(least(query.seen_from)))
            .filter(beyond!("last_seen_at, sid", "<", BigInt = at, Text = sid))
            .order((sessions::last_seen_at.desc(), sessions::sid.desc()))
            .limit(rows(count))
            .select(SessionRow::as_select())
            .load(c))?;
        let used = |row: SessionRow| (numbered(row.last_seen_at, &row.sid), row);
        Ok(found.into_iter().map(used).collect())
    }

    fn sessions_by_address(
        &mut self,
        (first, last): &(String, String),
        after: Option<&Cursor>,
        count: usize,
    ) -> Result<Vec<(Cursor, SessionRow)>, StorageFault> {
        let (key, at, sid) = match after {
            Some(at) => (at.key.as_str().min(last), at.number, at.id.as_str()),
            None => (last.as_str(), i64::MAX, LAST),
        };
        let found: Vec<SessionRow> = on!(&mut self.conn, |c| sessions::table
            .filter(sessions::address_key.ge(first))
            .filter(beyond!(
                "address_key, created_at, sid",
                "<",
                Text = key,
                BigInt = at,
                Text = sid
            ))
            .order((
                sessions::address_key.desc(),
                sessions::created_at.desc(),
                sessions::sid.desc()
            ))
            .limit(rows(count))
            .select(SessionRow::as_select())
            .load(c))?;
        let from = |row: SessionRow| {
            let mut at = numbered(row.created_at, &row.sid);
            at.key = row.address_key.clone().unwrap_or_default();
            (at, row)
        };
        Ok(found.into_iter().map(from).collect())
    }

    fn sessions_by_client(
        &mut self,
        client_id: &str,
        after: Option<&Cursor>,
        count: usize,
    ) -> Result<Vec<(Cursor, SessionRow)>, StorageFault> {
        let (at, sid) = place(after, None);
        let uses: Vec<(i64, String)> = on!(&mut self.conn, |c| session_clients::table
            .filter(session_clients::client_id.eq(client_id))
            .filter(beyond!("used_at, sid", "<", BigInt = at, Text = sid))
            .order((session_clients::used_at.desc(), session_clients::sid.desc()))
            .limit(rows(count))
            .select((session_clients::used_at, session_clients::sid))
            .load(c))?;
        let sids: Vec<&String> = uses.iter().map(|(_, sid)| sid).collect();
        let found: Vec<SessionRow> = on!(&mut self.conn, |c| sessions::table
            .filter(sessions::sid.eq_any(&sids))
            .select(SessionRow::as_select())
            .load(c))?;
        let mut found: HashMap<String, SessionRow> =
            found.into_iter().map(|row| (row.sid.clone(), row)).collect();
        let used = |(at, sid): (i64, String)| Some((numbered(at, &sid), found.remove(&sid)?));
        Ok(uses.into_iter().filter_map(used).collect())
    }

    /// Of these the ones that are meant: what the index did not know is judged here.
    fn choose_sessions(
        &mut self,
        found: Vec<(Cursor, SessionRow)>,
        query: &SessionQuery,
    ) -> Result<Vec<Seen<Session>>, StorageFault> {
        let of_client = self.those_of_client(&found, query)?;
        let judge = |(at, row): (Cursor, SessionRow)| {
            let meant = admits(query, &row) && of_client.as_ref().is_none_or(|sids| sids.contains(&row.sid));
            let item = if meant {
                Some(Session::try_from(row)?)
            } else {
                None
            };
            Ok(Seen { at, item })
        };
        found.into_iter().map(judge).collect()
    }

    /// Which of these sessions a client was given a code in, where that is asked.
    fn those_of_client(
        &mut self,
        found: &[(Cursor, SessionRow)],
        query: &SessionQuery,
    ) -> Result<Option<Vec<String>>, StorageFault> {
        let Some(client_id) = &query.client_id else {
            return Ok(None);
        };
        // All clients of these sessions rather than all sessions of the client, which may be many.
        let mut sids = Vec::new();
        for (sid, own) in self.clients_of_rows(found.iter().map(|(_, row)| row.sid.clone()).collect())? {
            if own == *client_id {
                sids.push(sid);
            }
        }
        Ok(Some(sids))
    }
}

fn admits(query: &SessionQuery, row: &SessionRow) -> bool {
    let within = |from: Option<Timestamp>, before: Option<Timestamp>, at: i64| {
        from.is_none_or(|from| at >= from.as_millis()) && before.is_none_or(|before| at < before.as_millis())
    };
    within(query.begun_from, query.begun_before, row.created_at)
        && within(query.seen_from, query.seen_before, row.last_seen_at)
        && (query.ended == Ended::Included || row.ended_at.is_none())
        && query.addresses.as_ref().is_none_or(|(first, last)| {
            let key = row.address_key.as_ref();
            key.is_some_and(|key| first <= key && key <= last)
        })
}

/// Before which row to go on: behind the cursor, else at `before`, else at the latest there is.
fn place(after: Option<&Cursor>, before: Option<Timestamp>) -> (i64, &str) {
    let end = before.map_or((i64::MAX, LAST), |before| (before.as_millis(), ""));
    after.map_or(end, |at| (at.number, at.id.as_str()).min(end))
}

fn least(from: Option<Timestamp>) -> i64 {
    from.map_or(i64::MIN, Timestamp::as_millis)
}

fn numbered(number: i64, sid: &str) -> Cursor {
    Cursor {
        key: String::new(),
        number,
        id: sid.to_owned(),
    }
}

fn begun(row: SessionRow) -> (Cursor, SessionRow) {
    (numbered(row.created_at, &row.sid), row)
}
