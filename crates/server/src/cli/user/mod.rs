//! `signet user`: people.

mod document;
mod fields;

use admin::view::UserView;
use admin::{AdminFault, users};
use clap::Subcommand;

use super::options::{Destroying, Options, Writing};
use super::output::Answer;
use super::password::Unsaid;
use super::session;
use super::verb::{actor, destroy, many, one, open};
use crate::exit::Failure;
use fields::UserFields;

#[derive(Debug, Subcommand)]
pub(crate) enum UserVerb {
    /// List everybody
    List,
    /// Show somebody
    Show {
        /// Username, e-mail address or sub
        user: String,
    },
    /// Add somebody
    Create {
        #[command(flatten)]
        fields: Box<UserFields>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Change somebody; what no flag names stays
    Update {
        /// Username, e-mail address or sub
        user: String,
        #[command(flatten)]
        fields: Box<UserFields>,
        #[command(flatten)]
        writing: Writing,
    },
    /// List the sessions in which somebody is signed in
    Sessions {
        /// Username, e-mail address or sub
        user: String,
    },
    /// Keep somebody out and take back all that was issued for them
    Lock {
        /// Username, e-mail address or sub
        user: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Let somebody in again
    Unlock {
        /// Username, e-mail address or sub
        user: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Remove somebody with all that is theirs
    Delete {
        /// Username, e-mail address or sub
        user: String,
        #[command(flatten)]
        destroying: Destroying,
    },
}

const ID: &str = "sub";
const COLUMNS: &[&str] = &["username", "email", "name", "groups", "state", "sub"];

impl UserVerb {
    pub(crate) fn run(self, options: &Options) -> Result<Answer, Failure> {
        let installation = open(options)?;
        let user = match self {
            UserVerb::List => {
                let all = installation.read(|ports, _| users::list(ports, &actor()))?;
                return many(all.iter().map(UserView::from), ID, COLUMNS);
            }
            UserVerb::Sessions { user } => return session::list(&installation, Some(user)),
            UserVerb::Show { user } => {
                installation.read(move |ports, _| users::find(ports, &actor(), &user))?
            }
            UserVerb::Create { fields, writing } => {
                let new = fields.into_new(Unsaid::Ask)?;
                installation.write(writing.keep(), |ports, ctx| {
                    users::create(ports, ctx, &actor(), new)
                })?
            }
            UserVerb::Update {
                user,
                fields,
                writing,
            } => {
                let change = fields.into_change()?;
                installation.write(writing.keep(), move |ports, ctx| {
                    users::update(ports, ctx, &actor(), &user, change)
                })?
            }
            UserVerb::Lock { user, writing } => installation.write(writing.keep(), move |ports, ctx| {
                users::lock(ports, ctx, &actor(), &user)
            })?,
            UserVerb::Unlock { user, writing } => installation.write(writing.keep(), move |ports, ctx| {
                users::unlock(ports, ctx, &actor(), &user)
            })?,
            UserVerb::Delete { user, destroying } => {
                let question = format!("Remove {user:?} with sessions, consents and grants?");
                destroy(&installation, destroying, &question, move |ports, ctx| {
                    users::delete(ports, ctx, &actor(), &user).map_err(Failure::from)
                })?
            }
        };
        one(UserView::from(&user), ID)
    }
}

/// Both kinds of mistake in what was typed end alike.
fn invalid(reason: impl std::fmt::Display) -> Failure {
    AdminFault::Invalid(vec![reason.to_string()]).into()
}
