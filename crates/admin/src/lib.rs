//! Management use-cases: what an administrator may do with people, groups, clients, APIs, scopes, sessions, grants
//! and keys.
//!
//! The command line and, later, the console call the same functions. Each runs inside one transaction that the caller
//! holds, and every write leaves an audit event in it.

pub mod actor;
pub mod administrators;
pub mod answers;
pub mod api;
pub mod attention;
pub mod audit;
pub mod authority;
pub mod blueprint;
pub mod clients;
pub mod console;
pub mod directory;
pub mod edition;
pub mod fault;
pub mod flows;
pub mod grants;
pub mod groups;
pub mod keys;
pub mod lead;
pub mod lint;
pub mod password_link;
pub mod ports;
mod rank;
pub mod resources;
pub mod scopes;
pub mod sessions;
pub mod setup;
pub mod snippets;
pub mod statistics;
pub mod tokens;
pub mod users;
pub mod view;

pub use actor::{Actor, Way};
pub use answers::KeptAnswers;
pub use authority::{Administrator, Permission, Permissions, Role};
pub use directory::Directory;
pub use fault::AdminFault;
pub use flows::Flows;
pub use ports::{Administrators, ConsoleSessions, Ports, Store};
pub use statistics::Statistics;

#[cfg(test)]
mod tests;
