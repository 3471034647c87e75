//! Rows of `clients` and `client_secrets`.

use admin::directory::terms;
use diesel::prelude::*;
use kernel::{StorageFault, Timestamp};
use token::Client;
use token::client::{SecretId, Secrets, StoredSecret};

use crate::column::{columns, to_json};
use crate::tables::{client_secrets, clients};

/// See [`Client`].
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = clients, primary_key(client_id))]
#[diesel(treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ClientRow {
    pub client_id: String,
    pub metadata: String,
    pub policy: String,
    pub enabled: bool,
    pub created_at: i64,
    pub updated_at: i64,
    /// By what lists are sorted; this and what follows is made from the rest, never read back.
    pub name_key: String,
    pub public: bool,
    pub first_party: bool,
    pub id_token_alg: String,
    pub access_token_alg: String,
}

impl TryFrom<&Client> for ClientRow {
    type Error = StorageFault;
    fn try_from(client: &Client) -> Result<Self, StorageFault> {
        Ok(Self {
            client_id: client.client_id.clone(),
            metadata: to_json("clients", &client.metadata)?,
            policy: to_json("clients", &client.policy)?,
            enabled: client.enabled,
            created_at: client.created_at.as_millis(),
            updated_at: client.updated_at.as_millis(),
            name_key: terms::client_key(&client.client_id, &client.metadata),
            public: client.is_public(),
            first_party: client.policy.first_party,
            id_token_alg: client.id_token_alg().as_str().to_owned(),
            access_token_alg: client.access_token_alg().as_str().to_owned(),
        })
    }
}

impl ClientRow {
    /// The client with its secrets.
    pub fn with(self, secrets: Vec<SecretRow>) -> Result<Client, StorageFault> {
        let at = columns("clients", &self.client_id);
        let secrets: Vec<StoredSecret> = secrets
            .into_iter()
            .map(StoredSecret::try_from)
            .collect::<Result<_, _>>()?;
        Ok(Client {
            secrets: Secrets::of(secrets),
            metadata: at("metadata").json(&self.metadata)?,
            policy: at("policy").json(&self.policy)?,
            enabled: self.enabled,
            created_at: Timestamp::from_millis(self.created_at),
            updated_at: Timestamp::from_millis(self.updated_at),
            client_id: self.client_id.clone(),
        })
    }
}

/// See [`StoredSecret`].
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = client_secrets, treat_none_as_default_value = false)]
pub struct SecretRow {
    pub client_id: String,
    pub id: String,
    pub digest: Vec<u8>,
    pub created_at: i64,
    pub expires_at: Option<i64>,
    pub last_used_at: Option<i64>,
}

impl SecretRow {
    /// A secret of this client.
    pub fn new(client_id: &str, secret: &StoredSecret) -> Self {
        Self {
            client_id: client_id.to_owned(),
            id: secret.id.to_string(),
            digest: secret.digest.as_bytes().to_vec(),
            created_at: secret.created_at.as_millis(),
            expires_at: secret.expires_at.map(Timestamp::as_millis),
            last_used_at: secret.last_used_at.map(Timestamp::as_millis),
        }
    }
}

impl TryFrom<SecretRow> for StoredSecret {
    type Error = StorageFault;
    fn try_from(row: SecretRow) -> Result<Self, StorageFault> {
        Ok(Self {
            digest: columns("client_secrets", &row.client_id)("digest").digest(&row.digest)?,
            id: SecretId::from_text(row.id),
            created_at: Timestamp::from_millis(row.created_at),
            expires_at: row.expires_at.map(Timestamp::from_millis),
            last_used_at: row.last_used_at.map(Timestamp::from_millis),
        })
    }
}
