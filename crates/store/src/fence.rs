//! Keeps a running program from a schema that has moved on without it, and from doing anything at a wrong time.
//!
//! A program is checked when it opens a database; whoever migrates that two releases further meanwhile may have changed what
//! the program believes to know. Until somebody replaces it, it does nothing rather than something wrong. The same holds while its clock and the database's are days apart
//! (`clock`).

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use kernel::{StorageFault, Timestamp};

use crate::conn::Conn;
use crate::fault::OpenFault;
use crate::schema;

/// How often a running program looks.
const INTERVAL: Duration = Duration::from_secs(2);

/// Open, or closed for a reason.
#[derive(Clone, Default)]
pub struct Fence(Arc<RwLock<Reasons>>);

/// Why it is closed. Each reason comes and goes by itself.
#[derive(Default)]
struct Reasons {
    schema: Option<String>,
    time: Option<String>,
}

impl Fence {
    /// Why nobody may pass; `None` while it is open.
    pub fn why(&self) -> Option<String> {
        let reasons = self.0.read().unwrap_or_else(PoisonError::into_inner);
        reasons.schema.clone().or_else(|| reasons.time.clone())
    }

    /// Closes it because nobody knows what time it is, or opens it in that respect.
    pub fn doubt_time(&self, why: Option<String>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).time = why;
    }

    fn schema(&self) -> Option<String> {
        let reasons = self.0.read().unwrap_or_else(PoisonError::into_inner);
        reasons.schema.clone()
    }

    fn set(&self, why: Option<String>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).schema = why;
    }
}

/// Whether this program may touch the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// It may.
    Open,
    /// It must not.
    Closed,
}

/// Looks at the schema, on the watcher's connection.
pub struct Guard {
    fence: Fence,
    looked_at: Option<Timestamp>,
}

impl Guard {
    /// Of this fence.
    pub fn new(fence: Fence) -> Self {
        Self {
            fence,
            looked_at: None,
        }
    }

    /// Looks, where it is time to. While the fence is closed there is no news, and what is remembered grows old.
    pub fn look(&mut self, conn: &mut Conn, now: Timestamp) -> Result<Passage, StorageFault> {
        if self.looked_at.is_none_or(|at| now.since(at) >= INTERVAL) {
            self.judge(schema::require_fit(conn))?;
            self.looked_at = Some(now);
        }
        Ok(match self.fence.schema() {
            None => Passage::Open,
            Some(_) => Passage::Closed,
        })
    }

    fn judge(&self, found: Result<(), OpenFault>) -> Result<(), StorageFault> {
        let was_closed = self.fence.schema().is_some();
        match found {
            Ok(()) if was_closed => {
                tracing::info!("the database schema is one this program can use again");
                self.fence.set(None);
            }
            Ok(()) => {}
            Err(fault @ (OpenFault::SchemaTooNew { .. } | OpenFault::SchemaTooOld { .. })) => {
                if !was_closed {
                    tracing::error!(%fault, "nothing is served any more");
                }
                self.fence.set(Some(fault.to_string()));
            }
            Err(fault) => return Err(StorageFault::Unavailable(fault.to_string())),
        }
        Ok(())
    }
}
