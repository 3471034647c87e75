//! Row of `groups`.

use diesel::prelude::*;
use identity::Group;
use kernel::{StorageFault, Timestamp};

use crate::column::{columns, to_json};
use crate::tables::groups;

/// See [`Group`].
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = groups, treat_none_as_default_value = false)]
pub struct GroupRow {
    pub name: String,
    pub description: Option<String>,
    pub roles: String,
    pub created_at: i64,
}

impl TryFrom<&Group> for GroupRow {
    type Error = StorageFault;
    fn try_from(group: &Group) -> Result<Self, StorageFault> {
        Ok(Self {
            name: group.name.clone(),
            description: group.description.clone(),
            roles: to_json("groups", &group.roles)?,
            created_at: group.created_at.as_millis(),
        })
    }
}

impl TryFrom<GroupRow> for Group {
    type Error = StorageFault;
    fn try_from(row: GroupRow) -> Result<Self, StorageFault> {
        let roles = columns("groups", &row.name)("roles").json(&row.roles)?;
        Ok(Self {
            roles,
            name: row.name,
            description: row.description,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}
