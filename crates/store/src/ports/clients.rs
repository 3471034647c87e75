//! Registered clients.

use admin::directory::terms;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use identity::ports::{Found, Insert};
use kernel::{Change, StorageFault};
use token::{Client, Clients};

use super::{found, inserted};
use crate::conn::on;
use crate::rows::client::ClientRow;
use crate::tables::{client_origins, client_terms, clients};
use crate::tx::Tx;

impl Tx {
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
            self.tell(&Change::Client(row.client_id))?;
        }
        Ok(found(changed))
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
        let row: Option<ClientRow> = on!(&mut self.conn, |c| clients::table
            .find(client_id)
            .select(ClientRow::as_select())
            .get_result(c)
            .optional())?;
        row.map(Client::try_from).transpose()
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
        rows.into_iter().map(Client::try_from).collect()
    }

    fn origin_is_known(&mut self, origin: &str) -> Result<bool, StorageFault> {
        let known = client_origins::table
            .inner_join(clients::table)
            .filter(client_origins::origin.eq(origin))
            .filter(clients::enabled.eq(true));
        on!(&mut self.conn, |c| select(exists(known)).get_result(c))
    }
}
