//! `signet key`: the life of signing keys.

mod export;
mod reencrypt;
mod revoke;
mod rotate;
mod schedule;

use admin::keys::{self, Insistence, evidence, withdrawal};
use admin::view::{KeyView, KeyWithEvidenceView};
use clap::{Args, Subcommand};
use store::Leftovers;
use token::SigningAlg;
use token::keys::fresh::Check;
use token::keys::{Fresh, KeyPlan};

use super::options::{Destroying, Options, Writing};
use super::output::Answer;
use super::verb::{actor, destroy, many, one};
use crate::config::Config;
use crate::exit::Failure;
use crate::installation::{Installation, Keep};
use crate::master_key;
use crate::provider::on_keys;

#[derive(Debug, Subcommand)]
pub(crate) enum KeyVerb {
    /// List all keys
    List,
    /// Show a key, and what is known of the tokens it signed
    Show {
        /// Its id
        kid: String,
    },
    /// Publish what is missing: spares, and the keys of algorithms that came into use
    Generate {
        /// Only for this algorithm
        #[arg(long, value_name = "ALG")]
        alg: Option<SigningAlg>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Let the spare take over, and publish a new one
    Rotate {
        /// Only this algorithm; else every one
        #[arg(long, value_name = "ALG")]
        alg: Option<SigningAlg>,
        #[command(flatten)]
        force: Force,
        #[command(flatten)]
        destroying: Destroying,
    },
    /// Show when keys rotate by themselves; pause that, or resume it
    Schedule(schedule::ScheduleArgs),
    /// Let this spare take over, and publish a new one
    Activate {
        /// Its id
        kid: String,
        #[command(flatten)]
        force: Force,
        #[command(flatten)]
        destroying: Destroying,
    },
    /// Take a retiring key out of the JWK Set
    Retire {
        /// Its id
        kid: String,
        #[command(flatten)]
        force: Force,
        #[command(flatten)]
        destroying: Destroying,
    },
    /// Take a key back, a retired one too: nothing it signed is believed any more. Tells first what that means; with --dry-run only that
    Revoke {
        /// Its id
        kid: String,
        /// Why, for the audit trail
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        #[command(flatten)]
        destroying: Destroying,
    },
    /// Print the JWK Set, or one public key
    ExportPublic(export::ExportArgs),
    /// Replace the master key: seal every private key anew. Interrupted, it is run again
    Reencrypt(reencrypt::ReencryptArgs),
}

/// To act before it is safe.
#[derive(Debug, Clone, Args)]
pub(crate) struct Force {
    /// Act although it is not safe yet; needs --reason
    #[arg(long, requires = "reason")]
    force: bool,
    /// Why, for the audit trail
    #[arg(long, value_name = "TEXT", requires = "force")]
    reason: Option<String>,
}

impl Force {
    fn insistence(self) -> Insistence {
        match self.reason {
            Some(reason) if self.force => Insistence::Because(reason),
            _ => Insistence::None,
        }
    }
}

const ID: &str = "kid";
const COLUMNS: &[&str] = &[
    "kid",
    "alg",
    "state",
    "published_at",
    "safe_at",
    "activated_at",
    "leaves_jwks_at",
];

impl KeyVerb {
    pub(crate) fn run(self, options: &Options) -> Result<Answer, Failure> {
        let place = Place::open(options)?;
        match self {
            KeyVerb::List => {
                let all = place
                    .installation
                    .read(|ports, ctx| keys::list(ports, ctx, &actor()))?;
                many(all.iter().map(KeyView::from), ID, COLUMNS)
            }
            KeyVerb::Show { kid } => show(&place, kid),
            KeyVerb::Generate { alg, writing } => rotate::generate(&place, alg, writing),
            KeyVerb::Rotate {
                alg,
                force,
                destroying,
            } => rotate::rotate(&place, alg, force.insistence(), destroying.writing),
            KeyVerb::Schedule(args) => args.run(&place),
            KeyVerb::Activate {
                kid,
                force,
                destroying,
            } => rotate::activate(&place, kid, force.insistence(), destroying.writing),
            KeyVerb::Retire {
                kid,
                force,
                destroying,
            } => retire(&place, kid, force.insistence(), destroying),
            KeyVerb::Revoke {
                kid,
                reason,
                destroying,
            } => revoke::run(&place, kid, reason, destroying),
            KeyVerb::ExportPublic(args) => args.run(&place),
            KeyVerb::Reencrypt(args) => args.run(&place),
        }
    }
}

/// An installation with what it is to have of keys.
struct Place {
    installation: Installation,
    config: Config,
}

impl Place {
    fn open(options: &Options) -> Result<Self, Failure> {
        let config = options.load()?;
        let installation = Installation::open(&config)?;
        Ok(Self { installation, config })
    }

    fn plan(&self) -> KeyPlan {
        self.config.key_plan.clone()
    }

    /// New keys, made before anything is changed. No master key is asked for where none is made: taking a key back must
    /// not wait for it.
    fn fresh(&self, algorithms: &[SigningAlg]) -> Result<Fresh, Failure> {
        if algorithms.is_empty() {
            return Ok(Fresh::none());
        }
        let master = std::sync::Arc::new(master_key::read(&self.config.master_key_file)?);
        let asked = std::sync::Arc::clone(&master);
        let check = self.installation.read(move |ports, _| Check::of(ports, &asked));
        let check = check.map_err(on_keys)?;
        Fresh::make(algorithms, &master, check, &self.installation.ctx).map_err(on_keys)
    }
}

/// After a private half was erased: nothing of it stays in the database's files. What was done is done, so a fault is only
/// told.
fn sweep_out(place: &Place, keep: Keep) {
    if keep == Keep::Nothing {
        return;
    }
    match place.installation.store.sweep_out() {
        Ok(Leftovers::None) => {}
        Ok(Leftovers::Some) => eprintln!(
            "note: what was erased stays in the database's files for a while: in SQLite's log until the next checkpoint, on \
             PostgreSQL as long as the server keeps it"
        ),
        Err(fault) => eprintln!("note: what was erased may still be in the database's log: {fault}"),
    }
}

fn show(place: &Place, kid: String) -> Result<Answer, Failure> {
    let (status, evidence) = place.installation.read(move |ports, ctx| {
        let status = keys::find(ports, ctx, &actor(), &kid)?;
        let evidence = evidence::of(ports, ctx, &actor(), &kid)?;
        Ok::<_, admin::AdminFault>((status, evidence))
    })?;
    one(KeyWithEvidenceView::new(&status, &evidence), ID)
}

fn retire(
    place: &Place,
    kid: String,
    insistence: Insistence,
    destroying: Destroying,
) -> Result<Answer, Failure> {
    let question = format!("Take the key {kid:?} out of the JWK Set?");
    let retired = destroy(&place.installation, destroying, &question, move |ports, ctx| {
        withdrawal::retire(ports, ctx, &actor(), &kid, &insistence).map_err(Failure::from)
    })?;
    one(KeyView::from(&retired), ID)
}
