//! Browsers and the sessions signed in at them.

use diesel::prelude::*;
use identity::ports::Found;
use kernel::id::{BrowserId, Sid, UserId};
use kernel::secret::BrowserSecret;
use kernel::{Digest, StorageFault, Timestamp};
use session::{Browser, Session, Sessions};

use super::found;
use crate::conn::on;
use crate::rows::session::{BrowserRow, SessionRow};
use crate::tables::{browsers, sessions};
use crate::tx::Tx;

impl Sessions for Tx {
    fn save_browser(&mut self, browser: &Browser) -> Result<(), StorageFault> {
        let row = BrowserRow::from(browser);
        on!(&mut self.conn, |c| diesel::insert_into(browsers::table)
            .values(&row)
            .on_conflict(browsers::id)
            .do_update()
            .set(browsers::secret_digest.eq(&row.secret_digest))
            .execute(c))?;
        Ok(())
    }

    fn browser(&mut self, secret: &Digest<BrowserSecret>) -> Result<Option<Browser>, StorageFault> {
        let row: Option<BrowserRow> = on!(&mut self.conn, |c| browsers::table
            .filter(browsers::secret_digest.eq(secret.as_bytes().as_slice()))
            .select(BrowserRow::as_select())
            .get_result(c)
            .optional())?;
        row.map(Browser::try_from).transpose()
    }

    fn sessions_of_browser(&mut self, browser: BrowserId) -> Result<Vec<Session>, StorageFault> {
        let browser = browser.to_string();
        let rows: Vec<SessionRow> = on!(&mut self.conn, |c| sessions::table
            .filter(sessions::browser_id.eq(&browser))
            .filter(sessions::ended_at.is_null())
            .order((sessions::created_at, sessions::sid))
            .select(SessionRow::as_select())
            .load(c))?;
        rows.into_iter().map(Session::try_from).collect()
    }

    fn save_session(&mut self, session: &Session) -> Result<(), StorageFault> {
        let row = SessionRow::try_from(session)?;
        on!(&mut self.conn, |c| diesel::insert_into(sessions::table)
            .values(&row)
            .on_conflict(sessions::sid)
            .do_update()
            .set(&row)
            .execute(c))?;
        Ok(())
    }

    fn session(&mut self, sid: Sid) -> Result<Option<Session>, StorageFault> {
        let sid = sid.to_string();
        let row: Option<SessionRow> = on!(&mut self.conn, |c| sessions::table
            .find(&sid)
            .select(SessionRow::as_select())
            .get_result(c)
            .optional())?;
        row.map(Session::try_from).transpose()
    }

    fn touch_session(&mut self, sid: Sid, at: Timestamp) -> Result<(), StorageFault> {
        let sid = sid.to_string();
        // Forward only: two requests of one browser may arrive in either order.
        let earlier = sessions::table
            .find(&sid)
            .filter(sessions::last_seen_at.lt(at.as_millis()));
        on!(&mut self.conn, |c| diesel::update(earlier)
            .set(sessions::last_seen_at.eq(at.as_millis()))
            .execute(c))?;
        Ok(())
    }

    fn end_session(&mut self, sid: Sid, at: Timestamp) -> Result<Found, StorageFault> {
        let sid = sid.to_string();
        let open = sessions::table.find(&sid).filter(sessions::ended_at.is_null());
        let changed = on!(&mut self.conn, |c| diesel::update(open)
            .set(sessions::ended_at.eq(at.as_millis()))
            .execute(c))?;
        Ok(found(changed))
    }

    fn sessions_of_user(&mut self, user: UserId) -> Result<Vec<Session>, StorageFault> {
        let user = user.to_string();
        let rows: Vec<SessionRow> = on!(&mut self.conn, |c| sessions::table
            .filter(sessions::user_id.eq(&user))
            .filter(sessions::ended_at.is_null())
            .order((sessions::created_at.desc(), sessions::sid))
            .select(SessionRow::as_select())
            .load(c))?;
        rows.into_iter().map(Session::try_from).collect()
    }

    fn sessions(&mut self, after: Option<Sid>, limit: u32) -> Result<Vec<Session>, StorageFault> {
        let after = after.map(|sid| sid.to_string()).unwrap_or_default();
        let rows: Vec<SessionRow> = on!(&mut self.conn, |c| sessions::table
            .filter(sessions::ended_at.is_null())
            .filter(sessions::sid.gt(&after))
            .order(sessions::sid)
            .limit(i64::from(limit))
            .select(SessionRow::as_select())
            .load(c))?;
        rows.into_iter().map(Session::try_from).collect()
    }
}
