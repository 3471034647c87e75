//! Clients by name. There are thousands, not millions: what a word leads to is sorted by name all the same.

use admin::directory::clients::{ClientFilter, Kind, Standing};
use admin::directory::cursor::{Seen, collect};
use admin::directory::{Cursor, LOOKED_AT, Page, terms};
use diesel::prelude::*;
use diesel::sql_types::Text;
use kernel::StorageFault;
use token::Client;

use super::{beyond, rows};
use crate::conn::on;
use crate::rows::client::ClientRow;
use crate::tables::{client_terms, clients};
use crate::tx::Tx;

/// Either answer to a question nobody asked.
const EITHER: [bool; 2] = [true, false];

impl Tx {
    pub(super) fn list_clients(
        &mut self,
        filter: &ClientFilter,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Client>, StorageFault> {
        let words = terms::wanted(filter.text.as_deref().unwrap_or_default());
        collect(after, limit, LOOKED_AT, |after, count| {
            let found = self.clients_by_name(filter, words.first(), after, count)?;
            let places: Vec<Cursor> = found.iter().map(place).collect();
            let clients = self.with_secrets(found)?;
            let seen = places.into_iter().zip(clients).map(|(at, client)| {
                let own = terms::of_client(&client.client_id, &client.metadata);
                let item = Some(client).filter(|_| terms::match_all(&own, &words));
                Seen { at, item }
            });
            Ok(seen.collect())
        })
    }

    fn clients_by_name(
        &mut self,
        filter: &ClientFilter,
        word: Option<&String>,
        after: Option<&Cursor>,
        count: usize,
    ) -> Result<Vec<ClientRow>, StorageFault> {
        let (key, id) = after.map_or(("", ""), |at| (&at.key, &at.id));
        let (public, first_party) = match filter.kind {
            None => (&EITHER[..], &EITHER[..]),
            Some(Kind::Public) => (&[true][..], &EITHER[..]),
            Some(Kind::Confidential) => (&[false][..], &EITHER[..]),
            Some(Kind::FirstParty) => (&EITHER[..], &[true][..]),
        };
        let enabled = match filter.standing {
            None => &EITHER[..],
            Some(Standing::Enabled) => &[true][..],
            Some(Standing::Disabled) => &[false][..],
        };
        let chosen = clients::table
            .filter(beyond!("name_key, client_id", ">", Text = key, Text = id))
            .filter(clients::enabled.eq_any(enabled))
            .filter(clients::public.eq_any(public))
            .filter(clients::first_party.eq_any(first_party))
            .order((clients::name_key, clients::client_id))
            .limit(rows(count));
        let Some(word) = word else {
            return on!(&mut self.conn, |c| chosen.select(ClientRow::as_select()).load(c));
        };
        let found = client_terms::table
            .filter(client_terms::term.ge(word))
            .filter(client_terms::term.lt(terms::beyond(word)))
            .select(client_terms::client_id);
        let chosen = chosen.filter(clients::client_id.eq_any(found));
        on!(&mut self.conn, |c| chosen.select(ClientRow::as_select()).load(c))
    }
}

fn place(row: &ClientRow) -> Cursor {
    Cursor {
        key: row.name_key.clone(),
        number: 0,
        id: row.client_id.clone(),
    }
}
