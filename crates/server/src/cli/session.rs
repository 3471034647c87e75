//! `signet session`: who is signed in where.

use admin::sessions::{self, SessionStatus, Whose};
use admin::view::SessionView;
use clap::{Args, Subcommand};

use super::options::{Destroying, Options};
use super::output::Answer;
use super::verb::{actor, destroy, many, one, open};
use crate::exit::Failure;
use crate::installation::Installation;

#[derive(Debug, Subcommand)]
pub(crate) enum SessionVerb {
    /// List the sessions in which somebody is signed in
    List {
        /// Only theirs: a username, e-mail address or sub
        #[arg(long, value_name = "USER")]
        user: Option<String>,
    },
    /// Show a session, ended ones too
    Show {
        /// Its sid
        sid: String,
    },
    /// Sign somebody out; offline access that outlives a sign-out goes on
    Revoke {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        destroying: Destroying,
    },
}

#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Which {
    /// The session with this sid
    sid: Option<String>,
    /// All of theirs: a username, e-mail address or sub
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// Everybody's
    #[arg(long)]
    all: bool,
}

const ID: &str = "sid";
const COLUMNS: &[&str] = &[
    "sid",
    "username",
    "last_seen_at",
    "auth_time",
    "address",
    "user_agent",
    "clients",
];

impl SessionVerb {
    pub(crate) fn run(self, options: &Options) -> Result<Answer, Failure> {
        let installation = open(options)?;
        match self {
            SessionVerb::List { user } => list(&installation, user),
            SessionVerb::Show { sid } => {
                let status = installation.read(move |ports, _| sessions::find(ports, &actor(), &sid))?;
                one(SessionView::from(&status), ID)
            }
            SessionVerb::Revoke { which, destroying } => revoke(&installation, which, destroying),
        }
    }
}

/// The sessions of one person, or of everybody.
pub(crate) fn list(installation: &Installation, user: Option<String>) -> Result<Answer, Failure> {
    let all =
        installation.read(move |ports, ctx| sessions::list(ports, ctx, &actor(), whose(user.as_deref())))?;
    table(&all)
}

fn revoke(installation: &Installation, which: Which, destroying: Destroying) -> Result<Answer, Failure> {
    if let Some(sid) = which.sid {
        let question = format!("End the session {sid:?}?");
        let ended = destroy(installation, destroying, &question, move |ports, ctx| {
            sessions::revoke(ports, ctx, &actor(), &sid).map_err(Failure::from)
        })?;
        return one(SessionView::from(&ended), ID);
    }
    let user = which.user;
    let question = match &user {
        Some(user) => format!("End all sessions of {user:?}?"),
        None => "End all sessions of everybody?".to_owned(),
    };
    let ended = destroy(installation, destroying, &question, move |ports, ctx| {
        sessions::revoke_all(ports, ctx, &actor(), whose(user.as_deref())).map_err(Failure::from)
    })?;
    table(&ended)
}

fn whose(user: Option<&str>) -> Whose<'_> {
    user.map_or(Whose::Everybodys, Whose::Of)
}

fn table(all: &[SessionStatus]) -> Result<Answer, Failure> {
    many(all.iter().map(SessionView::from), ID, COLUMNS)
}
