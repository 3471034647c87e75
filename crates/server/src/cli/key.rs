//! `signet key`: signing keys, as far as one can look at them.

use admin::keys;
use admin::view::KeyView;
use clap::Subcommand;

use super::options::Options;
use super::output::Answer;
use super::verb::{many, one, open};
use crate::exit::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum KeyVerb {
    /// List all keys
    List,
    /// Show a key
    Show {
        /// Its id
        kid: String,
    },
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
        let installation = open(options)?;
        match self {
            KeyVerb::List => {
                let all = installation.read(|ports, ctx| keys::list(ports, &ctx.policy))?;
                many(all.iter().map(KeyView::from), ID, COLUMNS)
            }
            KeyVerb::Show { kid } => {
                let key = installation.read(move |ports, ctx| keys::find(ports, &ctx.policy, &kid))?;
                one(KeyView::from(&key), ID)
            }
        }
    }
}
