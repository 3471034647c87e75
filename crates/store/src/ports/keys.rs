//! Signing keys, and the few values of the installation.

use diesel::prelude::*;
use identity::ports::Insert;
use kernel::{Change, StorageFault};
use token::Keys;
use token::keys::StoredKey;

use super::inserted;
use crate::conn::on;
use crate::rows::key::KeyRow;
use crate::tables::{keys, meta};
use crate::tx::Tx;

impl Keys for Tx {
    fn keys(&mut self) -> Result<Vec<StoredKey>, StorageFault> {
        let rows: Vec<KeyRow> = on!(&mut self.conn, |c| keys::table
            .order((keys::alg, keys::published_at.desc(), keys::kid))
            .select(KeyRow::as_select())
            .load(c))?;
        rows.into_iter().map(StoredKey::try_from).collect()
    }

    fn insert_key(&mut self, key: &StoredKey) -> Result<Insert, StorageFault> {
        let row = KeyRow::from(key);
        let changed = on!(&mut self.conn, |c| diesel::insert_into(keys::table)
            .values(&row)
            .on_conflict_do_nothing()
            .execute(c))?;
        if changed > 0 {
            self.tell(&Change::Keys)?;
        }
        Ok(inserted(changed))
    }

    fn meta(&mut self, name: &str) -> Result<Option<Vec<u8>>, StorageFault> {
        on!(&mut self.conn, |c| meta::table
            .find(name)
            .select(meta::value)
            .first(c)
            .optional())
    }

    fn insert_meta(&mut self, name: &str, value: &[u8]) -> Result<Insert, StorageFault> {
        let row = (meta::name.eq(name), meta::value.eq(value));
        let changed = on!(&mut self.conn, |c| diesel::insert_into(meta::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(c))?;
        Ok(inserted(changed))
    }
}
