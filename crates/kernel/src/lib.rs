//! The words every crate of Signet needs: time, randomness, identifiers, secrets and the unit of work.
//!
//! The kernel knows nothing of OAuth, people, HTTP or SQL.

pub mod audit;
pub mod change;
pub mod corrected;
pub mod ctx;
pub mod digest;
pub mod entropy;
pub mod id;
pub mod secret;
pub mod time;
pub mod work;

pub use audit::{Audit, AuditEvent, AuditRecord, Source};
pub use change::Change;
pub use corrected::CorrectedClock;
pub use ctx::{Ctx, Issuer, Policy};
pub use entropy::{Entropy, SystemEntropy};
pub use secret::{Digest, Plain};
pub use time::{Clock, SteadyClock, SystemClock, Timestamp};
pub use work::{Access, StorageFault, UnitOfWork};

#[cfg(feature = "testing")]
pub use entropy::SeededEntropy;
#[cfg(any(test, feature = "testing"))]
pub use time::FixedClock;
