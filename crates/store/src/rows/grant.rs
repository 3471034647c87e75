//! Row of `grants`.

use diesel::prelude::*;
use kernel::{StorageFault, Timestamp};
use token::Grant;

use crate::column::{columns, to_json};
use crate::tables::grants;

/// See [`Grant`].
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = grants, treat_none_as_default_value = false)]
pub struct GrantRow {
    pub id: String,
    pub client_id: String,
    pub user_id: String,
    pub sid: String,
    pub scope: String,
    pub resources: String,
    pub auth_at: i64,
    pub amr: String,
    pub nonce: Option<String>,
    pub redirect_uri: String,
    pub pkce: Option<String>,
    pub code_digest: Vec<u8>,
    pub code_expires_at: i64,
    pub code_redeemed_at: Option<i64>,
    pub revoked_at: Option<i64>,
    pub created_at: i64,
    pub claims: String,
}

impl TryFrom<&Grant> for GrantRow {
    type Error = StorageFault;
    fn try_from(grant: &Grant) -> Result<Self, StorageFault> {
        Ok(Self {
            id: grant.id.to_string(),
            client_id: grant.client_id.clone(),
            user_id: grant.user.to_string(),
            sid: grant.sid.to_string(),
            scope: grant.scope.to_string(),
            resources: to_json("grants", &grant.resources)?,
            auth_at: grant.authentication.at.as_millis(),
            amr: to_json("grants", &grant.authentication.methods)?,
            nonce: grant.nonce.clone(),
            redirect_uri: grant.redirect_uri.clone(),
            pkce: grant.pkce.clone(),
            code_digest: grant.code.as_bytes().to_vec(),
            code_expires_at: grant.code_expires_at.as_millis(),
            code_redeemed_at: grant.code_redeemed_at.map(Timestamp::as_millis),
            revoked_at: grant.revoked_at.map(Timestamp::as_millis),
            created_at: grant.created_at.as_millis(),
            claims: to_json("grants", &grant.claims)?,
        })
    }
}

impl TryFrom<GrantRow> for Grant {
    type Error = StorageFault;
    fn try_from(row: GrantRow) -> Result<Self, StorageFault> {
        let at = columns("grants", &row.id);
        Ok(Self {
            id: at("id").parse(&row.id)?,
            user: at("user_id").parse(&row.user_id)?,
            sid: at("sid").parse(&row.sid)?,
            scope: at("scope").scope(&row.scope)?,
            resources: at("resources").json(&row.resources)?,
            claims: at("claims").json(&row.claims)?,
            authentication: at("amr").authentication(row.auth_at, &row.amr)?,
            code: at("code_digest").digest(&row.code_digest)?,
            code_expires_at: Timestamp::from_millis(row.code_expires_at),
            code_redeemed_at: row.code_redeemed_at.map(Timestamp::from_millis),
            revoked_at: row.revoked_at.map(Timestamp::from_millis),
            created_at: Timestamp::from_millis(row.created_at),
            client_id: row.client_id,
            nonce: row.nonce,
            redirect_uri: row.redirect_uri,
            pkce: row.pkce,
        })
    }
}
