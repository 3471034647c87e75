//! When clients were last seen to fetch the JWK Set.

use admin::keys::sightings::{JwksSightings, Sighting};
use diesel::prelude::*;
use kernel::{StorageFault, Timestamp};

use crate::conn::on;
use crate::tables::{clients, jwks_sightings};
use crate::tx::Tx;

impl JwksSightings for Tx {
    fn note_jwks_sightings(&mut self, seen: &[Sighting]) -> Result<(), StorageFault> {
        for sighting in seen {
            let known: i64 = on!(&mut self.conn, |c| clients::table
                .find(&sighting.client_id)
                .count()
                .get_result(c))?;
            if known == 0 {
                continue;
            }
            let at = sighting.fetched_at.as_millis();
            let row = (
                jwks_sightings::client_id.eq(&sighting.client_id),
                jwks_sightings::fetched_at.eq(at),
            );
            on!(&mut self.conn, |c| diesel::insert_into(jwks_sightings::table)
                .values(row)
                .on_conflict(jwks_sightings::client_id)
                .do_update()
                .set(jwks_sightings::fetched_at.eq(at))
                .execute(c))?;
        }
        Ok(())
    }

    fn jwks_sightings(&mut self) -> Result<Vec<Sighting>, StorageFault> {
        let rows: Vec<(String, i64)> = on!(&mut self.conn, |c| jwks_sightings::table
            .select((jwks_sightings::client_id, jwks_sightings::fetched_at))
            .load(c))?;
        let read = |(client_id, at)| Sighting {
            client_id,
            fetched_at: Timestamp::from_millis(at),
        };
        Ok(rows.into_iter().map(read).collect())
    }
}
