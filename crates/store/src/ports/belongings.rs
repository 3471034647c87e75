//! What goes with a client when it is removed, where that may be hundreds of thousands of rows: grants with their refresh
//! tokens, consents, its part in sessions, notices. A server gives a statement seconds, so these go in parts before the
//! client's own row does; the little that is left goes with that.

use diesel::prelude::*;
use kernel::StorageFault;

use crate::conn::{Conn, on};
use crate::tables::{consents, grants, logout_notices, refresh_tokens, session_clients};

/// Whether a client has more than `limit` of one kind.
pub fn are_many(conn: &mut Conn, client_id: &str, limit: u32) -> Result<bool, StorageFault> {
    let limit = i64::from(limit);
    macro_rules! one_more {
        ($table:ident, $key:ident) => {{
            let one: Option<String> = on!(&mut *conn, |c| $table::table
                .filter($table::client_id.eq(client_id))
                .offset(limit)
                .limit(1)
                .select($table::$key)
                .first(c)
                .optional())?;
            one.is_some()
        }};
    }
    if one_more!(grants, id)
        || one_more!(consents, user_id)
        || one_more!(session_clients, sid)
        || one_more!(logout_notices, id)
    {
        return Ok(true);
    }
    // A grant that was used for months has a thousand refresh tokens. By now there are few grants to look under.
    let token: Option<String> = on!(&mut *conn, |c| refresh_tokens::table
        .inner_join(grants::table.on(refresh_tokens::grant_id.eq(grants::id)))
        .filter(grants::client_id.eq(client_id))
        .offset(limit)
        .limit(1)
        .select(refresh_tokens::grant_id)
        .first(c)
        .optional())?;
    Ok(token.is_some())
}

/// Removes up to `limit` of each kind.
pub fn remove_some(conn: &mut Conn, client_id: &str, limit: u32) -> Result<(), StorageFault> {
    let limit = i64::from(limit);
    remove_grants(conn, client_id, limit)?;
    macro_rules! remove {
        ($table:ident, $key:ident) => {
            let some: Vec<String> = on!(&mut *conn, |c| $table::table
                .filter($table::client_id.eq(client_id))
                .limit(limit)
                .select($table::$key)
                .load(c))?;
            let some = $table::table
                .filter($table::client_id.eq(client_id))
                .filter($table::$key.eq_any(some));
            on!(&mut *conn, |c| diesel::delete(some).execute(c))?;
        };
    }
    remove!(consents, user_id);
    remove!(session_clients, sid);
    remove!(logout_notices, id);
    Ok(())
}

/// Tokens first: while these are more than a few for each grant, no grant goes yet.
fn remove_grants(conn: &mut Conn, client_id: &str, limit: i64) -> Result<(), StorageFault> {
    let most = 5 * limit;
    let ids: Vec<String> = on!(&mut *conn, |c| grants::table
        .filter(grants::client_id.eq(client_id))
        .order(grants::id)
        .limit(limit)
        .select(grants::id)
        .load(c))?;
    let digests: Vec<Vec<u8>> = on!(&mut *conn, |c| refresh_tokens::table
        .filter(refresh_tokens::grant_id.eq_any(&ids))
        .limit(most)
        .select(refresh_tokens::digest)
        .load(c))?;
    let were_many = digests.len() as i64 == most;
    let tokens = refresh_tokens::table.filter(refresh_tokens::digest.eq_any(digests));
    on!(&mut *conn, |c| diesel::delete(tokens).execute(c))?;
    if !were_many {
        let own = grants::table.filter(grants::id.eq_any(ids));
        on!(&mut *conn, |c| diesel::delete(own).execute(c))?;
    }
    Ok(())
}
