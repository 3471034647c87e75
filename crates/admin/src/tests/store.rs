//! The ports administration uses, kept in maps.

mod access;
mod administration;
mod scene;

use std::collections::{BTreeMap, BTreeSet};

use identity::ports::{Found, Insert};
use identity::{Group, Groups, LoginKey, PasswordReset, User, Users};
use kernel::id::{GrantId, Sid, UserId};
use kernel::{Audit, AuditEvent, StorageFault, Timestamp};
use session::{Revocation, Session};
use token::client::secrets::SecretUse;
use token::client::{Client, Recipient};
use token::keys::{KeyState, Signed, StoredKey};
use token::ports::{Clients, Keys};
use token::{ApiResource, ClaimScope, Grant, LogoutNotice, SigningAlg};

use administration::SetupLink;

use crate::authority::{Administrator, Role};

type Answer<T> = Result<T, StorageFault>;

#[derive(Debug, Clone, Default)]
pub(crate) struct Maps {
    pub(super) users: BTreeMap<UserId, User>,
    pub(super) groups: BTreeMap<String, Group>,
    pub(super) members: BTreeSet<(String, UserId)>,
    pub(super) clients: BTreeMap<String, Client>,
    pub(super) keys: Vec<StoredKey>,
    pub(super) signed: Vec<Signed>,
    pub(super) meta: BTreeMap<String, Vec<u8>>,
    pub(super) sessions: BTreeMap<Sid, Session>,
    pub(super) grants: BTreeMap<GrantId, Grant>,
    pub(super) clients_of_sessions: BTreeSet<(Sid, String)>,
    pub(super) resources: BTreeMap<String, ApiResource>,
    pub(super) scopes: BTreeMap<String, ClaimScope>,
    pub(super) notices: Vec<LogoutNotice>,
    pub(super) revoked: Vec<Revocation>,
    pub(super) resets: Vec<PasswordReset>,
    pub(super) resets_voided: Vec<UserId>,
    pub(super) roles: BTreeMap<Administrator, Vec<Role>>,
    pub(super) setup_links: Vec<SetupLink>,
    pub(super) trail: Vec<AuditEvent>,
}

impl Maps {
    pub(super) fn events(&self) -> Vec<&'static str> {
        self.trail.iter().map(|event| event.event).collect()
    }

    fn is_taken(&self, user: &User) -> bool {
        let keys = login_keys(user);
        self.users
            .values()
            .any(|other| other.id != user.id && login_keys(other).iter().any(|key| keys.contains(key)))
    }
}

fn login_keys(user: &User) -> Vec<LoginKey> {
    user.email
        .iter()
        .chain([&user.username])
        .map(|name| LoginKey::of(name))
        .collect()
}

fn found(was_there: bool) -> Found {
    if was_there { Found::Yes } else { Found::No }
}

fn page<K: Ord + Clone, V: Clone>(map: &BTreeMap<K, V>, after: Option<K>, limit: u32) -> Vec<V> {
    let later = map
        .iter()
        .filter(|(key, _)| after.as_ref().is_none_or(|after| *key > after));
    // Pages of two, so that every list has several.
    later
        .map(|(_, value)| value.clone())
        .take(limit.min(2) as usize)
        .collect()
}

impl Users for Maps {
    fn insert_user(&mut self, user: &User) -> Answer<Insert> {
        self.update_user(user)
    }
    fn update_user(&mut self, user: &User) -> Answer<Insert> {
        if self.is_taken(user) {
            return Ok(Insert::Taken);
        }
        self.users.insert(user.id, user.clone());
        Ok(Insert::Done)
    }
    fn delete_user(&mut self, id: UserId) -> Answer<Found> {
        Ok(found(self.users.remove(&id).is_some()))
    }
    fn user(&mut self, id: UserId) -> Answer<Option<User>> {
        let groups = self
            .members
            .iter()
            .filter(|(_, member)| *member == id)
            .map(|(name, _)| name.clone())
            .collect();
        Ok(self.users.get(&id).cloned().map(|user| User { groups, ..user }))
    }
    fn user_by_login(&mut self, key: &LoginKey) -> Answer<Option<User>> {
        let id = self
            .users
            .values()
            .find(|user| login_keys(user).contains(key))
            .map(|user| user.id);
        id.map_or(Ok(None), |id| self.user(id))
    }
    fn users(&mut self, after: Option<UserId>, limit: u32) -> Answer<Vec<User>> {
        Ok(page(&self.users, after, limit))
    }
}

impl Groups for Maps {
    fn insert_group(&mut self, group: &Group) -> Answer<Insert> {
        if self.groups.contains_key(&group.name) {
            return Ok(Insert::Taken);
        }
        self.groups.insert(group.name.clone(), group.clone());
        Ok(Insert::Done)
    }
    fn delete_group(&mut self, name: &str) -> Answer<Found> {
        self.members.retain(|(group, _)| group != name);
        Ok(found(self.groups.remove(name).is_some()))
    }
    fn group(&mut self, name: &str) -> Answer<Option<Group>> {
        Ok(self.groups.get(name).cloned())
    }
    fn groups(&mut self) -> Answer<Vec<Group>> {
        Ok(self.groups.values().cloned().collect())
    }
    fn add_member(&mut self, group: &str, user: UserId) -> Answer<()> {
        self.members.insert((group.to_owned(), user));
        Ok(())
    }
    fn remove_member(&mut self, group: &str, user: UserId) -> Answer<Found> {
        Ok(found(self.members.remove(&(group.to_owned(), user))))
    }
    fn members(&mut self, group: &str, after: Option<UserId>, limit: u32) -> Answer<Vec<UserId>> {
        let own = self
            .members
            .iter()
            .filter(|(name, _)| name == group)
            .map(|(_, id)| (*id, *id))
            .collect();
        Ok(page(&own, after, limit))
    }
}

impl Clients for Maps {
    fn insert_client(&mut self, client: &Client) -> Answer<Insert> {
        if self.clients.contains_key(&client.client_id) {
            return Ok(Insert::Taken);
        }
        self.clients.insert(client.client_id.clone(), client.clone());
        Ok(Insert::Done)
    }
    fn update_client(&mut self, client: &Client) -> Answer<Found> {
        Ok(found(
            self.clients
                .insert(client.client_id.clone(), client.clone())
                .is_some(),
        ))
    }
    fn is_large(&mut self, client_id: &str, limit: u32) -> Answer<bool> {
        let own = self.grants.values().filter(|grant| grant.client_id == client_id);
        Ok(own.count() > limit as usize)
    }
    fn thin_out(&mut self, client_id: &str, limit: u32) -> Answer<()> {
        let own = self.grants.values().filter(|grant| grant.client_id == client_id);
        let some: Vec<GrantId> = own.take(limit as usize).map(|grant| grant.id).collect();
        self.grants.retain(|id, _| !some.contains(id));
        Ok(())
    }
    fn delete_client(&mut self, client_id: &str) -> Answer<Found> {
        Ok(found(self.clients.remove(client_id).is_some()))
    }
    fn client(&mut self, client_id: &str) -> Answer<Option<Client>> {
        Ok(self.clients.get(client_id).cloned())
    }
    fn clients(&mut self, after: Option<&str>, limit: u32) -> Answer<Vec<Client>> {
        Ok(page(&self.clients, after.map(str::to_owned), limit))
    }
    fn note_secret_uses(&mut self, _: &[SecretUse]) -> Answer<()> {
        panic!("administration uses no client's secret")
    }
    fn algorithms_in_use(&mut self) -> Answer<BTreeSet<SigningAlg>> {
        let used = |client: Recipient| [client.id_token_alg, client.access_token_alg];
        Ok(self.recipients()?.into_iter().flat_map(used).collect())
    }
    fn recipients(&mut self) -> Answer<Vec<Recipient>> {
        let enabled = self.clients.values().filter(|client| client.enabled);
        Ok(enabled.map(Recipient::from).collect())
    }
    fn origin_is_known(&mut self, _: &str) -> Answer<bool> {
        panic!("administration calls from no origin")
    }
}

impl Keys for Maps {
    fn keys(&mut self) -> Answer<Vec<StoredKey>> {
        Ok(self.keys.clone())
    }
    fn insert_key(&mut self, key: &StoredKey) -> Answer<Insert> {
        // The primary key, and the two partial indexes.
        let single = matches!(key.state, KeyState::Active | KeyState::Next);
        let same =
            |own: &StoredKey| own.kid == key.kid || single && (own.alg, own.state) == (key.alg, key.state);
        if self.keys.iter().any(same) {
            return Ok(Insert::Taken);
        }
        self.keys.push(key.clone());
        Ok(Insert::Done)
    }
    fn update_key(&mut self, key: &StoredKey, from: KeyState) -> Answer<Found> {
        let mut known = self.keys.iter_mut();
        let known = known.find(|own| own.kid == key.kid && own.state == from);
        Ok(known.map_or(Found::No, |own| {
            *own = key.clone();
            Found::Yes
        }))
    }
    fn add_signed(&mut self, signed: &[Signed]) -> Answer<()> {
        self.signed.extend_from_slice(signed);
        Ok(())
    }
    fn signed(&mut self, now: Timestamp) -> Answer<Vec<Signed>> {
        let good = self.signed.iter().filter(|signed| signed.until > now);
        Ok(good.cloned().collect())
    }
    fn meta(&mut self, name: &str) -> Answer<Option<Vec<u8>>> {
        Ok(self.meta.get(name).cloned())
    }
    fn insert_meta(&mut self, name: &str, value: &[u8]) -> Answer<Insert> {
        if self.meta.contains_key(name) {
            return Ok(Insert::Taken);
        }
        self.meta.insert(name.to_owned(), value.to_vec());
        Ok(Insert::Done)
    }
    fn swap_meta(&mut self, name: &str, known: &[u8], value: &[u8]) -> Answer<Found> {
        let same = self.meta.get(name).is_some_and(|own| own == known);
        if same {
            self.meta.insert(name.to_owned(), value.to_vec());
        }
        Ok(found(same))
    }
    fn delete_meta(&mut self, name: &str, known: &[u8]) -> Answer<Found> {
        let same = self.meta.get(name).is_some_and(|own| own == known);
        if same {
            self.meta.remove(name);
        }
        Ok(found(same))
    }
}

impl Audit for Maps {
    fn record(&mut self, event: AuditEvent) -> Answer<()> {
        assert!(event.actor.is_some(), "every write says who did it");
        self.trail.push(event);
        Ok(())
    }
}
