//! `signet grant`: what people allowed applications.

use admin::grants::{self, GrantFilter};
use admin::view::GrantView;
use clap::Subcommand;

use super::options::{Destroying, Options};
use super::output::Answer;
use super::verb::{actor, destroy, many, one, open};
use crate::exit::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum GrantVerb {
    /// List the grants that were not taken back
    List {
        /// Only theirs: a username, e-mail address or sub
        #[arg(long, value_name = "USER")]
        user: Option<String>,
        /// Only this client's
        #[arg(long, value_name = "ID")]
        client: Option<String>,
    },
    /// Take a grant back: its refresh tokens are dead, its access tokens refused
    Revoke {
        /// Its id
        id: String,
        #[command(flatten)]
        destroying: Destroying,
    },
}

const ID: &str = "id";
const COLUMNS: &[&str] = &["id", "username", "client_id", "scope", "created_at"];

impl GrantVerb {
    pub(crate) fn run(self, options: &Options) -> Result<Answer, Failure> {
        let installation = open(options)?;
        match self {
            GrantVerb::List { user, client } => {
                let filter = GrantFilter {
                    user,
                    client_id: client,
                };
                let all = installation.read(move |ports, _| grants::list(ports, &actor(), &filter))?;
                many(all.iter().map(GrantView::from), ID, COLUMNS)
            }
            GrantVerb::Revoke { id, destroying } => {
                let question = format!("Take back the grant {id:?}?");
                let grant = destroy(&installation, destroying, &question, move |ports, ctx| {
                    grants::revoke(ports, ctx, &actor(), &id).map_err(Failure::from)
                })?;
                one(GrantView::from(&grant), ID)
            }
        }
    }
}
