//! The command line: one binary, noun and then verb.
//!
//! Standard output is data, standard error is talk. Each verb answers a value that knows how to be a table, JSON or bare
//! ids; this module prints it and turns failures into exit codes.

mod config_verbs;
mod healthcheck;
mod init;
mod migrate;
mod options;
mod output;
mod secret_file;
mod terminal;
mod version;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::exit::Failure;
use options::Options;
use output::Answer;

/// An identity provider: people sign in once for all their applications.
#[derive(Debug, Parser)]
#[command(
    name = "signet",
    version,
    arg_required_else_help = true,
    subcommand_required = true
)]
pub(crate) struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Write a configuration and a master key, create the database
    Init(init::InitArgs),
    /// Ask a running server whether it is ready.
    Healthcheck,
    /// Print the version.
    Version,
    /// Bring the database's schema up to date.
    #[command(subcommand)]
    Migrate(migrate::MigrateVerb),
    /// Check or show the configuration.
    #[command(subcommand)]
    Config(config_verbs::ConfigVerb),
}

/// Runs the command line of this process.
pub(crate) fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Nobody is left to tell when the terminal is gone.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let format = cli.options.format();
    match cli
        .verb
        .run(&cli.options)
        .and_then(|answer| output::print(&answer, format))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            failure.code()
        }
    }
}

impl Verb {
    fn run(self, options: &Options) -> Result<Answer, Failure> {
        match self {
            Verb::Init(args) => init::run(&args, options),
            Verb::Migrate(verb) => verb.run(options),
            Verb::Healthcheck => healthcheck::run(options),
            Verb::Version => Ok(version::answer()),
            Verb::Config(verb) => verb.run(options),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_grammar_is_sound() {
        Cli::command().debug_assert();
    }
}
