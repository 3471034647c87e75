//! `signet group`: groups and who is in them.

use admin::groups::{self, NewGroup};
use admin::view::GroupView;
use clap::{Args, Subcommand};

use super::options::{Destroying, Options, Writing};
use super::output::Answer;
use super::verb::{actor, destroy, many, one, open};
use crate::exit::Failure;
use crate::installation::Installation;

#[derive(Debug, Subcommand)]
pub(crate) enum GroupVerb {
    /// List all groups
    List,
    /// Show a group and its members
    Show {
        /// Its name
        name: String,
    },
    /// Add a group
    Create {
        /// Its name
        name: String,
        /// For administrators
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
        /// Role every member has; may be repeated
        #[arg(long = "role", value_name = "ROLE")]
        roles: Vec<String>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Remove a group; its members stay
    Delete {
        /// Its name
        name: String,
        #[command(flatten)]
        destroying: Destroying,
    },
    /// Put people into a group
    Add(Membership),
    /// Take people out of a group
    Remove(Membership),
}

#[derive(Debug, Args)]
pub(crate) struct Membership {
    /// The group
    name: String,
    /// Usernames, e-mail addresses or subs
    #[arg(required = true, value_name = "USER")]
    users: Vec<String>,
    #[command(flatten)]
    writing: Writing,
}

const ID: &str = "name";
const COLUMNS: &[&str] = &["name", "roles", "description"];

impl GroupVerb {
    pub(crate) fn run(self, options: &Options) -> Result<Answer, Failure> {
        let installation = open(options)?;
        match self {
            GroupVerb::List => {
                let all = installation.read(|ports, _| groups::list(ports, &actor()))?;
                many(all.iter().map(GroupView::from), ID, COLUMNS)
            }
            GroupVerb::Show { name } => show(&installation, name),
            GroupVerb::Create {
                name,
                description,
                roles,
                writing,
            } => {
                let new = NewGroup {
                    name,
                    description,
                    roles,
                };
                let group = installation.write(writing.keep(), |ports, ctx| {
                    groups::create(ports, ctx, &actor(), new)
                })?;
                one(GroupView::from(&group), ID)
            }
            GroupVerb::Delete { name, destroying } => {
                let question = format!("Remove the group {name:?}?");
                destroy(&installation, destroying, &question, move |ports, ctx| {
                    groups::delete(ports, ctx, &actor(), &name).map_err(Failure::from)
                })?;
                Ok(Answer::Silence)
            }
            GroupVerb::Add(membership) => membership.change(&installation, |ports, ctx, group, user| {
                groups::add(ports, ctx, &actor(), group, user).map(drop)
            }),
            GroupVerb::Remove(membership) => membership.change(&installation, |ports, ctx, group, user| {
                groups::remove(ports, ctx, &actor(), group, user).map(drop)
            }),
        }
    }
}

fn show(installation: &Installation, name: String) -> Result<Answer, Failure> {
    let (group, members) = installation.read(move |ports, _| {
        Ok::<_, Failure>((
            groups::find(ports, &actor(), &name)?,
            groups::members(ports, &actor(), &name)?,
        ))
    })?;
    one(GroupView::with_members(&group, &members), ID)
}

/// Puts one person in or out.
type Step = fn(&mut dyn admin::Ports, &kernel::Ctx, &str, &str) -> Result<(), admin::AdminFault>;

impl Membership {
    /// All or none of the people named; answers the group as it is then.
    fn change(self, installation: &Installation, step: Step) -> Result<Answer, Failure> {
        let Self { name, users, writing } = self;
        let (group, members) = installation.write(writing.keep(), move |ports, ctx| {
            for user in &users {
                step(ports, ctx, &name, user)?;
            }
            Ok::<_, Failure>((
                groups::find(ports, &actor(), &name)?,
                groups::members(ports, &actor(), &name)?,
            ))
        })?;
        one(GroupView::with_members(&group, &members), ID)
    }
}
