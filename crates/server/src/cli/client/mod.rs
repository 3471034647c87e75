//! `signet client`: applications that may use this provider.

mod fields;
mod secret;

use admin::clients::{self, MetadataSource, NewClient, Registered};
use admin::view::ClientView;
use clap::Subcommand;

use super::options::{Destroying, Options, Writing};
use super::output::Answer;
use super::verb::{actor, destroy, many, one, open};
use crate::exit::Failure;
use crate::installation::Installation;
use fields::ClientFields;
use secret::{NewSecret, SecretArgs};

#[derive(Debug, Subcommand)]
pub(crate) enum ClientVerb {
    /// List all clients
    List,
    /// Show a client
    Show {
        /// Its id
        client_id: String,
    },
    /// Register a client
    Create {
        /// Its id; random if not given
        #[arg(long, value_name = "ID")]
        client_id: Option<String>,
        #[command(flatten)]
        fields: Box<ClientFields>,
        #[command(flatten)]
        secret: SecretArgs,
        #[command(flatten)]
        writing: Writing,
    },
    /// Change a client; what no flag names stays, a document replaces everything it can say
    Update {
        /// Its id
        client_id: String,
        #[command(flatten)]
        fields: Box<ClientFields>,
        #[command(flatten)]
        secret: NewSecret,
        #[command(flatten)]
        writing: Writing,
    },
    /// Give a client another secret; the old one is worth nothing from then on
    RotateSecret {
        /// Its id
        client_id: String,
        #[command(flatten)]
        secret: SecretArgs,
        #[command(flatten)]
        destroying: Destroying,
    },
    /// Keep a client from doing anything
    Disable {
        /// Its id
        client_id: String,
        #[command(flatten)]
        destroying: Destroying,
    },
    /// Let a client work again
    Enable {
        /// Its id
        client_id: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Remove a client with its consents and grants
    Delete {
        /// Its id
        client_id: String,
        #[command(flatten)]
        destroying: Destroying,
    },
}

const ID: &str = "client_id";
const COLUMNS: &[&str] = &[
    "client_id",
    "client_name",
    "token_endpoint_auth_method",
    "grant_types",
    "enabled",
];

impl ClientVerb {
    pub(crate) fn run(self, options: &Options) -> Result<Answer, Failure> {
        let installation = open(options)?;
        let client = match self {
            ClientVerb::List => {
                let all = installation.read(|ports, _| clients::list(ports))?;
                return many(all.iter().map(ClientView::from), ID, COLUMNS);
            }
            ClientVerb::Create {
                client_id,
                fields,
                secret,
                writing,
            } => {
                return create(&installation, client_id, *fields, secret, writing);
            }
            ClientVerb::Update {
                client_id,
                fields,
                secret,
                writing,
            } => {
                return update(&installation, client_id, *fields, secret, writing);
            }
            ClientVerb::RotateSecret {
                client_id,
                secret,
                destroying,
            } => {
                return rotate_secret(&installation, client_id, secret, destroying);
            }
            ClientVerb::Show { client_id } => {
                installation.read(move |ports, _| clients::find(ports, &client_id))?
            }
            ClientVerb::Enable { client_id, writing } => installation
                .write(writing.keep(), move |ports, ctx| {
                    clients::enable(ports, ctx, &actor(), &client_id)
                })?,
            ClientVerb::Disable {
                client_id,
                destroying,
            } => {
                let question = format!("Keep {client_id:?} from signing anybody in?");
                destroy(&installation, destroying, &question, move |ports, ctx| {
                    clients::disable(ports, ctx, &actor(), &client_id).map_err(Failure::from)
                })?
            }
            ClientVerb::Delete {
                client_id,
                destroying,
            } => {
                let question = format!("Remove {client_id:?} with its consents and grants?");
                destroy(&installation, destroying, &question, move |ports, ctx| {
                    clients::delete(ports, ctx, &actor(), &client_id).map_err(Failure::from)
                })?
            }
        };
        one(ClientView::from(&client), ID)
    }
}

fn create(
    installation: &Installation,
    client_id: Option<String>,
    fields: ClientFields,
    secret: SecretArgs,
    writing: Writing,
) -> Result<Answer, Failure> {
    let document = fields.document()?;
    let source = if document.is_some() {
        MetadataSource::Document
    } else {
        MetadataSource::Flags
    };
    let mut new = NewClient {
        policy: clients::default_policy(source),
        secret: secret.brought()?,
        ..NewClient::default()
    };
    if let Some(document) = document {
        (new.client_id, new.metadata) = (document.client_id, document.metadata);
    }
    new.client_id = client_id.or(new.client_id);
    fields.apply(&mut new.metadata, &mut new.policy);
    let (file, keep) = (secret.new, writing.keep());
    let registered = file.guard(keep, |file| {
        installation.write(keep, move |ports, ctx| {
            file.hand_out(clients::create(ports, ctx, &actor(), new)?)
        })
    })?;
    answer(&registered)
}

fn update(
    installation: &Installation,
    client_id: String,
    fields: ClientFields,
    file: NewSecret,
    writing: Writing,
) -> Result<Answer, Failure> {
    let document = fields.document()?;
    let keep = writing.keep();
    let registered = file.guard(keep, |file| {
        installation.write(keep, move |ports, ctx| {
            file.hand_out(clients::update(
                ports,
                ctx,
                &actor(),
                &client_id,
                |metadata, policy| {
                    if let Some(document) = document {
                        *metadata = document.metadata;
                    }
                    fields.apply(metadata, policy);
                },
            )?)
        })
    })?;
    answer(&registered)
}

fn rotate_secret(
    installation: &Installation,
    client_id: String,
    secret: SecretArgs,
    destroying: Destroying,
) -> Result<Answer, Failure> {
    let brought = secret.brought()?;
    let question = format!("Replace the secret of {client_id:?}?");
    // Without the file: what is done here for nothing must leave nothing behind.
    if !destroying.yes && !destroying.writing.dry_run {
        let (client_id, brought) = (client_id.clone(), brought.clone());
        installation.write(crate::installation::Keep::Nothing, move |ports, ctx| {
            clients::rotate_secret(ports, ctx, &actor(), &client_id, brought)
        })?;
        super::terminal::confirm(&question)?;
    }
    let keep = destroying.writing.keep();
    let registered = secret.new.guard(keep, |file| {
        installation.write(keep, move |ports, ctx| {
            file.hand_out(clients::rotate_secret(ports, ctx, &actor(), &client_id, brought)?)
        })
    })?;
    answer(&registered)
}

fn answer(registered: &Registered) -> Result<Answer, Failure> {
    for warning in &registered.warnings {
        eprintln!("warning: {warning}");
    }
    one(ClientView::from(registered), ID)
}
