//! Editions of a record: whoever changes one says which edition they looked at, and is refused when another is there by now.

use kernel::digest::{base64url, sha256};
use serde::Serialize;

use crate::fault::AdminFault;

/// The edition of a record: another after every change of what it says.
pub fn of(record: &impl Serialize) -> String {
    // Records of ours are always JSON; if one were not, no edition would be the one somebody saw.
    let json = serde_json::to_vec(record).unwrap_or_default();
    base64url(&sha256(&json))
}

/// That a record is still at the edition `seen`.
///
/// # Errors
/// `Conflict`.
pub fn is_still(record: &impl Serialize, seen: &str) -> Result<(), AdminFault> {
    if of(record) == seen {
        return Ok(());
    }
    Err(AdminFault::Conflict(
        "somebody changed it meanwhile: look at it again".to_owned(),
    ))
}
