//! The master key's file: made once by `signet init`, read at every start.

use std::path::Path;

use token::keys::MasterKey;
use zeroize::Zeroizing;

use crate::exit::{Exit, Failure, plain};

/// Reads the master key.
///
/// # Errors
/// One line that names the file. A missing key is never replaced: what it sealed would be lost.
pub(crate) fn read(path: &Path) -> Result<MasterKey, Failure> {
    let refuse = |what: String| {
        Failure::new(
            Exit::Configuration,
            format!("master key {}: {what}", path.display()),
        )
    };
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => refuse("there is no such file; put your copy of it back".to_owned()),
        _ => refuse(plain(&error)),
    })?);
    MasterKey::from_text(&text).map_err(|fault| refuse(fault.to_string()))
}
