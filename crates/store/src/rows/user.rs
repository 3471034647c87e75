//! Row of `users`. What a person has through groups is in other tables and filled in by the port.

use admin::directory::terms;
use diesel::prelude::*;
use identity::{PasswordHash, User, UserState};
use kernel::{StorageFault, Timestamp};

use crate::column::{columns, to_json};
use crate::tables::users;

/// See [`User`].
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = users, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct UserRow {
    pub id: String,
    pub username: String,
    pub email: Option<String>,
    pub email_verified: bool,
    pub profile: String,
    pub roles: String,
    pub attributes: String,
    pub state: String,
    pub password_hash: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
    /// By what lists are sorted; made from the name, never read back.
    pub name_key: String,
}

impl TryFrom<&User> for UserRow {
    type Error = StorageFault;
    fn try_from(user: &User) -> Result<Self, StorageFault> {
        Ok(Self {
            id: user.id.to_string(),
            username: user.username.clone(),
            email: user.email.clone(),
            email_verified: user.email_verified,
            profile: to_json("users", &user.profile)?,
            roles: to_json("users", &user.roles)?,
            attributes: to_json("users", &user.attributes)?,
            state: word(user.state).to_owned(),
            password_hash: user.password.as_ref().map(|hash| hash.as_str().to_owned()),
            created_at: user.created_at.as_millis(),
            updated_at: user.updated_at.as_millis(),
            name_key: terms::person_key(&user.username),
        })
    }
}

impl TryFrom<UserRow> for User {
    type Error = StorageFault;
    fn try_from(row: UserRow) -> Result<Self, StorageFault> {
        let at = columns("users", &row.id);
        Ok(Self {
            id: at("id").parse(&row.id)?,
            email_verified: row.email_verified,
            profile: at("profile").json(&row.profile)?,
            roles: at("roles").json(&row.roles)?,
            attributes: at("attributes").json(&row.attributes)?,
            groups: Vec::new(),
            group_roles: Vec::new(),
            state: match row.state.as_str() {
                "active" => UserState::Active,
                "locked" => UserState::Locked,
                other => return Err(at("state").corrupt(format_args!("`{other}` is not a state"))),
            },
            password: row.password_hash.map(PasswordHash::new),
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            username: row.username,
            email: row.email,
        })
    }
}

fn word(state: UserState) -> &'static str {
    match state {
        UserState::Active => "active",
        UserState::Locked => "locked",
    }
}
