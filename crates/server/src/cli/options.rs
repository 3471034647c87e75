//! The options every verb has: which configuration, which form of output.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::config::{Config, Problems, Sources};

/// How an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Format {
    /// Aligned columns for people.
    #[default]
    Table,
    /// JSON with the names of the specifications.
    Json,
    /// One identifier per line.
    Ids,
}

#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Options {
    /// Configuration file [default: ./signet.toml, then /etc/signet/signet.toml]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Set one key of the configuration for this command
    #[arg(long, global = true, value_name = "SECTION.KEY=VALUE")]
    set: Vec<String>,
    /// Form of the output
    #[arg(
        short,
        long,
        global = true,
        value_enum,
        value_name = "FORMAT",
        conflicts_with = "json"
    )]
    output: Option<Format>,
    /// Short for --output json
    #[arg(long, global = true)]
    json: bool,
}

impl Options {
    /// The chosen form of output.
    pub(crate) fn format(&self) -> Format {
        if self.json {
            Format::Json
        } else {
            self.output.unwrap_or_default()
        }
    }

    /// The configuration in force.
    ///
    /// # Errors
    /// All its problems.
    pub(crate) fn load(&self) -> Result<Config, Problems> {
        let environment = std::env::vars_os().collect();
        Config::load(Sources {
            file: self.config.clone(),
            environment,
            set: self.set.clone(),
        })
    }
}

/// Of every verb that writes.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct Writing {
    /// Do everything but keep nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Of verbs that cannot be undone.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct Destroying {
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) writing: Writing,
}
