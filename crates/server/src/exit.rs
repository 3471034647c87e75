//! How a command ends when it does not end well: a documented exit code and one clear message.

use std::fmt;
use std::process::ExitCode;

use kernel::StorageFault;

use crate::config::Problems;

/// Exit codes. Scripts rely on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Failed, or a check found something.
    Failed = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// The configuration is invalid.
    Configuration = 3,
    /// There is no such thing.
    NotFound = 4,
    /// It exists already, or a precondition is not met.
    Conflict = 5,
    /// Whoever asked may not do this.
    NotAllowed = 6,
    /// Database or server unreachable.
    Unreachable = 7,
    /// The schema needs `signet migrate up`.
    Schema = 9,
}

/// Why a command ended, for the person who started it. Holds no secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    message: String,
}

impl Failure {
    /// A failure with one sentence, in small letters and without a full stop.
    pub fn new(exit: Exit, message: impl fmt::Display) -> Self {
        Self {
            exit,
            message: format!("error: {message}"),
        }
    }

    /// The command line makes no sense.
    pub fn usage(message: impl fmt::Display) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// What went wrong, without the word in front.
    pub fn reason(&self) -> &str {
        self.message.strip_prefix("error: ").unwrap_or(&self.message)
    }

    /// The code for the operating system.
    pub fn code(&self) -> ExitCode {
        ExitCode::from(self.exit as u8)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self {
            exit: Exit::Configuration,
            message: problems.to_string(),
        }
    }
}

impl From<StorageFault> for Failure {
    fn from(fault: StorageFault) -> Self {
        let exit = match fault {
            StorageFault::Unavailable(_) => Exit::Unreachable,
            StorageFault::Outdated(_) => Exit::Schema,
            StorageFault::Corrupt { .. } | StorageFault::Panicked(_) => Exit::Failed,
        };
        Self::new(exit, fault)
    }
}

/// What an input or output error on `path` means.
pub(crate) fn on_file(path: &std::path::Path) -> impl Fn(std::io::Error) -> Failure {
    move |error| {
        let exit = match error.kind() {
            std::io::ErrorKind::AlreadyExists => Exit::Conflict,
            _ => Exit::Failed,
        };
        Failure::new(exit, format!("{}: {}", path.display(), plain(&error)))
    }
}

/// The operating system's sentence without the number it adds.
pub(crate) fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    let sentence = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = sentence.chars();
    letters
        .next()
        .map(|first| first.to_lowercase().chain(letters).collect())
        .unwrap_or_default()
}
