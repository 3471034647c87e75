//! A person's new password: asked for, read from standard input or a file, judged and hashed. Never a flag's value.

use std::path::PathBuf;

use clap::Args;
use identity::password::argon2id::{self, Memory};
use identity::{Password, PasswordHash, PasswordPolicy};
use kernel::SystemEntropy;
use zeroize::Zeroizing;

use super::{secret_file, terminal};
use crate::exit::{Exit, Failure};

/// Where a password comes from.
#[derive(Debug, Default, Args)]
#[group(multiple = false)]
pub(crate) struct PasswordArgs {
    /// Ask for a password
    #[arg(long)]
    password: bool,
    /// Read the password from standard input
    #[arg(long)]
    password_stdin: bool,
    /// Read the password from a file
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
}

/// What to do when no flag says where the password comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unsaid {
    /// Ask, if somebody is there.
    Ask,
    /// Set none.
    Leave,
}

impl PasswordArgs {
    /// Whether standard input belongs to the password.
    pub(crate) fn takes_stdin(&self) -> bool {
        self.password_stdin
    }

    /// The hash of the new password, if there is to be one.
    ///
    /// # Errors
    /// When it cannot be read or is too short.
    pub(crate) fn hash(&self, unsaid: Unsaid) -> Result<Option<PasswordHash>, Failure> {
        let Some(typed) = self.read(unsaid)? else {
            return Ok(None);
        };
        let password = Password::new(&typed).map_err(Failure::usage)?;
        // Length is all that is judged, as everywhere.
        PasswordPolicy::Standard
            .check(&password)
            .map_err(Failure::usage)?;
        let hash = argon2id::hash(&mut Memory::default(), &password, &SystemEntropy);
        hash.map(Some).map_err(|fault| Failure::new(Exit::Failed, fault))
    }

    fn read(&self, unsaid: Unsaid) -> Result<Option<Zeroizing<String>>, Failure> {
        if self.password_stdin {
            return secret_file::from_stdin().map(Some);
        }
        if let Some(path) = &self.secret_file {
            return secret_file::from_file(path).map(Some);
        }
        match (self.password, terminal::somebody_is_there()) {
            (true, false) => Err(Failure::usage(
                "nobody is at a terminal to type a password; pass --password-stdin",
            )),
            (true, true) => terminal::new_password(),
            (false, true) if unsaid == Unsaid::Ask => terminal::new_password(),
            (false, _) => Ok(None),
        }
    }
}
