//! `signet resource`: the APIs that accept access tokens from here.

use std::time::Duration;

use admin::resources::{self, Choice, NewResource, ResourceChange};
use admin::view::ResourceView;
use clap::{Args, Subcommand};
use token::SigningAlg;

use super::options::{Destroying, Options, Writing};
use super::output::Answer;
use super::verb::{actor, destroy, many, one, open};
use crate::config::parse_duration;
use crate::exit::Failure;
use crate::installation::Installation;

#[derive(Debug, Subcommand)]
pub(crate) enum ResourceVerb {
    /// List all APIs
    List,
    /// Show an API
    Show {
        /// Its identifier
        identifier: String,
    },
    /// Register an API
    Create {
        /// The absolute URI that names it: in requests as `resource`, in tokens as `aud`
        #[arg(long, value_name = "URI")]
        identifier: String,
        #[command(flatten)]
        fields: Box<ResourceFields>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Change an API; what no flag names stays
    Update {
        /// Its identifier
        identifier: String,
        #[command(flatten)]
        fields: Box<ResourceFields>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Remove an API; tokens it accepts already end by themselves
    Delete {
        /// Its identifier
        identifier: String,
        #[command(flatten)]
        destroying: Destroying,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ResourceFields {
    /// What people see; an empty value removes it
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Scopes that mean something to it, all of them; several at once or the flag repeated
    #[arg(long = "scope", value_name = "SCOPE", num_args = 1..)]
    scopes: Vec<String>,
    /// How tokens for it are signed: RS256, ES256, EdDSA, or `default` for the client's setting
    #[arg(long, value_name = "ALG", value_parser = algorithm)]
    access_token_alg: Option<Choice<SigningAlg>>,
    /// How long tokens for it live, such as 5m, at most 24h; `default` for tokens.access_ttl. JSON has it in seconds
    #[arg(long, value_name = "DURATION", value_parser = lifetime)]
    access_ttl: Option<Choice<Duration>>,
}

const ID: &str = "identifier";
const COLUMNS: &[&str] = &["identifier", "name", "scopes", "access_token_alg", "access_ttl"];

impl ResourceVerb {
    pub(crate) fn run(self, options: &Options) -> Result<Answer, Failure> {
        let installation = open(options)?;
        let resource = match self {
            ResourceVerb::List => {
                let all = installation.read(|ports, _| resources::list(ports, &actor()))?;
                return many(all.iter().map(ResourceView::from), ID, COLUMNS);
            }
            ResourceVerb::Show { identifier } => {
                installation.read(move |ports, _| resources::find(ports, &actor(), &identifier))?
            }
            ResourceVerb::Create {
                identifier,
                fields,
                writing,
            } => return create(&installation, fields.into_new(identifier), writing),
            ResourceVerb::Update {
                identifier,
                fields,
                writing,
            } => {
                let change = fields.into_change();
                installation.write(writing.keep(), move |ports, ctx| {
                    resources::update(ports, ctx, &actor(), &identifier, change)
                })?
            }
            ResourceVerb::Delete {
                identifier,
                destroying,
            } => {
                let question = format!("Remove the API {identifier:?}?");
                destroy(&installation, destroying, &question, move |ports, ctx| {
                    resources::delete(ports, ctx, &actor(), &identifier).map_err(Failure::from)
                })?
            }
        };
        one(ResourceView::from(&resource), ID)
    }
}

fn create(installation: &Installation, new: NewResource, writing: Writing) -> Result<Answer, Failure> {
    let resource = installation.write(writing.keep(), |ports, ctx| {
        resources::create(ports, ctx, &actor(), new)
    })?;
    one(ResourceView::from(&resource), ID)
}

impl ResourceFields {
    fn into_new(self, identifier: String) -> NewResource {
        NewResource {
            identifier,
            name: self.name.filter(|name| !name.is_empty()),
            scopes: self.scopes,
            access_token_alg: own(self.access_token_alg),
            access_ttl: own(self.access_ttl),
        }
    }

    fn into_change(self) -> ResourceChange {
        ResourceChange {
            name: self.name,
            scopes: Some(self.scopes).filter(|scopes| !scopes.is_empty()),
            access_token_alg: self.access_token_alg,
            access_ttl: self.access_ttl,
        }
    }
}

fn own<T>(choice: Option<Choice<T>>) -> Option<T> {
    match choice {
        Some(Choice::Own(value)) => Some(value),
        Some(Choice::Default) | None => None,
    }
}

fn algorithm(text: &str) -> Result<Choice<SigningAlg>, String> {
    match text {
        "default" => Ok(Choice::Default),
        _ => text.parse().map(Choice::Own),
    }
}

fn lifetime(text: &str) -> Result<Choice<Duration>, String> {
    match text {
        "default" => Ok(Choice::Default),
        _ => parse_duration(text)
            .map(Choice::Own)
            .map_err(|reason| format!("{reason}; write it as 10m, 1h or 90s")),
    }
}
