//! Groups and who is in them. A change of membership is a change of the person.

use diesel::prelude::*;
use diesel::sql_types::Text;
use identity::ports::{Found, Insert};
use identity::{Group, Groups};
use kernel::id::UserId;
use kernel::{Change, StorageFault};

use super::{found, inserted, is_possible};
use crate::column::columns;
use crate::conn::on;
use crate::rows::group::GroupRow;
use crate::tables::{changes, groups, memberships, users};
use crate::tx::Tx;

impl Tx {
    /// News of every member of the group, in one statement.
    fn tell_of_members(&mut self, group: &str) -> Result<(), StorageFault> {
        let members = memberships::table
            .filter(memberships::group_name.eq(group))
            .select(("user".into_sql::<Text>(), memberships::user_id));
        let users: Vec<String> = on!(&mut self.conn, |c| diesel::insert_into(changes::table)
            .values(members)
            .into_columns((changes::kind, changes::id))
            .returning(changes::id)
            .get_results(c))?;
        self.told.changes.extend(users.into_iter().map(Change::User));
        Ok(())
    }
}

impl Groups for Tx {
    fn insert_group(&mut self, group: &Group) -> Result<Insert, StorageFault> {
        let row = GroupRow::try_from(group)?;
        let changed = on!(&mut self.conn, |c| diesel::insert_into(groups::table)
            .values(&row)
            .on_conflict_do_nothing()
            .execute(c))?;
        Ok(inserted(changed))
    }

    fn delete_group(&mut self, name: &str) -> Result<Found, StorageFault> {
        self.tell_of_members(name)?;
        let changed = on!(&mut self.conn, |c| diesel::delete(groups::table.find(name))
            .execute(c))?;
        Ok(found(changed))
    }

    fn group(&mut self, name: &str) -> Result<Option<Group>, StorageFault> {
        if !is_possible(name) {
            return Ok(None);
        }
        let row: Option<GroupRow> = on!(&mut self.conn, |c| groups::table
            .find(name)
            .select(GroupRow::as_select())
            .get_result(c)
            .optional())?;
        row.map(Group::try_from).transpose()
    }

    fn groups(&mut self) -> Result<Vec<Group>, StorageFault> {
        let rows: Vec<GroupRow> = on!(&mut self.conn, |c| groups::table
            .order(groups::name)
            .select(GroupRow::as_select())
            .load(c))?;
        rows.into_iter().map(Group::try_from).collect()
    }

    fn add_member(&mut self, group: &str, user: UserId) -> Result<(), StorageFault> {
        let user = user.to_string();
        let name_key: Option<String> = on!(&mut self.conn, |c| users::table
            .find(&user)
            .select(users::name_key)
            .get_result(c)
            .optional())?;
        let row = (
            memberships::group_name.eq(group),
            memberships::user_id.eq(&user),
            memberships::name_key.eq(name_key.unwrap_or_default()),
        );
        let changed = on!(&mut self.conn, |c| diesel::insert_into(memberships::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(c))?;
        if changed > 0 {
            self.tell(&Change::User(user))
        } else {
            Ok(())
        }
    }

    fn remove_member(&mut self, group: &str, user: UserId) -> Result<Found, StorageFault> {
        let user = user.to_string();
        let changed = on!(&mut self.conn, |c| diesel::delete(
            memberships::table.find((group, &user))
        )
        .execute(c))?;
        if changed > 0 {
            self.tell(&Change::User(user))?;
        }
        Ok(found(changed))
    }

    fn members(
        &mut self,
        group: &str,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<UserId>, StorageFault> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let ids: Vec<String> = on!(&mut self.conn, |c| memberships::table
            .filter(memberships::group_name.eq(group))
            .filter(memberships::user_id.gt(&after))
            .order(memberships::user_id)
            .limit(i64::from(limit))
            .select(memberships::user_id)
            .load(c))?;
        ids.iter()
            .map(|id| columns("memberships", group)("user_id").parse(id))
            .collect()
    }
}
