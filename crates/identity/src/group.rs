//! A named set of people, and the roles that come with being in it.

use kernel::Timestamp;

/// A group. Its name is its identity, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// 1 to 255 printable characters.
    pub name: String,
    /// For administrators.
    pub description: Option<String>,
    /// Roles every member has.
    pub roles: Vec<String>,
    /// When made.
    pub created_at: Timestamp,
}
