//! `signet scope`: scopes of one's own, which give claims from people's attributes.

use admin::scopes::{self, NewScope, ScopeChange};
use admin::view::ScopeView;
use clap::{Args, Subcommand};

use super::options::{Destroying, Options, Writing};
use super::output::Answer;
use super::verb::{actor, destroy, many, one, open};
use crate::exit::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum ScopeVerb {
    /// List all scopes somebody defined
    List,
    /// Show a scope
    Show {
        /// Its name
        name: String,
    },
    /// Define a scope; the name of a standard scope adds claims to that one
    Create {
        /// The scope as applications ask for it
        #[arg(long)]
        name: String,
        #[command(flatten)]
        fields: ScopeFields,
        #[command(flatten)]
        writing: Writing,
    },
    /// Change a scope; what no flag names stays
    Update {
        /// Its name
        name: String,
        #[command(flatten)]
        fields: ScopeFields,
        #[command(flatten)]
        writing: Writing,
    },
    /// Remove a scope; nobody is given its claims any more
    Delete {
        /// Its name
        name: String,
        #[command(flatten)]
        destroying: Destroying,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ScopeFields {
    /// A claim and the attribute it takes its value from; may be repeated, all of them
    #[arg(long = "claim", value_name = "CLAIM=ATTRIBUTE", value_parser = claim)]
    claims: Vec<(String, String)>,
    /// What people read when they are asked for consent; an empty value removes it
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
}

const ID: &str = "name";
const COLUMNS: &[&str] = &["name", "claims", "description"];

impl ScopeVerb {
    pub(crate) fn run(self, options: &Options) -> Result<Answer, Failure> {
        let installation = open(options)?;
        let scope = match self {
            ScopeVerb::List => {
                let all = installation.read(|ports, _| scopes::list(ports, &actor()))?;
                return many(all.iter().map(ScopeView::from), ID, COLUMNS);
            }
            ScopeVerb::Show { name } => {
                installation.read(move |ports, _| scopes::find(ports, &actor(), &name))?
            }
            ScopeVerb::Create {
                name,
                fields,
                writing,
            } => {
                let new = NewScope {
                    name,
                    description: fields.description.filter(|text| !text.is_empty()),
                    claims: fields.claims.into_iter().collect(),
                };
                installation.write(writing.keep(), |ports, ctx| {
                    scopes::create(ports, ctx, &actor(), new)
                })?
            }
            ScopeVerb::Update {
                name,
                fields,
                writing,
            } => {
                let claims = Some(fields.claims).filter(|claims| !claims.is_empty());
                let change = ScopeChange {
                    description: fields.description,
                    claims: claims.map(|claims| claims.into_iter().collect()),
                };
                installation.write(writing.keep(), move |ports, ctx| {
                    scopes::update(ports, ctx, &actor(), &name, change)
                })?
            }
            ScopeVerb::Delete { name, destroying } => {
                let question = format!("Remove the scope {name:?}?");
                destroy(&installation, destroying, &question, move |ports, ctx| {
                    scopes::delete(ports, ctx, &actor(), &name).map_err(Failure::from)
                })?
            }
        };
        one(ScopeView::from(&scope), ID)
    }
}

fn claim(text: &str) -> Result<(String, String), &'static str> {
    match text.split_once('=') {
        Some((claim, attribute)) if !claim.is_empty() && !attribute.is_empty() => {
            Ok((claim.to_owned(), attribute.to_owned()))
        }
        _ => Err("write it as employee_number=employeeNumber"),
    }
}
