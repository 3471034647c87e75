//! Row of `interactions`: a document under its id, with an end.

use diesel::prelude::*;
use kernel::{StorageFault, Timestamp};
use token::authorize::interaction::Interaction;

use crate::column::{columns, to_json};
use crate::tables::interactions;

/// See [`Interaction`].
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = interactions)]
pub struct InteractionRow {
    pub id: String,
    pub body: String,
    pub expires_at: i64,
}

impl InteractionRow {
    /// With the end that the interaction itself does not know.
    pub fn new(interaction: &Interaction, expires_at: Timestamp) -> Result<Self, StorageFault> {
        Ok(Self {
            id: interaction.id.to_string(),
            body: to_json("interactions", interaction)?,
            expires_at: expires_at.as_millis(),
        })
    }
}

impl TryFrom<InteractionRow> for Interaction {
    type Error = StorageFault;
    fn try_from(row: InteractionRow) -> Result<Self, StorageFault> {
        let body = columns("interactions", &row.id)("body");
        let interaction: Interaction = body.json(&row.body)?;
        if interaction.id.to_string() != row.id {
            return Err(body.corrupt("the document belongs to another row"));
        }
        Ok(interaction)
    }
}
