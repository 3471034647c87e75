//! Signing keys, and the few values of the installation.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::upsert::excluded;
use identity::ports::{Found, Insert};
use kernel::{Change, StorageFault, Timestamp};
use token::Keys;
use token::keys::{KeyState, Signed, StoredKey};

use super::{found, inserted};
use crate::conn::on;
use crate::rows::key::KeyRow;
use crate::rows::signed::SignedRow;
use crate::tables::{keys, meta, signed_tokens};
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

    fn update_key(&mut self, key: &StoredKey, from: KeyState) -> Result<Found, StorageFault> {
        let row = KeyRow::from(key);
        let still = keys::table.find(&row.kid).filter(keys::state.eq(from.as_str()));
        let changed = on!(&mut self.conn, |c| diesel::update(still).set(&row).execute(c))?;
        if changed > 0 {
            self.tell(&Change::Keys)?;
        }
        Ok(found(changed))
    }

    fn add_signed(&mut self, signed: &[Signed]) -> Result<(), StorageFault> {
        for row in signed.iter().map(SignedRow::from) {
            let sum = signed_tokens::signed + excluded(signed_tokens::signed);
            on!(&mut self.conn, |c| diesel::insert_into(signed_tokens::table)
                .values(&row)
                .on_conflict((signed_tokens::until, signed_tokens::kid, signed_tokens::client_id))
                .do_update()
                .set(signed_tokens::signed.eq(sum))
                .execute(c))?;
        }
        Ok(())
    }

    fn signed(&mut self, now: Timestamp) -> Result<Vec<Signed>, StorageFault> {
        let rows: Vec<SignedRow> = on!(&mut self.conn, |c| signed_tokens::table
            .filter(signed_tokens::until.gt(now.as_millis()))
            .select(SignedRow::as_select())
            .load(c))?;
        let mut sums: BTreeMap<(String, String), Signed> = BTreeMap::new();
        for signed in rows.into_iter().map(Signed::from) {
            let sum = sums
                .entry((signed.kid.clone(), signed.client_id.clone()))
                .or_insert(Signed {
                    count: 0,
                    ..signed.clone()
                });
            sum.count += signed.count;
            sum.until = sum.until.max(signed.until);
        }
        Ok(sums.into_values().collect())
    }

    fn meta(&mut self, name: &str) -> Result<Option<Vec<u8>>, StorageFault> {
        on!(&mut self.conn, |c| meta::table
            .find(name)
            .select(meta::value)
            .get_result(c)
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

    fn swap_meta(&mut self, name: &str, known: &[u8], value: &[u8]) -> Result<Found, StorageFault> {
        let row = meta::table.find(name).filter(meta::value.eq(known));
        let changed = on!(&mut self.conn, |c| diesel::update(row)
            .set(meta::value.eq(value))
            .execute(c))?;
        Ok(found(changed))
    }

    fn delete_meta(&mut self, name: &str, known: &[u8]) -> Result<Found, StorageFault> {
        let row = meta::table.find(name).filter(meta::value.eq(known));
        let changed = on!(&mut self.conn, |c| diesel::delete(row).execute(c))?;
        Ok(found(changed))
    }
}
