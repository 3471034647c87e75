//! What a migration cannot say in SQL, done for the rows that are there: a part at a time, in the migration's transaction.

use admin::directory::{address, terms};
use diesel::prelude::*;
use identity::Profile;
use kernel::StorageFault;
use token::{ClientMetadata, ClientPolicy};

use crate::column::columns;
use crate::conn::{Conn, on};
use crate::tables::{client_terms, clients, memberships, sessions, user_terms, users};

/// Rows at once.
const PART: i64 = 1_000;
/// Words of one statement; SQLite takes 32766 values.
const WORDS: usize = 4_000;

/// By what people, clients and sessions are sorted and found.
pub fn directory(conn: &mut Conn) -> Result<(), StorageFault> {
    fill_users(conn)?;
    fill_clients(conn)?;
    fill_sessions(conn)
}

type UserWords = (String, String, Option<String>, String);

fn fill_users(conn: &mut Conn) -> Result<(), StorageFault> {
    let mut after = String::new();
    loop {
        let rows: Vec<UserWords> = on!(&mut *conn, |c| users::table
            .filter(users::id.gt(&after))
            .order(users::id)
            .limit(PART)
            .select((users::id, users::username, users::email, users::profile))
            .load(c))?;
        let Some((last, ..)) = rows.last() else {
            return Ok(());
        };
        after.clone_from(last);
        let mut words = Vec::new();
        for (id, username, email, profile) in &rows {
            let profile: Profile = columns("users", id)("profile").json(profile)?;
            let own = terms::of_person(username, email.as_deref(), &profile);
            words.extend(own.into_iter().map(|term| (id.as_str(), term)));
            name_user(conn, id, &terms::person_key(username))?;
        }
        for words in words.chunks(WORDS) {
            let row = |(id, term): &(&str, String)| {
                (
                    user_terms::user_id.eq((*id).to_owned()),
                    user_terms::term.eq(term.clone()),
                )
            };
            let rows: Vec<_> = words.iter().map(row).collect();
            on!(&mut *conn, |c| diesel::insert_into(user_terms::table)
                .values(&rows)
                .execute(c))?;
        }
    }
}

fn name_user(conn: &mut Conn, id: &str, name_key: &str) -> Result<(), StorageFault> {
    on!(&mut *conn, |c| diesel::update(users::table.find(id))
        .set(users::name_key.eq(name_key))
        .execute(c))?;
    let own = memberships::table.filter(memberships::user_id.eq(id));
    on!(&mut *conn, |c| diesel::update(own)
        .set(memberships::name_key.eq(name_key))
        .execute(c))?;
    Ok(())
}

fn fill_clients(conn: &mut Conn) -> Result<(), StorageFault> {
    let mut after = String::new();
    loop {
        let rows: Vec<(String, String, String)> = on!(&mut *conn, |c| clients::table
            .filter(clients::client_id.gt(&after))
            .order(clients::client_id)
            .limit(PART)
            .select((clients::client_id, clients::metadata, clients::policy))
            .load(c))?;
        let Some((last, ..)) = rows.last() else {
            return Ok(());
        };
        after.clone_from(last);
        for (id, metadata, policy) in &rows {
            let at = columns("clients", id);
            describe_client(
                conn,
                id,
                &at("metadata").json(metadata)?,
                &at("policy").json(policy)?,
            )?;
        }
    }
}

fn describe_client(
    conn: &mut Conn,
    id: &str,
    metadata: &ClientMetadata,
    policy: &ClientPolicy,
) -> Result<(), StorageFault> {
    let described = (
        clients::name_key.eq(terms::client_key(id, metadata)),
        clients::public.eq(metadata.token_endpoint_auth_method == token::client::AuthMethod::None),
        clients::first_party.eq(policy.first_party),
    );
    on!(&mut *conn, |c| diesel::update(clients::table.find(id))
        .set(described)
        .execute(c))?;
    for term in terms::of_client(id, metadata) {
        let row = (client_terms::client_id.eq(id), client_terms::term.eq(term));
        on!(&mut *conn, |c| diesel::insert_into(client_terms::table)
            .values(row)
            .execute(c))?;
    }
    Ok(())
}

fn fill_sessions(conn: &mut Conn) -> Result<(), StorageFault> {
    let mut after = String::new();
    loop {
        let rows: Vec<(String, Option<String>)> = on!(&mut *conn, |c| sessions::table
            .filter(sessions::sid.gt(&after))
            .order(sessions::sid)
            .limit(PART)
            .select((sessions::sid, sessions::address))
            .load(c))?;
        let Some((last, _)) = rows.last() else {
            return Ok(());
        };
        after.clone_from(last);
        for (sid, written) in &rows {
            let Some(key) = written.as_deref().and_then(address::key) else {
                continue;
            };
            on!(&mut *conn, |c| diesel::update(sessions::table.find(sid))
                .set(sessions::address_key.eq(&key))
                .execute(c))?;
        }
    }
}
