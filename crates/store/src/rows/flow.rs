//! Row of `flows`.

use diesel::prelude::*;
use kernel::{StorageFault, Timestamp};
use token::flow::Flow;

use crate::column::{columns, to_json};
use crate::tables::flows;

/// See [`Flow`]. What lists and groups need stands in columns as well as in the body.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = flows)]
pub struct FlowRow {
    pub id: String,
    pub at: i64,
    pub endpoint: String,
    pub status: i64,
    pub client_id: Option<String>,
    pub user_id: Option<String>,
    pub error: String,
    pub foreign_uri: Option<String>,
    pub body: String,
}

impl TryFrom<&Flow> for FlowRow {
    type Error = StorageFault;
    fn try_from(flow: &Flow) -> Result<Self, StorageFault> {
        let refused = &flow.refused;
        Ok(Self {
            id: flow.id.clone(),
            at: flow.at.as_millis(),
            endpoint: flow.endpoint.clone(),
            status: i64::from(flow.status),
            client_id: refused.client_id.clone(),
            user_id: refused.user.map(|user| user.to_string()),
            error: refused.error.clone(),
            foreign_uri: refused.foreign_uri.clone(),
            body: to_json("flows", refused)?,
        })
    }
}

impl TryFrom<FlowRow> for Flow {
    type Error = StorageFault;
    fn try_from(row: FlowRow) -> Result<Self, StorageFault> {
        let at = columns("flows", &row.id);
        let status = u16::try_from(row.status).map_err(|error| at("status").corrupt(error))?;
        let refused = at("body").json(&row.body)?;
        let (endpoint, id) = (row.endpoint.clone(), row.id.clone());
        Ok(Self {
            at: Timestamp::from_millis(row.at),
            endpoint,
            status,
            refused,
            id,
        })
    }
}
