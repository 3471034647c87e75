//! Row of `consents`.

use diesel::prelude::*;
use kernel::{StorageFault, Timestamp};
use token::Consent;

use crate::column::{columns, to_json};
use crate::tables::consents;

/// See [`Consent`].
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = consents, primary_key(user_id, client_id))]
pub struct ConsentRow {
    pub user_id: String,
    pub client_id: String,
    pub scope: String,
    pub resources: String,
    pub at: i64,
}

impl TryFrom<&Consent> for ConsentRow {
    type Error = StorageFault;
    fn try_from(consent: &Consent) -> Result<Self, StorageFault> {
        Ok(Self {
            user_id: consent.user.to_string(),
            client_id: consent.client_id.clone(),
            scope: consent.scope.to_string(),
            resources: to_json("consents", &consent.resources)?,
            at: consent.at.as_millis(),
        })
    }
}

impl TryFrom<ConsentRow> for Consent {
    type Error = StorageFault;
    fn try_from(row: ConsentRow) -> Result<Self, StorageFault> {
        let id = format!("{} and {}", row.user_id, row.client_id);
        let at = columns("consents", &id);
        Ok(Self {
            user: at("user_id").parse(&row.user_id)?,
            scope: at("scope").scope(&row.scope)?,
            resources: at("resources").json(&row.resources)?,
            at: Timestamp::from_millis(row.at),
            client_id: row.client_id,
        })
    }
}
