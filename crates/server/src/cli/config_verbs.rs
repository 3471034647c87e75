//! `signet config check`, `show` and `schema`.

use clap::Subcommand;
use serde_json::json;

use super::options::Options;
use super::output::Answer;
use crate::config::{self, Origins};
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
        // Not of this installation's file, which may be missing or wrong.
        if let ConfigVerb::Schema = self {
            let schema = config::schema();
            return Ok(Answer::Text(format!("{schema:#}\n"), schema));
        }
        let config = options.load()?;
        let name = config
            .file
            .as_deref()
            .map_or_else(|| "the environment".to_owned(), |it| it.display().to_string());
        Ok(match self {
            ConfigVerb::Check => Answer::Text(
                format!("ok  {name}\n"),
                json!({ "ok": true, "file": config.file }),
            ),
            ConfigVerb::Show { origin } => {
                let origins = if origin { Origins::Shown } else { Origins::Hidden };
                Answer::Text(config.to_toml(origins), config.to_json())
            }
            ConfigVerb::Schema => Answer::Silence,
        })
    }
}
