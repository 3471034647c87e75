//! What the authorization server needs of storage. Once-only rules are conditional writes here.

use std::collections::BTreeSet;

use identity::ports::{Found, Insert};
use kernel::id::{GrantId, InteractionId, NoticeId, Sid, UserId};
use kernel::secret::{AuthorizationCode, RefreshToken};
use kernel::{Digest, StorageFault, Timestamp};

use crate::authorize::interaction::Interaction;
use crate::client::secrets::SecretUse;
use crate::client::{Client, Recipient, SigningAlg};
use crate::grant::{Consent, Grant, RefreshRow, Spent};
use crate::keys::{KeyState, Signed, StoredKey};
use crate::notice::LogoutNotice;
use crate::resource::{ApiResource, Catalogue, ClaimScope};

/// Registered clients.
pub trait Clients {
    /// Stores a new client.
    ///
    /// # Errors
    /// Storage.
    fn insert_client(&mut self, client: &Client) -> Result<Insert, StorageFault>;
    /// Replaces a client.
    ///
    /// # Errors
    /// Storage.
    fn update_client(&mut self, client: &Client) -> Result<Found, StorageFault>;
    /// Whether more than so many grants, consents, sessions or notices go with a client.
    ///
    /// # Errors
    /// Storage.
    fn is_large(&mut self, client_id: &str, limit: u32) -> Result<bool, StorageFault>;
    /// Removes up to `limit` of each of what goes with a client, the client itself excepted.
    ///
    /// # Errors
    /// Storage.
    fn thin_out(&mut self, client_id: &str, limit: u32) -> Result<(), StorageFault>;
    /// Removes a client with all that goes with it.
    ///
    /// # Errors
    /// Storage.
    fn delete_client(&mut self, client_id: &str) -> Result<Found, StorageFault>;
    /// By id.
    ///
    /// # Errors
    /// Storage.
    fn client(&mut self, client_id: &str) -> Result<Option<Client>, StorageFault>;
    /// Stores when secrets were last used; earlier than is known changes nothing. No news: caches keep what they have.
    ///
    /// # Errors
    /// Storage.
    fn note_secret_uses(&mut self, uses: &[SecretUse]) -> Result<(), StorageFault>;
    /// A page ordered by id.
    ///
    /// # Errors
    /// Storage.
    fn clients(&mut self, after: Option<&str>, limit: u32) -> Result<Vec<Client>, StorageFault>;
    /// The algorithms that sign for enabled clients. To ask costs the same however many those are.
    ///
    /// # Errors
    /// Storage.
    fn algorithms_in_use(&mut self) -> Result<BTreeSet<SigningAlg>, StorageFault>;
    /// Every enabled client as keys see it, by id.
    ///
    /// # Errors
    /// Storage.
    fn recipients(&mut self) -> Result<Vec<Recipient>, StorageFault>;
    /// Whether some enabled client may call from this web origin ([`Client::origins`]).
    ///
    /// # Errors
    /// Storage.
    fn origin_is_known(&mut self, origin: &str) -> Result<bool, StorageFault>;
}

/// Grants with their codes and refresh tokens.
pub trait Grants {
    /// Stores a new grant; its code's digest is unique.
    ///
    /// # Errors
    /// Storage.
    fn insert_grant(&mut self, grant: &Grant) -> Result<(), StorageFault>;
    /// By id.
    ///
    /// # Errors
    /// Storage.
    fn grant(&mut self, id: GrantId) -> Result<Option<Grant>, StorageFault>;
    /// The grant a code stands for, redeemed or not.
    ///
    /// # Errors
    /// Storage.
    fn grant_by_code(&mut self, code: &Digest<AuthorizationCode>) -> Result<Option<Grant>, StorageFault>;
    /// Marks the code redeemed where it is not yet. `Found::Yes` means: you won, and nobody else ever will.
    ///
    /// # Errors
    /// Storage.
    fn redeem_code(&mut self, grant: GrantId, at: Timestamp) -> Result<Found, StorageFault>;
    /// Revokes the grant where it is not yet: its refresh tokens are dead, its access tokens refused.
    ///
    /// # Errors
    /// Storage.
    fn revoke_grant(&mut self, grant: GrantId, at: Timestamp) -> Result<Found, StorageFault>;
    /// Stores a refresh token.
    ///
    /// # Errors
    /// Storage.
    fn insert_refresh_token(&mut self, token: &RefreshRow) -> Result<(), StorageFault>;
    /// By digest, spent or not.
    ///
    /// # Errors
    /// Storage.
    fn refresh_token(&mut self, token: &Digest<RefreshToken>) -> Result<Option<RefreshRow>, StorageFault>;
    /// Marks the token spent, with its sealed successor, where it is not spent yet. `Found::Yes` means: you won.
    ///
    /// # Errors
    /// Storage.
    fn spend_refresh_token(
        &mut self,
        token: &Digest<RefreshToken>,
        spent: &Spent,
    ) -> Result<Found, StorageFault>;
    /// Marks a token that stays good as used, where it is not spent: its idle life begins anew. `Found::No` means that it
    /// was spent meanwhile.
    ///
    /// # Errors
    /// Storage.
    fn renew_refresh_token(
        &mut self,
        token: &Digest<RefreshToken>,
        at: Timestamp,
    ) -> Result<Found, StorageFault>;
    /// The grants made in a session, oldest first, revoked ones too.
    ///
    /// # Errors
    /// Storage.
    fn grants_of_session(&mut self, sid: Sid) -> Result<Vec<Grant>, StorageFault>;
    /// The grants of a person that were not revoked, newest first; all clients' or one's.
    ///
    /// # Errors
    /// Storage.
    fn grants_of_user(&mut self, user: UserId, client_id: Option<&str>) -> Result<Vec<Grant>, StorageFault>;
    /// When a refresh token was last issued or renewed under each grant of a person that has any and was not revoked.
    ///
    /// # Errors
    /// Storage.
    fn last_refreshes(&mut self, user: UserId) -> Result<Vec<(GrantId, Timestamp)>, StorageFault>;
    /// Looks at the next `limit` grants of a client, oldest first, and revokes those that were not revoked yet. The last one
    /// looked at, if there may be more behind it.
    ///
    /// # Errors
    /// Storage.
    fn revoke_grants_of_client(
        &mut self,
        client_id: &str,
        after: Option<GrantId>,
        limit: u32,
        at: Timestamp,
    ) -> Result<Option<GrantId>, StorageFault>;
    /// Whether a client has a grant that was not revoked.
    ///
    /// # Errors
    /// Storage.
    fn has_open_grant(&mut self, client_id: &str) -> Result<bool, StorageFault>;
    /// Remembers that a client was given a code in a session, for as long as the session itself is remembered.
    ///
    /// # Errors
    /// Storage.
    fn note_client_of_session(
        &mut self,
        sid: Sid,
        client_id: &str,
        at: Timestamp,
    ) -> Result<(), StorageFault>;
    /// The clients that were given a code in a session, by id.
    ///
    /// # Errors
    /// Storage.
    fn clients_of_session(&mut self, sid: Sid) -> Result<Vec<String>, StorageFault>;
    /// Of these sessions the one in which this client was given a code last.
    ///
    /// # Errors
    /// Storage.
    fn last_session_with(&mut self, client_id: &str, among: &[Sid]) -> Result<Option<Sid>, StorageFault>;
    /// Erases the sealed successors of all tokens of the grant older than `generation`: grace is over for them.
    ///
    /// # Errors
    /// Storage.
    fn erase_successors(&mut self, grant: GrantId, below_generation: u32) -> Result<(), StorageFault>;
}

/// What people allowed.
pub trait Consents {
    /// What `user` allowed `client_id`.
    ///
    /// # Errors
    /// Storage.
    fn consent(&mut self, user: UserId, client_id: &str) -> Result<Option<Consent>, StorageFault>;
    /// Remembers, replacing what was remembered.
    ///
    /// # Errors
    /// Storage.
    fn save_consent(&mut self, consent: &Consent) -> Result<(), StorageFault>;
    /// Everything `user` allowed, by client.
    ///
    /// # Errors
    /// Storage.
    fn consents_of_user(&mut self, user: UserId) -> Result<Vec<Consent>, StorageFault>;
    /// Forgets what `user` allowed `client_id`.
    ///
    /// # Errors
    /// Storage.
    fn delete_consent(&mut self, user: UserId, client_id: &str) -> Result<Found, StorageFault>;
}

/// Resources and scopes an operator defined.
pub trait Resources {
    /// Stores a new resource.
    ///
    /// # Errors
    /// Storage.
    fn insert_resource(&mut self, resource: &ApiResource) -> Result<Insert, StorageFault>;
    /// Replaces a resource.
    ///
    /// # Errors
    /// Storage.
    fn update_resource(&mut self, resource: &ApiResource) -> Result<Found, StorageFault>;
    /// Removes a resource.
    ///
    /// # Errors
    /// Storage.
    fn delete_resource(&mut self, identifier: &str) -> Result<Found, StorageFault>;
    /// Stores a new scope.
    ///
    /// # Errors
    /// Storage.
    fn insert_claim_scope(&mut self, scope: &ClaimScope) -> Result<Insert, StorageFault>;
    /// Replaces a scope.
    ///
    /// # Errors
    /// Storage.
    fn update_claim_scope(&mut self, scope: &ClaimScope) -> Result<Found, StorageFault>;
    /// Removes a scope.
    ///
    /// # Errors
    /// Storage.
    fn delete_claim_scope(&mut self, name: &str) -> Result<Found, StorageFault>;
    /// All of both.
    ///
    /// # Errors
    /// Storage.
    fn catalogue(&mut self) -> Result<Catalogue, StorageFault>;
}

/// Logout notices waiting for delivery.
pub trait LogoutNotices {
    /// Puts a notice into the queue.
    ///
    /// # Errors
    /// Storage.
    fn enqueue_notice(&mut self, notice: &LogoutNotice) -> Result<(), StorageFault>;
    /// Takes up to `limit` notices that are due, oldest first, but none to the clients in `busy`, and makes them due again
    /// at `lease_until`: another node tries then, if this one dies. Counts the attempt.
    ///
    /// # Errors
    /// Storage.
    fn lease_notices(
        &mut self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
        busy: &[String],
    ) -> Result<Vec<LogoutNotice>, StorageFault>;
    /// Makes a notice due again at another time.
    ///
    /// # Errors
    /// Storage.
    fn postpone_notice(&mut self, id: NoticeId, due_at: Timestamp) -> Result<(), StorageFault>;
    /// Removes a notice: delivered, or given up.
    ///
    /// # Errors
    /// Storage.
    fn finish_notice(&mut self, id: NoticeId) -> Result<(), StorageFault>;
}

/// Authorization and logout requests on their way through the pages.
pub trait Interactions {
    /// Stores or replaces one until `expires_at`.
    ///
    /// # Errors
    /// Storage.
    fn save_interaction(
        &mut self,
        interaction: &Interaction,
        expires_at: Timestamp,
    ) -> Result<(), StorageFault>;
    /// One that has not expired.
    ///
    /// # Errors
    /// Storage.
    fn interaction(&mut self, id: InteractionId, now: Timestamp)
    -> Result<Option<Interaction>, StorageFault>;
    /// Removes it. `Found::Yes` means: you finished it, and nobody else ever will.
    ///
    /// # Errors
    /// Storage.
    fn finish_interaction(&mut self, id: InteractionId) -> Result<Found, StorageFault>;
}

/// Signing keys. That there is at most one active key and one spare per algorithm are indexes of the database.
pub trait Keys {
    /// All keys, newest first within an algorithm.
    ///
    /// # Errors
    /// Storage.
    fn keys(&mut self) -> Result<Vec<StoredKey>, StorageFault>;
    /// Stores a new key.
    ///
    /// # Errors
    /// Storage.
    fn insert_key(&mut self, key: &StoredKey) -> Result<Insert, StorageFault>;
    /// Replaces a key that is in state `from`. `Found::Yes` means: it was, and this is what became of it.
    ///
    /// # Errors
    /// Storage.
    fn update_key(&mut self, key: &StoredKey, from: KeyState) -> Result<Found, StorageFault>;
    /// Adds to what keys have signed.
    ///
    /// # Errors
    /// Storage.
    fn add_signed(&mut self, signed: &[Signed]) -> Result<(), StorageFault>;
    /// What keys have signed that is good after `now`: for each key and client how much, and until when the last of it is.
    ///
    /// # Errors
    /// Storage.
    fn signed(&mut self, now: Timestamp) -> Result<Vec<Signed>, StorageFault>;
    /// A value of the installation, such as the master key's check.
    ///
    /// # Errors
    /// Storage.
    fn meta(&mut self, name: &str) -> Result<Option<Vec<u8>>, StorageFault>;
    /// Stores such a value where there is none yet.
    ///
    /// # Errors
    /// Storage.
    fn insert_meta(&mut self, name: &str, value: &[u8]) -> Result<Insert, StorageFault>;
    /// Replaces such a value where it is `known`. `Found::Yes` means: it was.
    ///
    /// # Errors
    /// Storage.
    fn swap_meta(&mut self, name: &str, known: &[u8], value: &[u8]) -> Result<Found, StorageFault>;
    /// Removes such a value where it is `known`.
    ///
    /// # Errors
    /// Storage.
    fn delete_meta(&mut self, name: &str, known: &[u8]) -> Result<Found, StorageFault>;
}
