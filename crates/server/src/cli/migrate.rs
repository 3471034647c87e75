//! `signet migrate`: where the schema stands, what is pending, applying it.

use clap::Subcommand;
use serde_json::json;
use store::schema;

use super::options::{Options, Writing};
use super::output::Answer;
use crate::exit::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum MigrateVerb {
    /// Say which migrations were applied and which are pending
    Status,
    /// Print the SQL that `up` would run
    Plan,
    /// Apply what is pending, all or nothing
    Up(Writing),
}

impl MigrateVerb {
    pub(crate) fn run(self, options: &Options) -> Result<Answer, Failure> {
        let url = options.load()?.database;
        Ok(match self {
            MigrateVerb::Status => {
                let status = schema::status(&url)?;
                let rows = |names: &[String], state: &str| -> String {
                    names.iter().map(|name| format!("{state:9} {name}\n")).collect()
                };
                let text = rows(&status.applied, "applied")
                    + &rows(&status.pending, "pending")
                    + &rows(&status.unknown, "unknown");
                let value = json!({
                    "applied": status.applied,
                    "pending": status.pending,
                    "unknown": status.unknown,
                });
                Answer::Text(text, value)
            }
            MigrateVerb::Plan => {
                let steps = schema::plan(&url)?;
                let text = steps
                    .iter()
                    .map(|(name, sql)| format!("-- {name}\n{}\n", sql.trim_end()))
                    .collect();
                let step = |(name, sql): &(String, &str)| json!({ "name": name, "sql": sql });
                Answer::Text(text, steps.iter().map(step).collect())
            }
            MigrateVerb::Up(Writing { dry_run: true }) => {
                applied(schema::plan(&url)?.into_iter().map(|(name, _)| name).collect())
            }
            MigrateVerb::Up(Writing { dry_run: false }) => applied(schema::up(&url)?),
        })
    }
}

fn applied(names: Vec<String>) -> Answer {
    if names.is_empty() {
        eprintln!("nothing is pending");
    }
    Answer::Text(
        names.iter().map(|name| format!("applied   {name}\n")).collect(),
        json!({ "applied": names }),
    )
}
