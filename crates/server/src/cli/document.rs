//! A JSON document named by `--metadata`: a file, or `-` for standard input.

use std::io::Read as _;
use std::path::Path;

use crate::exit::{Exit, Failure, on_file, plain};

/// More than any document that will be taken.
const LONGEST: u64 = 1024 * 1024;

/// The document's text.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn read(name: &str) -> Result<String, Failure> {
    if name != "-" {
        return read_file(Path::new(name));
    }
    let mut text = String::new();
    let read = std::io::stdin().lock().take(LONGEST).read_to_string(&mut text);
    read.map_err(|error| Failure::new(Exit::Failed, format!("standard input: {}", plain(&error))))?;
    Ok(text)
}

/// The text of a file, whatever its name.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn read_file(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(LONGEST).read_to_string(&mut text));
    read.map_err(on_file(path))?;
    Ok(text)
}
