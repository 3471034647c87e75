//! A client's secret on the command line: brought in a file, handed out in the answer or into a file.

use std::path::PathBuf;

use admin::clients::Registered;
use clap::Args;
use kernel::Plain;
use kernel::secret::ClientSecret;

use crate::cli::secret_file;
use crate::exit::{Exit, Failure};
use crate::installation::Keep;

#[derive(Debug, Default, Args)]
pub(crate) struct SecretArgs {
    /// Read the client's secret from a file instead of making one
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) new: NewSecret,
}

/// What becomes of a secret that is made.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct NewSecret {
    /// Write a new secret into a new file (mode 0600) instead of printing it
    #[arg(long, value_name = "FILE")]
    write_secret: Option<PathBuf>,
}

impl SecretArgs {
    /// The secret the client has already.
    pub(crate) fn brought(&self) -> Result<Option<Plain<ClientSecret>>, Failure> {
        let read = self
            .secret_file
            .as_deref()
            .map(secret_file::from_file)
            .transpose()?;
        Ok(read.map(|text| Plain::from_presented(text.as_str())))
    }
}

impl NewSecret {
    /// Runs `work`, which hands a secret out before its transaction commits: a secret that reached nobody would be lost.
    /// If the commit then fails, the file goes again. In a dry run nothing is handed out.
    pub(crate) fn guard(
        self,
        keep: Keep,
        work: impl FnOnce(HandOut) -> Result<Registered, Failure>,
    ) -> Result<Registered, Failure> {
        let Some(path) = self.write_secret else {
            return work(if keep == Keep::Changes {
                HandOut::InAnswer
            } else {
                HandOut::Nowhere
            });
        };
        if path.symlink_metadata().is_ok() {
            let reason = format!("{} exists already; nothing was changed", path.display());
            return Err(Failure::new(Exit::Conflict, reason));
        }
        if keep == Keep::Nothing {
            return work(HandOut::Nowhere);
        }
        work(HandOut::InFile(path.clone())).inspect_err(|_| {
            let _ = std::fs::remove_file(&path);
        })
    }
}

/// Where a new secret goes.
pub(crate) enum HandOut {
    /// Into the command's answer.
    InAnswer,
    /// Into a new file.
    InFile(PathBuf),
    /// It is not kept, so nobody should see it.
    Nowhere,
}

impl HandOut {
    /// Takes the secret out of the answer where it goes elsewhere.
    pub(crate) fn hand_out(self, mut registered: Registered) -> Result<Registered, Failure> {
        match self {
            HandOut::InAnswer => {}
            HandOut::Nowhere => registered.secret = None,
            HandOut::InFile(path) => {
                if let Some(secret) = registered.secret.take() {
                    secret_file::write_new(&path, secret.expose())?;
                }
            }
        }
        Ok(registered)
    }
}
