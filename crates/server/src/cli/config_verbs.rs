//! `signet config check`, `show` and `schema`.

use clap::Subcommand;
use serde_json::json;

use super::options::Options;
use super::output::Answer;
use crate::config::{self, Config, Origins};
use crate::exit::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigVerb {
    /// Find everything that is wrong with the configuration
    Check,
    /// Print the configuration in force, without secrets
    Show {
        /// Say where each value comes from
        #[arg(long)]
        origin: bool,
    },
    /// Print a JSON Schema of the configuration file, for editors
    Schema,
}

impl ConfigVerb {
    pub(crate) fn run(self, options: &Options) -> Result<Answer, Failure> {
        match self {
            ConfigVerb::Check => {
                let config = options.load()?;
                config.read_tls()?;
                Ok(checked(&config))
            }
            ConfigVerb::Show { origin } => {
                let config = options.load()?;
                let origins = if origin { Origins::Shown } else { Origins::Hidden };
                Ok(Answer::Text(config.to_toml(origins), config.to_json()))
            }
            // The same for every installation: its file may be missing or wrong.
            ConfigVerb::Schema => {
                let schema = config::schema();
                Ok(Answer::Text(format!("{schema:#}\n"), schema))
            }
        }
    }
}

fn checked(config: &Config) -> Answer {
    let name = config
        .file
        .as_deref()
        .map_or_else(|| "the environment".to_owned(), |it| it.display().to_string());
    Answer::Text(
        format!("ok  {name}\n"),
        json!({ "ok": true, "file": config.file }),
    )
}
