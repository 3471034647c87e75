//! Why an installation was not copied.

use kernel::StorageFault;

use crate::fault::OpenFault;

/// Why an installation was not copied. The target was left as it was, or with empty tables. Holds no passwords.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CopyFault {
    /// The source cannot be used.
    #[error("the source: {0}")]
    Source(OpenFault),
    /// The target cannot be used.
    #[error("the target: {0}")]
    Target(OpenFault),
    /// Somebody has the source open and may write there what would not be copied.
    #[error("the source is in use: stop the server first, since what it writes meanwhile would be lost")]
    InUse,
    /// The target is not empty.
    #[error("the target holds an installation already (its table {0} has rows); it was not touched")]
    Occupied(&'static str),
    /// The target has a table of a name that Signet needs.
    #[error("the target has a table {0} that is not Signet's; it was not touched")]
    Foreign(&'static str),
    /// The two have tables of different shapes.
    #[error("the table {0} does not have the same columns on both sides")]
    Shape(&'static str),
    /// What arrived is not what was sent.
    #[error("the table {table} did not arrive as it was ({sent} rows sent, {kept} there); nothing was kept")]
    Differs {
        /// Its name.
        table: &'static str,
        /// Rows of the source.
        sent: i64,
        /// Rows of the target.
        kept: i64,
    },
    /// A database failed on the way.
    #[error("{table}: {fault}")]
    Storage {
        /// Where.
        table: &'static str,
        /// What it said.
        fault: StorageFault,
    },
}

/// A fault at a table.
pub fn at(table: &'static str) -> impl Fn(StorageFault) -> CopyFault {
    move |fault| CopyFault::Storage { table, fault }
}
