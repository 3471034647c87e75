//! What the lists need of storage. Every list goes on behind a [`Cursor`] and looks at [`LOOKED_AT`](super::LOOKED_AT) rows
//! at most.

use identity::User;
use kernel::id::{Sid, UserId};
use kernel::{StorageFault, Timestamp};
use session::{Revocation, Session};
use token::{Client, Grant};

use super::clients::ClientFilter;
use super::cursor::{Cursor, Page};
use super::people::PeopleFilter;

/// Sessions, as storage is asked for them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionQuery {
    /// One person's.
    pub user: Option<UserId>,
    /// Those in which this client was given a code.
    pub client_id: Option<String>,
    /// From addresses with these keys ([`super::address::key`]), the least and the greatest.
    pub addresses: Option<(String, String)>,
    /// Begun at this moment or later.
    pub begun_from: Option<Timestamp>,
    /// Begun before.
    pub begun_before: Option<Timestamp>,
    /// Last used at this moment or later.
    pub seen_from: Option<Timestamp>,
    /// Last used before.
    pub seen_before: Option<Timestamp>,
    /// Whether those that were ended are among them.
    pub ended: Ended,
    /// The order where neither person, client nor address is given: they have their own.
    pub order: Order,
}

/// Whether what was ended or taken back is in a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ended {
    /// It is not.
    #[default]
    LeftOut,
    /// It is.
    Included,
}

/// What comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// What was used last.
    #[default]
    LastUsed,
    /// What was begun last. A row keeps its place, however often it is used.
    Begun,
}

/// Grants, as storage is asked for them; the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GrantQuery {
    /// One person's.
    pub user: Option<UserId>,
    /// One client's.
    pub client_id: Option<String>,
    /// Whether those taken back are among them.
    pub ended: Ended,
    /// Made before.
    pub made_before: Option<Timestamp>,
}

/// Entries of the revocation list, as storage is asked for them; the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RevocationQuery {
    /// One kind ([`session::Revoked::kind`]).
    pub kind: Option<&'static str>,
    /// Entries that name exactly this.
    pub id: Option<String>,
}

/// Lists and searches.
pub trait Directory {
    /// People, by user name; those found by a text by the word that was found.
    ///
    /// # Errors
    /// Storage.
    fn people(
        &mut self,
        filter: &PeopleFilter,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<User>, StorageFault>;
    /// Clients, by name.
    ///
    /// # Errors
    /// Storage.
    fn registered_clients(
        &mut self,
        filter: &ClientFilter,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Client>, StorageFault>;
    /// Sessions. Idle and absolute life are the caller's business.
    ///
    /// # Errors
    /// Storage.
    fn sessions_like(
        &mut self,
        query: &SessionQuery,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Session>, StorageFault>;
    /// Grants.
    ///
    /// # Errors
    /// Storage.
    fn grants_like(
        &mut self,
        query: &GrantQuery,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Grant>, StorageFault>;
    /// Entries of the revocation list that still refuse something at `now`.
    ///
    /// # Errors
    /// Storage.
    fn revocations_like(
        &mut self,
        query: &RevocationQuery,
        now: Timestamp,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Revocation>, StorageFault>;
    /// The user names of those among `people` who are still there.
    ///
    /// # Errors
    /// Storage.
    fn usernames(&mut self, people: &[UserId]) -> Result<Vec<(UserId, String)>, StorageFault>;
    /// Which clients were given a code in which of `sessions`, by id.
    ///
    /// # Errors
    /// Storage.
    fn clients_of_sessions(&mut self, sessions: &[Sid]) -> Result<Vec<(Sid, String)>, StorageFault>;
}
