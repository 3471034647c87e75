//! Which clients have seen the JWK Set. Inferred, never known: see `web`'s file of the same name for how.

use kernel::{StorageFault, Timestamp};

/// The JWK Set was fetched from where a client calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Which client.
    pub client_id: String,
    /// When, the last time.
    pub fetched_at: Timestamp,
}

/// Sightings in storage.
pub trait JwksSightings {
    /// Keeps the latest of each client; of clients that are gone by now, nothing.
    ///
    /// # Errors
    /// Storage.
    fn note_jwks_sightings(&mut self, seen: &[Sighting]) -> Result<(), StorageFault>;
    /// The last of each client that was ever seen.
    ///
    /// # Errors
    /// Storage.
    fn jwks_sightings(&mut self) -> Result<Vec<Sighting>, StorageFault>;
}
