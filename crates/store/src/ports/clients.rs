//! Registered clients.

use std::collections::{BTreeSet, HashMap};

use admin::directory::terms;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use identity::ports::{Found, Insert};
use kernel::{Change, StorageFault};
use token::client::Recipient;
use token::client::secrets::SecretUse;
use token::{Client, Clients, SigningAlg};

use super::{belongings, found, inserted, is_possible};
use crate::column::columns;
use crate::conn::on;
use crate::rows::client::{ClientRow, SecretRow};
use crate::tables::{client_origins, client_secrets, client_terms, clients};
use crate::tx::Tx;

impl Tx {
    /// Clients with their secrets: one question for all of them.
    pub(super) fn with_secrets(&mut self, rows: Vec<ClientRow>) -> Result<Vec<Client>, StorageFault> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<&String> = rows.iter().map(|row| &row.client_id).collect();
        let found: Vec<SecretRow> = on!(&mut self.conn, |c| client_secrets::table
            .filter(client_secrets::client_id.eq_any(ids))
            .select(SecretRow::as_select())
            .load(c))?;
        let mut secrets: HashMap<String, Vec<SecretRow>> = HashMap::new();
        for secret in found {
            secrets.entry(secret.client_id.clone()).or_default().push(secret);
        }
        let join = |row: ClientRow| {
            let own = secrets.remove(&row.client_id).unwrap_or_default();
            row.with(own)
        };
        rows.into_iter().map(join).collect()
    }

    /// Writes down which secrets a client has. When they were last used is not this one's to say.
    fn save_secrets(&mut self, client: &Client) -> Result<(), StorageFault> {
        let ids: Vec<&str> = client.secrets.iter().map(|secret| secret.id.as_str()).collect();
        let gone = client_secrets::table
            .filter(client_secrets::client_id.eq(&client.client_id))
            .filter(client_secrets::id.ne_all(ids));
        on!(&mut self.conn, |c| diesel::delete(gone).execute(c))?;
        for secret in client.secrets.iter() {
            let row = SecretRow::new(&client.client_id, secret);
            on!(&mut self.conn, |c| diesel::insert_into(client_secrets::table)
                .values(&row)
                .on_conflict((client_secrets::client_id, client_secrets::id))
                .do_update()
                .set(client_secrets::expires_at.eq(row.expires_at))
                .execute(c))?;
        }
        Ok(())
    }

    /// Writes down anew from where a client's pages may call.
    fn save_origins(&mut self, client: &Client) -> Result<(), StorageFault> {
        let own = client_origins::table.filter(client_origins::client_id.eq(&client.client_id));
        on!(&mut self.conn, |c| diesel::delete(own).execute(c))?;
        for origin in client.origins() {
            let row = (
                client_origins::origin.eq(&origin),
                client_origins::client_id.eq(&client.client_id),
            );
            on!(&mut self.conn, |c| diesel::insert_into(client_origins::table)
                .values(row)
                .execute(c))?;
        }
        Ok(())
    }

    /// Writes down anew the words a client is found by.
    fn save_client_terms(&mut self, client: &Client) -> Result<(), StorageFault> {
        let own = client_terms::table.filter(client_terms::client_id.eq(&client.client_id));
        on!(&mut self.conn, |c| diesel::delete(own).execute(c))?;
        for term in terms::of_client(&client.client_id, &client.metadata) {
            let row = (
                client_terms::client_id.eq(&client.client_id),
                client_terms::term.eq(&term),
            );
            on!(&mut self.conn, |c| diesel::insert_into(client_terms::table)
                .values(row)
                .execute(c))?;
        }
        Ok(())
    }
}

impl Clients for Tx {
    fn insert_client(&mut self, client: &Client) -> Result<Insert, StorageFault> {
        let row = ClientRow::try_from(client)?;
        let changed = on!(&mut self.conn, |c| diesel::insert_into(clients::table)
            .values(&row)
            .on_conflict_do_nothing()
            .execute(c))?;
        if changed > 0 {
            self.save_origins(client)?;
            self.save_client_terms(client)?;
            self.save_secrets(client)?;
            self.tell(&Change::Client(row.client_id))?;
        }
        Ok(inserted(changed))
    }

    fn update_client(&mut self, client: &Client) -> Result<Found, StorageFault> {
        let row = ClientRow::try_from(client)?;
        let changed = on!(&mut self.conn, |c| diesel::update(
            clients::table.find(&row.client_id)
        )
        .set(&row)
        .execute(c))?;
        if changed > 0 {
            self.save_origins(client)?;
            self.save_client_terms(client)?;
            self.save_secrets(client)?;
            self.tell(&Change::Client(row.client_id))?;
        }
        Ok(found(changed))
    }

    fn is_large(&mut self, client_id: &str, limit: u32) -> Result<bool, StorageFault> {
        belongings::are_many(&mut self.conn, client_id, limit)
    }

    fn thin_out(&mut self, client_id: &str, limit: u32) -> Result<(), StorageFault> {
        belongings::remove_some(&mut self.conn, client_id, limit)
    }

    fn delete_client(&mut self, client_id: &str) -> Result<Found, StorageFault> {
        let changed = on!(&mut self.conn, |c| diesel::delete(clients::table.find(client_id))
            .execute(c))?;
        if changed > 0 {
            self.tell(&Change::Client(client_id.to_owned()))?;
        }
        Ok(found(changed))
    }

    fn client(&mut self, client_id: &str) -> Result<Option<Client>, StorageFault> {
        if !is_possible(client_id) {
            return Ok(None);
        }
        // Client and secrets in one statement: this stands in the way of everything that is not remembered.
        let rows: Vec<(ClientRow, Option<SecretRow>)> = on!(&mut self.conn, |c| clients::table
            .find(client_id)
            .left_join(client_secrets::table)
            .select((ClientRow::as_select(), Option::<SecretRow>::as_select()))
            .load(c))?;
        let (mut client, mut secrets) = (None, Vec::new());
        for (row, secret) in rows {
            client = Some(row);
            secrets.extend(secret);
        }
        client.map(|row| row.with(secrets)).transpose()
    }

    fn clients(&mut self, after: Option<&str>, limit: u32) -> Result<Vec<Client>, StorageFault> {
        // No id is empty, so everything comes after the empty one.
        let after = after.unwrap_or_default();
        let rows: Vec<ClientRow> = on!(&mut self.conn, |c| clients::table
            .filter(clients::client_id.gt(after))
            .order(clients::client_id)
            .limit(i64::from(limit))
            .select(ClientRow::as_select())
            .load(c))?;
        self.with_secrets(rows)
    }

    fn note_secret_uses(&mut self, uses: &[SecretUse]) -> Result<(), StorageFault> {
        for SecretUse { client_id, id, at } in uses {
            let at = at.as_millis();
            let earlier = client_secrets::table.find((client_id, id.as_str())).filter(
                client_secrets::last_used_at
                    .is_null()
                    .or(client_secrets::last_used_at.lt(at)),
            );
            on!(&mut self.conn, |c| diesel::update(earlier)
                .set(client_secrets::last_used_at.eq(at))
                .execute(c))?;
        }
        Ok(())
    }

    fn algorithms_in_use(&mut self) -> Result<BTreeSet<SigningAlg>, StorageFault> {
        let mut used = BTreeSet::new();
        for alg in SigningAlg::ALL {
            let enabled = || clients::table.filter(clients::enabled.eq(true));
            // Two questions, because each finds its answer in an index of its own, or that there is none.
            let of_id_tokens = exists(enabled().filter(clients::id_token_alg.eq(alg.as_str())));
            let of_access_tokens = exists(enabled().filter(clients::access_token_alg.eq(alg.as_str())));
            let is_used: bool = on!(&mut self.conn, |c| select(of_id_tokens.or(of_access_tokens))
                .get_result(c))?;
            if is_used {
                used.insert(alg);
            }
        }
        Ok(used)
    }

    fn recipients(&mut self) -> Result<Vec<Recipient>, StorageFault> {
        let rows: Vec<(String, String, String, bool)> = on!(&mut self.conn, |c| clients::table
            .filter(clients::enabled.eq(true))
            .order(clients::client_id)
            .select((
                clients::client_id,
                clients::id_token_alg,
                clients::access_token_alg,
                clients::public,
            ))
            .load(c))?;
        let recipient =
            |(client_id, id_token_alg, access_token_alg, public): (String, String, String, bool)| {
                let at = columns("clients", &client_id);
                Ok(Recipient {
                    id_token_alg: at("id_token_alg").parse(&id_token_alg)?,
                    access_token_alg: at("access_token_alg").parse(&access_token_alg)?,
                    public,
                    client_id: client_id.clone(),
                })
            };
        rows.into_iter().map(recipient).collect()
    }

    fn origin_is_known(&mut self, origin: &str) -> Result<bool, StorageFault> {
        let known = client_origins::table
            .inner_join(clients::table)
            .filter(client_origins::origin.eq(origin))
            .filter(clients::enabled.eq(true));
        on!(&mut self.conn, |c| select(exists(known)).get_result(c))
    }
}
