//! The trail, for those who read it.

use kernel::StorageFault;
use kernel::audit::AuditRecord;
use token::Checkpoint;

use super::AuditPage;
use super::filter::AuditFilter;

/// In which order records are wanted. By time first: several nodes may have clocks a little apart, so numbers need not follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// What happened last comes first.
    NewestFirst,
    /// What happened first comes first.
    OldestFirst,
}

/// Reads the trail, and keeps its checkpoints.
pub trait AuditTrail {
    /// What fits the filter, behind the record with the number `after`. Nothing behind a record that does not exist. Looks at
    /// no more records than a page is worth: it may hold less than `limit` and still have a next one.
    ///
    /// # Errors
    /// Storage.
    fn audit_records(
        &mut self,
        filter: &AuditFilter,
        after: Option<u64>,
        order: Order,
        limit: u32,
    ) -> Result<AuditPage, StorageFault>;
    /// The records with numbers above `after`, by number: the chain as it was written.
    ///
    /// # Errors
    /// Storage.
    fn audit_chain(&mut self, after: u64, limit: u32) -> Result<Vec<AuditRecord>, StorageFault>;
    /// The record with the highest number.
    ///
    /// # Errors
    /// Storage.
    fn newest_audit_record(&mut self) -> Result<Option<AuditRecord>, StorageFault>;
    /// The checkpoints about records with numbers above `after`, by number.
    ///
    /// # Errors
    /// Storage.
    fn checkpoints(&mut self, after: u64, limit: u32) -> Result<Vec<Checkpoint>, StorageFault>;
    /// The checkpoint about the highest number.
    ///
    /// # Errors
    /// Storage.
    fn newest_checkpoint(&mut self) -> Result<Option<Checkpoint>, StorageFault>;
    /// Keeps a checkpoint.
    ///
    /// # Errors
    /// Storage; there is one for this number already.
    fn insert_checkpoint(&mut self, checkpoint: &Checkpoint) -> Result<(), StorageFault>;
}
