//! `signet client`: applications that may use this provider.

mod fields;
mod retreat;
mod secret;

use std::time::Duration;

use admin::AdminFault;
use admin::clients::{self, MetadataSource, NewClient, Registered};
use admin::view::ClientView;
use clap::Subcommand;
use token::client::SecretId;
use token::client::secrets::Former;

use super::options::{Destroying, Options, Writing};
use super::output::Answer;
use super::verb::{actor, destroy, many, one};
use crate::config::parse_duration;
use crate::exit::Failure;
use crate::installation::Installation;
use crate::outgoing::UrlJudge;
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
    /// Give a client another secret; the old one is worth nothing from then on, or after a while
    RotateSecret {
        /// Its id
        client_id: String,
        /// Let the old secret go on working for so long (90s, 10m, 24h)
        #[arg(long, value_name = "DURATION", value_parser = overlap)]
        keep_old: Option<Duration>,
        #[command(flatten)]
        secret: SecretArgs,
        #[command(flatten)]
        destroying: Destroying,
    },
    /// Take one of a client's two secrets away; the other one stays
    WithdrawSecret {
        /// The client's id
        client_id: String,
        /// The secret's id, as `client show` tells it
        secret_id: String,
        #[command(flatten)]
        destroying: Destroying,
    },
    /// Keep a client from doing anything; all it was given is taken back
    Disable {
        /// Its id
        client_id: String,
        #[command(flatten)]
        destroying: Destroying,
    },
    /// Let a client work again; what was taken back stays so
    Enable {
        /// Its id
        client_id: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Remove a client; all it was given is taken back
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
        let config = options.load()?;
        let installation = Installation::open(&config)?;
        let urls = UrlJudge::new(config.outbound_allow.clone());
        let client = match self {
            ClientVerb::List => {
                let all = installation.read(|ports, _| clients::list(ports, &actor()))?;
                return many(all.iter().map(ClientView::from), ID, COLUMNS);
            }
            ClientVerb::Create {
                client_id,
                fields,
                secret,
                writing,
            } => {
                return create(&installation, urls, client_id, *fields, secret, writing);
            }
            ClientVerb::Update {
                client_id,
                fields,
                secret,
                writing,
            } => {
                return update(&installation, urls, client_id, *fields, secret, writing);
            }
            ClientVerb::RotateSecret {
                client_id,
                keep_old,
                secret,
                destroying,
            } => {
                let former = keep_old.map_or(Former::Void, Former::Kept);
                return rotate_secret(&installation, client_id, secret, former, destroying);
            }
            ClientVerb::WithdrawSecret {
                client_id,
                secret_id,
                destroying,
            } => {
                let question = format!("Take the secret {secret_id:?} of {client_id:?} away?");
                let secret = SecretId::from_text(secret_id);
                destroy(&installation, destroying, &question, move |ports, ctx| {
                    clients::withdraw_secret(ports, ctx, &actor(), &client_id, &secret).map_err(Failure::from)
                })?
            }
            ClientVerb::Show { client_id } => {
                installation.read(move |ports, _| clients::find(ports, &actor(), &client_id))?
            }
            ClientVerb::Enable { client_id, writing } => retreat::enable(&installation, client_id, writing)?,
            ClientVerb::Disable {
                client_id,
                destroying,
            } => {
                let question =
                    format!("Keep {client_id:?} from doing anything, and take back all it was given?");
                retreat::disable(&installation, client_id, destroying, &question)?
            }
            ClientVerb::Delete {
                client_id,
                destroying,
            } => {
                let question = format!("Remove {client_id:?}, and take back all it was given?");
                retreat::delete(&installation, client_id, destroying, &question)?
            }
        };
        one(ClientView::from(&client), ID)
    }
}

fn create(
    installation: &Installation,
    urls: UrlJudge,
    client_id: Option<String>,
    fields: ClientFields,
    secret: SecretArgs,
    writing: Writing,
) -> Result<Answer, Failure> {
    let words = fields.read()?;
    let source = if words.document.is_some() {
        MetadataSource::Document
    } else {
        MetadataSource::Flags
    };
    let named = words.document.as_ref();
    let named = named.and_then(|document| document.registration.client_id.clone());
    let mut new = NewClient {
        client_id: client_id.or(named),
        policy: clients::default_policy(source),
        secret: secret.brought()?,
        ..NewClient::default()
    };
    words.apply_to_new(&mut new.metadata, &mut new.policy);
    let (file, keep) = (secret.new, writing.keep());
    let registered = file.guard(keep, |file| {
        installation.write(keep, move |ports, ctx| {
            file.hand_out(clients::create(ports, ctx, &actor(), &urls, new)?)
        })
    })?;
    answer(&registered)
}

fn update(
    installation: &Installation,
    urls: UrlJudge,
    client_id: String,
    fields: ClientFields,
    file: NewSecret,
    writing: Writing,
) -> Result<Answer, Failure> {
    let words = fields.read()?;
    let named = words.document.as_ref();
    let named = named.and_then(|document| document.registration.client_id.as_deref());
    if named.is_some_and(|named| named != client_id) {
        let reason = "client_id: the document is about another client, and an id never changes";
        return Err(AdminFault::Invalid(vec![reason.into()]).into());
    }
    let keep = writing.keep();
    let registered = file.guard(keep, |file| {
        installation.write(keep, move |ports, ctx| {
            let change = |metadata: &mut _, policy: &mut _| words.apply(metadata, policy);
            file.hand_out(clients::update(ports, ctx, &actor(), &urls, &client_id, change)?)
        })
    })?;
    answer(&registered)
}

fn rotate_secret(
    installation: &Installation,
    client_id: String,
    secret: SecretArgs,
    former: Former,
    destroying: Destroying,
) -> Result<Answer, Failure> {
    let brought = secret.brought()?;
    let question = format!("Replace the secret of {client_id:?}?");
    // Without the file: what is done here for nothing must leave nothing behind.
    if !destroying.yes && !destroying.writing.dry_run {
        let (client_id, brought) = (client_id.clone(), brought.clone());
        installation.write(crate::installation::Keep::Nothing, move |ports, ctx| {
            clients::rotate_secret(ports, ctx, &actor(), &client_id, brought, former)
        })?;
        super::terminal::confirm(&question)?;
    }
    let keep = destroying.writing.keep();
    let registered = secret.new.guard(keep, |file| {
        installation.write(keep, move |ports, ctx| {
            file.hand_out(clients::rotate_secret(
                ports,
                ctx,
                &actor(),
                &client_id,
                brought,
                former,
            )?)
        })
    })?;
    answer(&registered)
}

fn overlap(text: &str) -> Result<Duration, String> {
    parse_duration(text).map_err(|reason| format!("{reason}; write it as 24h, 10m or 90s"))
}

fn answer(registered: &Registered) -> Result<Answer, Failure> {
    for warning in &registered.warnings {
        eprintln!("warning: {warning}");
    }
    one(ClientView::from(registered), ID)
}

#[cfg(test)]
mod tests;
