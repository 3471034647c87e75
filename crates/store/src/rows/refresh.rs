//! Row of `refresh_tokens`.

use diesel::prelude::*;
use kernel::{StorageFault, Timestamp};
use token::grant::{RefreshRow, Spent};

use crate::column::columns;
use crate::tables::refresh_tokens;

/// See [`RefreshRow`], the word the token crate has for it.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = refresh_tokens, treat_none_as_default_value = false)]
pub struct RefreshTokenRow {
    pub digest: Vec<u8>,
    pub grant_id: String,
    pub generation: i64,
    pub issued_at: i64,
    pub spent_at: Option<i64>,
    pub sealed_successor: Option<Vec<u8>>,
}

impl From<&RefreshRow> for RefreshTokenRow {
    fn from(token: &RefreshRow) -> Self {
        Self {
            digest: token.digest.as_bytes().to_vec(),
            grant_id: token.grant.to_string(),
            generation: i64::from(token.generation),
            issued_at: token.issued_at.as_millis(),
            spent_at: token.spent.as_ref().map(|spent| spent.at.as_millis()),
            sealed_successor: token
                .spent
                .as_ref()
                .and_then(|spent| spent.sealed_successor.clone()),
        }
    }
}

impl TryFrom<RefreshTokenRow> for RefreshRow {
    type Error = StorageFault;
    fn try_from(row: RefreshTokenRow) -> Result<Self, StorageFault> {
        // The digest is as good as a name for the row, but the grant's id is what an operator can look up.
        let id = format!("generation {} of grant {}", row.generation, row.grant_id);
        let at = columns("refresh_tokens", &id);
        if row.spent_at.is_none() && row.sealed_successor.is_some() {
            return Err(at("sealed_successor").corrupt("a token that was not spent has no successor"));
        }
        Ok(Self {
            digest: at("digest").digest(&row.digest)?,
            grant: at("grant_id").parse(&row.grant_id)?,
            generation: at("generation").count(row.generation)?,
            issued_at: Timestamp::from_millis(row.issued_at),
            spent: row.spent_at.map(|spent| Spent {
                at: Timestamp::from_millis(spent),
                sealed_successor: row.sealed_successor,
            }),
        })
    }
}
