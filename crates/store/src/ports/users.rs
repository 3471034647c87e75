//! People and the names they sign in with.

use std::collections::{BTreeSet, HashMap};

use admin::directory::terms;
use diesel::prelude::*;
use identity::ports::{Found, Insert};
use identity::{LoginKey, User, Users};
use kernel::id::UserId;
use kernel::{Change, StorageFault};

use super::{found, is_possible};
use crate::column::columns;
use crate::conn::on;
use crate::rows::user::UserRow;
use crate::tables::{groups, logins, memberships, user_terms, users};
use crate::tx::Tx;

impl Users for Tx {
    fn insert_user(&mut self, user: &User) -> Result<Insert, StorageFault> {
        let row = UserRow::try_from(user)?;
        let changed = on!(&mut self.conn, |c| diesel::insert_into(users::table)
            .values(&row)
            .on_conflict_do_nothing()
            .execute(c))?;
        if changed == 0 {
            return Ok(Insert::Taken);
        }
        if !self.claim(&row.id, &login_keys(user))? {
            on!(&mut self.conn, |c| diesel::delete(users::table.find(&row.id))
                .execute(c))?;
            return Ok(Insert::Taken);
        }
        self.save_user_terms(user)?;
        self.tell(&Change::User(row.id))?;
        Ok(Insert::Done)
    }

    fn update_user(&mut self, user: &User) -> Result<Insert, StorageFault> {
        let row = UserRow::try_from(user)?;
        let wanted = login_keys(user);
        let held: BTreeSet<String> = on!(&mut self.conn, |c| logins::table
            .filter(logins::user_id.eq(&row.id))
            .select(logins::login_key)
            .load(c))?
        .into_iter()
        .collect();
        if !self.claim(&row.id, &(&wanted - &held))? {
            return Ok(Insert::Taken);
        }
        self.release(&row.id, &(&held - &wanted))?;
        on!(&mut self.conn, |c| diesel::update(users::table.find(&row.id))
            .set(&row)
            .execute(c))?;
        self.rename_member(&row.id, &row.name_key)?;
        self.save_user_terms(user)?;
        self.tell(&Change::User(row.id))?;
        Ok(Insert::Done)
    }

    fn delete_user(&mut self, id: UserId) -> Result<Found, StorageFault> {
        let id = id.to_string();
        let changed = on!(&mut self.conn, |c| diesel::delete(users::table.find(&id))
            .execute(c))?;
        if changed > 0 {
            self.tell(&Change::User(id))?;
        }
        Ok(found(changed))
    }

    fn user(&mut self, id: UserId) -> Result<Option<User>, StorageFault> {
        let id = id.to_string();
        let row: Option<UserRow> = on!(&mut self.conn, |c| users::table
            .find(&id)
            .select(UserRow::as_select())
            .get_result(c)
            .optional())?;
        row.map(|row| self.complete(row)).transpose()
    }

    fn user_by_login(&mut self, key: &LoginKey) -> Result<Option<User>, StorageFault> {
        if !is_possible(key.as_str()) {
            return Ok(None);
        }
        let row: Option<UserRow> = on!(&mut self.conn, |c| logins::table
            .find(key.as_str())
            .inner_join(users::table)
            .select(UserRow::as_select())
            .get_result(c)
            .optional())?;
        row.map(|row| self.complete(row)).transpose()
    }

    fn users(&mut self, after: Option<UserId>, limit: u32) -> Result<Vec<User>, StorageFault> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let rows: Vec<UserRow> = on!(&mut self.conn, |c| users::table
            .filter(users::id.gt(&after))
            .order(users::id)
            .limit(i64::from(limit))
            .select(UserRow::as_select())
            .load(c))?;
        let Some(last) = rows.last().map(|row| row.id.clone()) else {
            return Ok(Vec::new());
        };
        let memberships: Vec<(String, String, String)> = on!(&mut self.conn, |c| memberships::table
            .inner_join(groups::table)
            .filter(memberships::user_id.gt(&after))
            .filter(memberships::user_id.le(&last))
            .select((memberships::user_id, groups::name, groups::roles))
            .load(c))?;
        let mut by_user: HashMap<String, Vec<(String, String)>> = HashMap::new();
        for (user, group, roles) in memberships {
            by_user.entry(user).or_default().push((group, roles));
        }
        let join = |row: UserRow| {
            let groups = by_user.remove(&row.id).unwrap_or_default();
            with_groups(User::try_from(row)?, groups)
        };
        rows.into_iter().map(join).collect()
    }
}

impl Tx {
    /// The person with the groups they are in.
    fn complete(&mut self, row: UserRow) -> Result<User, StorageFault> {
        let groups: Vec<(String, String)> = on!(&mut self.conn, |c| memberships::table
            .inner_join(groups::table)
            .filter(memberships::user_id.eq(&row.id))
            .select((groups::name, groups::roles))
            .load(c))?;
        with_groups(User::try_from(row)?, groups)
    }

    /// Writes down what has changed of the words somebody is found by.
    fn save_user_terms(&mut self, user: &User) -> Result<(), StorageFault> {
        let id = user.id.to_string();
        let wanted = terms::of_person(&user.username, user.email.as_deref(), &user.profile);
        let own = user_terms::table.filter(user_terms::user_id.eq(&id));
        let held: BTreeSet<String> = on!(&mut self.conn, |c| own.select(user_terms::term).load(c))?
            .into_iter()
            .collect();
        let gone: Vec<&String> = held.difference(&wanted).collect();
        if !gone.is_empty() {
            let gone = own.filter(user_terms::term.eq_any(gone));
            on!(&mut self.conn, |c| diesel::delete(gone).execute(c))?;
        }
        for term in wanted.difference(&held) {
            let row = (user_terms::user_id.eq(&id), user_terms::term.eq(term));
            on!(&mut self.conn, |c| diesel::insert_into(user_terms::table)
                .values(row)
                .execute(c))?;
        }
        Ok(())
    }

    /// Members of a group are listed by name, so the name stands there too.
    fn rename_member(&mut self, user: &str, name_key: &str) -> Result<(), StorageFault> {
        let other = memberships::table
            .filter(memberships::user_id.eq(user))
            .filter(memberships::name_key.ne(name_key));
        on!(&mut self.conn, |c| diesel::update(other)
            .set(memberships::name_key.eq(name_key))
            .execute(c))?;
        Ok(())
    }

    /// Takes names for somebody: all of them, or none where one is another's.
    fn claim(&mut self, user: &str, names: &BTreeSet<String>) -> Result<bool, StorageFault> {
        let mut claimed = BTreeSet::new();
        for name in names {
            let row = (logins::login_key.eq(name), logins::user_id.eq(user));
            let changed = on!(&mut self.conn, |c| diesel::insert_into(logins::table)
                .values(row)
                .on_conflict_do_nothing()
                .execute(c))?;
            if changed == 0 {
                self.release(user, &claimed)?;
                return Ok(false);
            }
            claimed.insert(name.clone());
        }
        Ok(true)
    }

    /// Gives names back.
    fn release(&mut self, user: &str, names: &BTreeSet<String>) -> Result<(), StorageFault> {
        for name in names {
            let own = logins::table.find(name).filter(logins::user_id.eq(user));
            on!(&mut self.conn, |c| diesel::delete(own).execute(c))?;
        }
        Ok(())
    }
}

/// The normal forms somebody is found by. Name and address may be the same one.
fn login_keys(user: &User) -> BTreeSet<String> {
    let names = [Some(user.username.as_str()), user.email.as_deref()];
    names
        .into_iter()
        .flatten()
        .map(|name| LoginKey::of(name).as_str().to_owned())
        .collect()
}

/// Fills in what comes with groups; `groups` are names and roles.
pub(super) fn with_groups(mut user: User, groups: Vec<(String, String)>) -> Result<User, StorageFault> {
    for (name, roles) in groups {
        let roles: Vec<String> = columns("groups", &name)("roles").json(&roles)?;
        user.group_roles.extend(roles);
        user.groups.push(name);
    }
    user.groups.sort();
    user.group_roles.sort();
    user.group_roles.dedup();
    Ok(user)
}
