//! `signet token`: tokens somebody holds up. A token is a secret: it comes by standard input or a file, never as a flag's
//! value, and is never printed.

mod inspect;

use std::path::PathBuf;
use std::sync::Arc;

use admin::tokens::{self, Taken};
use clap::{Args, Subcommand};
use serde_json::json;
use token::keys::KeyRing;
use zeroize::Zeroizing;

use super::options::{Options, Writing};
use super::output::Answer;
use super::secret_file;
use super::verb::{actor, one};
use crate::exit::Failure;
use crate::installation::Installation;
use crate::provider::on_keys;
use crate::{config::Config, master_key};

#[derive(Debug, Subcommand)]
pub(crate) enum TokenVerb {
    /// Show what is written in a JWT, whoever made it. Nothing is verified, no server or database asked
    Inspect(TokenSource),
    /// Ask what a token is worth (RFC 7662)
    Introspect(TokenSource),
    /// Take a token back; a refresh token takes its whole grant with it (RFC 7009)
    Revoke {
        #[command(flatten)]
        source: TokenSource,
        #[command(flatten)]
        writing: Writing,
    },
}

#[derive(Debug, Args)]
pub(crate) struct TokenSource {
    /// Read the token from a file instead of standard input
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

impl TokenSource {
    fn read(&self) -> Result<Zeroizing<String>, Failure> {
        let text = match &self.token_file {
            Some(path) => secret_file::from_file(path)?,
            None => secret_file::from_stdin()?,
        };
        Ok(Zeroizing::new(text.trim().to_owned()))
    }
}

impl TokenVerb {
    pub(crate) fn run(self, options: &Options) -> Result<Answer, Failure> {
        match self {
            TokenVerb::Inspect(source) => inspect::inspect(&source.read()?),
            TokenVerb::Introspect(source) => introspect(&options.load()?, source.read()?),
            TokenVerb::Revoke { source, writing } => revoke(&options.load()?, source.read()?, writing),
        }
    }
}

fn introspect(config: &Config, token: Zeroizing<String>) -> Result<Answer, Failure> {
    let installation = Installation::open(config)?;
    let ring = ring(config, &installation)?;
    let told =
        installation.read(move |ports, ctx| tokens::introspect(ports, ctx, &actor(), &ring, &token))?;
    one(told, "jti")
}

fn revoke(config: &Config, token: Zeroizing<String>, writing: Writing) -> Result<Answer, Failure> {
    let installation = Installation::open(config)?;
    let ring = ring(config, &installation)?;
    let taken = installation.write(writing.keep(), move |ports, ctx| {
        tokens::revoke(ports, ctx, &actor(), &ring, &token)
    })?;
    match taken {
        Taken::AccessToken(jti) => one(json!({ "jti": jti.to_string() }), "jti"),
        Taken::Grant(grant) => one(json!({ "grant": grant.to_string() }), "grant"),
    }
}

fn ring(config: &Config, installation: &Installation) -> Result<Arc<KeyRing>, Failure> {
    let master = master_key::read(&config.master_key_file)?;
    let loaded = installation.read(move |ports, _| KeyRing::load(&ports.keys()?, &master));
    loaded.map(Arc::new).map_err(on_keys)
}
