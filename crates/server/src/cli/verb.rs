//! What the verbs on people, clients, sessions and the rest have in common.

use admin::{Actor, AdminFault, Ports};
use kernel::Ctx;
use serde::Serialize;
use serde_json::Value;

use super::options::{Destroying, Options, Writing};
use super::output::Answer;
use super::terminal;
use crate::exit::{Exit, Failure};
use crate::installation::{Installation, Keep};

/// Opens what the configuration points at.
pub(crate) fn open(options: &Options) -> Result<Installation, Failure> {
    Installation::open(&options.load()?)
}

/// Who the audit trail says it was.
pub(crate) fn actor() -> Actor {
    Actor::cli()
}

impl Writing {
    /// Whether to keep what is done; says so when not.
    pub(crate) fn keep(self) -> Keep {
        if self.dry_run {
            eprintln!("dry run: nothing is kept");
            Keep::Nothing
        } else {
            Keep::Changes
        }
    }
}

/// Does something that cannot be undone: once for nothing, so that what must fail fails before anybody is asked, and
/// once in earnest.
pub(crate) fn destroy<T: Send + 'static>(
    installation: &Installation,
    destroying: Destroying,
    question: &str,
    work: impl FnOnce(&mut dyn Ports, &Ctx) -> Result<T, Failure> + Clone + Send + 'static,
) -> Result<T, Failure> {
    if !destroying.yes && !destroying.writing.dry_run {
        installation.write(Keep::Nothing, work.clone())?;
        terminal::confirm(question)?;
    }
    installation.write(destroying.writing.keep(), work)
}

/// An answer about one thing.
pub(crate) fn one(view: impl Serialize, id: &'static str) -> Result<Answer, Failure> {
    Ok(Answer::One {
        object: json(view)?,
        id,
    })
}

/// An answer about several things.
pub(crate) fn many<V: Serialize>(
    views: impl IntoIterator<Item = V>,
    id: &'static str,
    columns: &'static [&'static str],
) -> Result<Answer, Failure> {
    let objects = views.into_iter().map(json).collect::<Result<_, _>>()?;
    Ok(Answer::Many { objects, id, columns })
}

fn json(view: impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(view).map_err(|error| Failure::new(Exit::Failed, error))
}

impl From<AdminFault> for Failure {
    fn from(fault: AdminFault) -> Self {
        let exit = match fault {
            AdminFault::NotFound { .. } => Exit::NotFound,
            AdminFault::Conflict(_) => Exit::Conflict,
            AdminFault::Forbidden(_) => Exit::NotAllowed,
            AdminFault::Invalid(_) => Exit::Usage,
            AdminFault::Storage(fault) => return fault.into(),
        };
        Self::new(exit, fault)
    }
}
