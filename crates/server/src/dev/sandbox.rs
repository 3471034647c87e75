//! The sandbox's storage: a directory of its own that goes when the sandbox ends.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use kernel::Entropy;
use kernel::digest::base64url;
use kernel::entropy::bytes;

use crate::exit::{Failure, on_file};

/// A directory that is removed when this is dropped.
pub(crate) struct Sandbox(PathBuf);

impl Sandbox {
    /// A fresh directory nobody else can look into.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn new(entropy: &dyn Entropy) -> Result<Self, Failure> {
        let name = format!("signet-dev-{}", base64url(&bytes::<9>(entropy)));
        let path = std::env::temp_dir().join(name);
        std::fs::DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(on_file(&path))?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // Nobody is left to tell; the system cleans its temporary directory, too.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
