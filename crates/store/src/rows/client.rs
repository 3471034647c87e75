//! Row of `clients`.

use admin::directory::terms;
use diesel::prelude::*;
use kernel::{StorageFault, Timestamp};
use token::Client;

use crate::column::{columns, to_json};
use crate::tables::clients;

/// See [`Client`].
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = clients, primary_key(client_id))]
#[diesel(treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ClientRow {
    pub client_id: String,
    pub secret_digest: Option<Vec<u8>>,
    pub metadata: String,
    pub policy: String,
    pub enabled: bool,
    pub created_at: i64,
    pub updated_at: i64,
    /// By what lists are sorted; this and what follows is made from the rest, never read back.
    pub name_key: String,
    pub public: bool,
    pub first_party: bool,
}

impl TryFrom<&Client> for ClientRow {
    type Error = StorageFault;
    fn try_from(client: &Client) -> Result<Self, StorageFault> {
        Ok(Self {
            client_id: client.client_id.clone(),
            secret_digest: client.secret.as_ref().map(|digest| digest.as_bytes().to_vec()),
            metadata: to_json("clients", &client.metadata)?,
            policy: to_json("clients", &client.policy)?,
            enabled: client.enabled,
            created_at: client.created_at.as_millis(),
            updated_at: client.updated_at.as_millis(),
            name_key: terms::client_key(&client.client_id, &client.metadata),
            public: client.is_public(),
            first_party: client.policy.first_party,
        })
    }
}

impl TryFrom<ClientRow> for Client {
    type Error = StorageFault;
    fn try_from(row: ClientRow) -> Result<Self, StorageFault> {
        let at = columns("clients", &row.client_id);
        Ok(Self {
            secret: row
                .secret_digest
                .map(|bytes| at("secret_digest").digest(&bytes))
                .transpose()?,
            metadata: at("metadata").json(&row.metadata)?,
            policy: at("policy").json(&row.policy)?,
            enabled: row.enabled,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            client_id: row.client_id.clone(),
        })
    }
}
