//! Why a management use-case did not do what it was asked.

use std::fmt;

use identity::validate::InvalidValue;
use kernel::StorageFault;
use token::client::register::RegistrationFault;

/// A refusal, told to the administrator as it is.
#[derive(Debug, Clone)]
pub enum AdminFault {
    /// There is no such thing.
    NotFound {
        /// What was looked for: `user`, `group`, `member`, `client`, `resource`, `scope`, `session`, `grant`, `key`.
        what: &'static str,
        /// Under which name.
        name: String,
    },
    /// It contradicts what is there: a name is taken, a precondition does not hold.
    Conflict(String),
    /// The actor may not do this; what they may not, in one sentence.
    Forbidden(String),
    /// Values that cannot be taken; everything that is wrong with them.
    Invalid(Vec<String>),
    /// Storage failed.
    Storage(StorageFault),
}

impl AdminFault {
    /// There is no `what` called `name`.
    pub(crate) fn not_found(what: &'static str, name: impl ToString) -> Self {
        AdminFault::NotFound {
            what,
            name: name.to_string(),
        }
    }
}

impl fmt::Display for AdminFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AdminFault::NotFound { what, name } => {
                write!(f, "there is no {what} \"{}\"", name.escape_debug())
            }
            AdminFault::Conflict(reason) | AdminFault::Forbidden(reason) => f.write_str(reason),
            AdminFault::Invalid(reasons) => f.write_str(&reasons.join("\n")),
            AdminFault::Storage(fault) => fault.fmt(f),
        }
    }
}

impl std::error::Error for AdminFault {}

impl From<StorageFault> for AdminFault {
    fn from(fault: StorageFault) -> Self {
        AdminFault::Storage(fault)
    }
}

impl From<Vec<RegistrationFault>> for AdminFault {
    fn from(faults: Vec<RegistrationFault>) -> Self {
        AdminFault::Invalid(faults.iter().map(ToString::to_string).collect())
    }
}

impl From<Vec<InvalidValue>> for AdminFault {
    fn from(values: Vec<InvalidValue>) -> Self {
        AdminFault::Invalid(values.iter().map(ToString::to_string).collect())
    }
}
