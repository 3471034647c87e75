//! Answers of the management API that a retry gets again.

use admin::answers::{KeptAnswer, KeptAnswers};
use diesel::prelude::*;
use identity::ports::Insert;
use kernel::digest::base64url;
use kernel::{StorageFault, Timestamp};

use super::inserted;
use crate::column::columns;
use crate::conn::on;
use crate::tables::kept_answers;
use crate::tx::Tx;

impl KeptAnswers for Tx {
    fn kept_answer(&mut self, key: &[u8; 32], since: Timestamp) -> Result<Option<KeptAnswer>, StorageFault> {
        let own = kept_answers::table
            .find(key.as_slice())
            .filter(kept_answers::at.gt(since.as_millis()));
        let row: Option<(Vec<u8>, Vec<u8>, i64)> = on!(&mut self.conn, |c| own
            .select((kept_answers::asked_digest, kept_answers::sealed, kept_answers::at))
            .first(c)
            .optional())?;
        let Some((asked, sealed, at)) = row else {
            return Ok(None);
        };
        let asked = <[u8; 32]>::try_from(asked.as_slice()).map_err(|_| {
            columns("kept_answers", &base64url(key))("asked_digest")
                .corrupt(format_args!("{} bytes", asked.len()))
        })?;
        Ok(Some(KeptAnswer {
            key: *key,
            asked,
            sealed,
            at: Timestamp::from_millis(at),
        }))
    }

    fn keep_answer(&mut self, answer: &KeptAnswer, since: Timestamp) -> Result<Insert, StorageFault> {
        let old = kept_answers::table
            .find(answer.key.as_slice())
            .filter(kept_answers::at.le(since.as_millis()));
        on!(&mut self.conn, |c| diesel::delete(old).execute(c))?;
        let row = (
            kept_answers::key_digest.eq(answer.key.as_slice()),
            kept_answers::asked_digest.eq(answer.asked.as_slice()),
            kept_answers::sealed.eq(answer.sealed.as_slice()),
            kept_answers::at.eq(answer.at.as_millis()),
        );
        on!(&mut self.conn, |c| diesel::insert_into(kept_answers::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(c))
        .map(inserted)
    }
}
