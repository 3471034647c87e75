//! What a configuration points at, opened: the database, and what use-cases need beside it.

use std::sync::Arc;

use admin::Ports;
use kernel::audit::{Source, Way};
use kernel::{Access, Ctx, StorageFault, SystemClock, SystemEntropy, work};
use store::{Database, OpenFault, OpenMode};

use crate::config::Config;
use crate::exit::{Exit, Failure};

/// An open installation.
pub(crate) struct Installation {
    /// The database.
    pub(crate) store: Arc<Database>,
    /// Time, dice, issuer, policy.
    pub(crate) ctx: Arc<Ctx>,
}

/// Whether what a verb did is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Yes.
    Changes,
    /// No: everything is done, then undone.
    Nothing,
}

/// Why a unit of work of the command line ended without a commit.
enum Stop<T, E> {
    /// It was to be undone; its answer.
    Undone(T),
    /// It failed.
    Failed(E),
}

impl<T, E: From<StorageFault>> From<StorageFault> for Stop<T, E> {
    fn from(fault: StorageFault) -> Self {
        Stop::Failed(fault.into())
    }
}

impl Installation {
    /// Opens the database of `config`, which must have a schema this program can use, and takes its time. Where there is a
    /// Redis, what is committed is announced there; whether it answers is not asked.
    ///
    /// # Errors
    /// One line, with the exit code that fits.
    pub(crate) fn open(config: &Config) -> Result<Self, Failure> {
        let store = Database::open(&config.database, OpenMode::MustExist)?;
        if let Some(cache) = &config.cache {
            store.join(cache, &SystemEntropy)?;
        }
        let clock = store.clock(Arc::new(SystemClock))?;
        Ok(Self {
            store: Arc::new(store),
            ctx: Arc::new(Ctx {
                clock,
                ..context(config)
            }),
        })
    }

    /// Runs a use-case that reads.
    ///
    /// # Errors
    /// The use-case's own.
    pub(crate) fn read<T, E>(
        &self,
        work: impl FnOnce(&mut dyn Ports, &Ctx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageFault> + Send + 'static,
    {
        let ctx = Arc::clone(&self.ctx);
        work::run::<dyn Ports, T, E>(&*self.store, Access::Read, move |ports| work(ports, &ctx))
    }

    /// Runs a use-case that writes.
    ///
    /// # Errors
    /// The use-case's own.
    pub(crate) fn write<T, E>(
        &self,
        keep: Keep,
        work: impl FnOnce(&mut dyn Ports, &Ctx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageFault> + Send + 'static,
    {
        let ctx = Arc::clone(&self.ctx);
        let outcome = work::run::<dyn Ports, T, Stop<T, E>>(&*self.store, Access::Write, move |ports| {
            ports.come_from(Source::by(Way::CommandLine));
            let done = work(ports, &ctx).map_err(Stop::Failed)?;
            match keep {
                Keep::Changes => Ok(done),
                Keep::Nothing => Err(Stop::Undone(done)),
            }
        });
        match outcome {
            Ok(done) | Err(Stop::Undone(done)) => Ok(done),
            Err(Stop::Failed(error)) => Err(error),
        }
    }
}

/// The context of production without a database: the system's clock and dice.
pub(crate) fn context(config: &Config) -> Ctx {
    Ctx {
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        issuer: config.issuer.clone(),
        policy: config.to_policy(),
    }
}

impl From<OpenFault> for Failure {
    fn from(fault: OpenFault) -> Self {
        let exit = match fault {
            OpenFault::Url(_) | OpenFault::Postgres(_) => Exit::Configuration,
            OpenFault::Missing(_)
            | OpenFault::Unwritable { .. }
            | OpenFault::NotADatabase(_)
            | OpenFault::Unreachable(_) => Exit::Unreachable,
            OpenFault::Clock { .. } => Exit::Failed,
            OpenFault::SchemaTooOld { .. } | OpenFault::SchemaTooNew { .. } => Exit::Schema,
        };
        Self::new(exit, fault)
    }
}
