//! Secrets on their way in and out: never as a flag's value, written only where nothing is yet.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use zeroize::Zeroizing;

use crate::config::without_newline;
use crate::exit::{Exit, Failure, on_file, plain};

/// Reads a secret from standard input to its end. It loses one trailing newline, which `echo` adds.
///
/// # Errors
/// When standard input cannot be read or is not UTF-8.
pub(crate) fn from_stdin() -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::new());
    let read = std::io::stdin().lock().read_to_string(&mut text);
    read.map_err(|error| Failure::new(Exit::Failed, format!("standard input: {}", plain(&error))))?;
    Ok(Zeroizing::new(without_newline(&text).to_owned()))
}

/// Reads a secret from a file, without one trailing newline.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn from_file(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(on_file(path))?);
    Ok(Zeroizing::new(without_newline(&text).to_owned()))
}

/// Writes a secret into a new file that only its owner can read, durably.
///
/// # Errors
/// [`Exit::Conflict`] when there is a file of that name: whatever it holds, it is not ours to lose.
pub(crate) fn write_new(path: &Path, secret: &str) -> Result<(), Failure> {
    let create = || {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(secret.as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        // Its name is written in the directory, which is another file.
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
    };
    create().map_err(on_file(path))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_secret_file_is_private_and_never_overwritten() {
        let path = std::env::temp_dir().join(format!("signet-secret-{}", std::process::id()));
        write_new(&path, "s3cret").unwrap();
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(write_new(&path, "other").unwrap_err().exit, Exit::Conflict);
        assert_eq!(from_file(&path).unwrap().as_str(), "s3cret");
        std::fs::remove_file(&path).unwrap();
    }
}
