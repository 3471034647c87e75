//! News for caches: which stored thing is no longer what it was.

/// A change another thread, process or node made. Caches forget what it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A client was created, changed or deleted; its `client_id`.
    Client(String),
    /// A user was created, changed or deleted; the `sub`.
    User(String),
    /// Some signing key changed state.
    Keys,
    /// A resource or a scope was created, changed or deleted.
    Catalogue,
    /// More than the feed can tell happened: forget everything.
    Everything,
}
