//! Row of `keys`.

use diesel::prelude::*;
use kernel::{StorageFault, Timestamp};
use token::keys::{KeyState, StoredKey};

use crate::column::columns;
use crate::tables::keys;

/// See [`StoredKey`].
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = keys, primary_key(kid), treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct KeyRow {
    pub kid: String,
    pub alg: String,
    pub state: String,
    pub public_jwk: String,
    pub sealed_private: Option<Vec<u8>>,
    pub published_at: i64,
    pub activated_at: Option<i64>,
    pub leaves_jwks_at: Option<i64>,
}

impl From<&StoredKey> for KeyRow {
    fn from(key: &StoredKey) -> Self {
        Self {
            kid: key.kid.clone(),
            alg: key.alg.as_str().to_owned(),
            state: key.state.as_str().to_owned(),
            public_jwk: key.public_jwk.clone(),
            sealed_private: key.sealed_private.clone(),
            published_at: key.published_at.as_millis(),
            activated_at: key.activated_at.map(Timestamp::as_millis),
            leaves_jwks_at: key.leaves_jwks_at.map(Timestamp::as_millis),
        }
    }
}

impl TryFrom<KeyRow> for StoredKey {
    type Error = StorageFault;
    fn try_from(row: KeyRow) -> Result<Self, StorageFault> {
        let at = columns("keys", &row.kid);
        let state = KeyState::ALL
            .into_iter()
            .find(|state| state.as_str() == row.state);
        Ok(Self {
            alg: at("alg").parse(&row.alg)?,
            state: state
                .ok_or_else(|| at("state").corrupt(format_args!("`{}` is not a state", row.state)))?,
            published_at: Timestamp::from_millis(row.published_at),
            activated_at: row.activated_at.map(Timestamp::from_millis),
            leaves_jwks_at: row.leaves_jwks_at.map(Timestamp::from_millis),
            public_jwk: row.public_jwk,
            sealed_private: row.sealed_private,
            kid: row.kid.clone(),
        })
    }
}
