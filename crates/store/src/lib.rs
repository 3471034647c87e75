//! Everything that is kept: implements every storage port of the house on diesel, for SQLite and PostgreSQL.
//!
//! [`Database`] runs units of work; [`schema`] brings its tables up to date; [`copy`] moves everything to another database.
//! No diesel type leaves this crate, and no rule of the house lives here but those a database must enforce: what is unique,
//! what happens once, what goes together.

mod cache;
mod change;
mod clock;
mod column;
mod conn;
pub mod copy;
mod database;
mod engine;
mod erasure;
mod fault;
mod fence;
mod filling;
mod location;
mod ports;
mod postgres;
mod revocation;
mod rows;
pub mod schema;
mod sweep;
mod swept;
mod tables;
mod timer;
mod tx;

pub use cache::state::CacheState;
pub use cache::url::{CacheUrl, CacheUrlFault};
pub use change::Listener;
pub use database::{Counts, Database, OpenMode};
pub use erasure::Leftovers;
pub use fault::OpenFault;
pub use postgres::url::{UrlFault, absolute_url};
pub use swept::Swept;
