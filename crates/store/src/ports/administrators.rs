//! Who may manage Signet, and links that make the first of them.

use admin::{Administrator, Administrators, Role};
use diesel::prelude::*;
use identity::ports::Found;
use kernel::secret::SetupToken;
use kernel::{Digest, StorageFault, Timestamp};

use super::found;
use crate::column::columns;
use crate::conn::on;
use crate::tables::{administrators, setup_links};
use crate::tx::Tx;

const PERSON: &str = "user";
const CLIENT: &str = "client";

/// The key of somebody's rows.
fn key(who: &Administrator) -> (&'static str, String) {
    match who {
        Administrator::Person(id) => (PERSON, id.to_string()),
        Administrator::Client(id) => (CLIENT, id.clone()),
    }
}

fn read(kind: &str, id: String) -> Result<Administrator, StorageFault> {
    match kind {
        PERSON => columns("administrators", &id)("id")
            .parse(&id)
            .map(Administrator::Person),
        CLIENT => Ok(Administrator::Client(id)),
        other => Err(columns("administrators", &id)("kind").corrupt(other)),
    }
}

fn role(id: &str, text: &str) -> Result<Role, StorageFault> {
    columns("administrators", id)("role").parse(text)
}

impl Administrators for Tx {
    fn admin_roles(&mut self, who: &Administrator) -> Result<Vec<Role>, StorageFault> {
        let (kind, id) = key(who);
        let own = administrators::table
            .filter(administrators::kind.eq(kind))
            .filter(administrators::id.eq(&id));
        let rows: Vec<String> = on!(&mut self.conn, |c| own.select(administrators::role).load(c))?;
        let mut roles = rows
            .iter()
            .map(|text| role(&id, text))
            .collect::<Result<Vec<_>, _>>()?;
        roles.sort();
        Ok(roles)
    }

    fn administrators(&mut self) -> Result<Vec<(Administrator, Vec<Role>)>, StorageFault> {
        let rows: Vec<(String, String, String)> = on!(&mut self.conn, |c| administrators::table
            .order((administrators::kind.desc(), administrators::id))
            .select((administrators::kind, administrators::id, administrators::role))
            .load(c))?;
        let mut all: Vec<(Administrator, Vec<Role>)> = Vec::new();
        for (kind, id, text) in rows {
            let role = role(&id, &text)?;
            let who = read(&kind, id)?;
            match all.last_mut() {
                Some((last, roles)) if *last == who => roles.push(role),
                _ => all.push((who, vec![role])),
            }
        }
        for (_, roles) in &mut all {
            roles.sort();
        }
        Ok(all)
    }

    fn set_admin_roles(
        &mut self,
        who: &Administrator,
        roles: &[Role],
        at: Timestamp,
    ) -> Result<(), StorageFault> {
        let (kind, id) = key(who);
        let own = administrators::table
            .filter(administrators::kind.eq(kind))
            .filter(administrators::id.eq(&id));
        on!(&mut self.conn, |c| diesel::delete(own).execute(c))?;
        for role in roles {
            let row = (
                administrators::kind.eq(kind),
                administrators::id.eq(&id),
                administrators::role.eq(role.as_str()),
                administrators::created_at.eq(at.as_millis()),
            );
            on!(&mut self.conn, |c| diesel::insert_into(administrators::table)
                .values(row)
                .execute(c))?;
        }
        Ok(())
    }

    fn insert_setup_link(
        &mut self,
        token: &Digest<SetupToken>,
        at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StorageFault> {
        let row = (
            setup_links::token_digest.eq(token.as_bytes().as_slice()),
            setup_links::created_at.eq(at.as_millis()),
            setup_links::expires_at.eq(expires_at.as_millis()),
        );
        on!(&mut self.conn, |c| diesel::insert_into(setup_links::table)
            .values(row)
            .execute(c))?;
        Ok(())
    }

    fn setup_link_is_good(
        &mut self,
        token: &Digest<SetupToken>,
        now: Timestamp,
    ) -> Result<bool, StorageFault> {
        let good = setup_links::table
            .find(token.as_bytes().as_slice())
            .filter(setup_links::spent_at.is_null())
            .filter(setup_links::expires_at.gt(now.as_millis()));
        let count: i64 = on!(&mut self.conn, |c| good.count().get_result(c))?;
        Ok(count > 0)
    }

    fn spend_setup_link(
        &mut self,
        token: &Digest<SetupToken>,
        now: Timestamp,
    ) -> Result<Found, StorageFault> {
        let good = setup_links::table
            .find(token.as_bytes().as_slice())
            .filter(setup_links::spent_at.is_null())
            .filter(setup_links::expires_at.gt(now.as_millis()));
        let changed = on!(&mut self.conn, |c| diesel::update(good)
            .set(setup_links::spent_at.eq(now.as_millis()))
            .execute(c))?;
        Ok(found(changed))
    }

    fn void_setup_links(&mut self, now: Timestamp) -> Result<(), StorageFault> {
        let unspent = setup_links::table.filter(setup_links::spent_at.is_null());
        on!(&mut self.conn, |c| diesel::update(unspent)
            .set(setup_links::spent_at.eq(now.as_millis()))
            .execute(c))?;
        Ok(())
    }
}
