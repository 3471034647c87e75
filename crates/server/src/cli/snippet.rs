//! `signet snippet`: ready settings for a library or an app, with the values of a client. They are [`admin::snippets`]'s.

use admin::clients;
use admin::snippets::{self, Part, Snippet, Values};
use clap::Args;
use serde_json::{Value, json};

use super::options::Options;
use super::output::Answer;
use super::verb::{actor, open};
use crate::exit::Failure;

#[derive(Debug, Args)]
pub(crate) struct SnippetArgs {
    /// The client's id
    client_id: String,
    /// For which library or app [default: list those that suit the client]
    #[arg(long = "for", value_name = "NAME")]
    wanted: Option<String>,
}

/// Prints the settings, or which there are. Secrets are stored as digests, so none is in them.
pub(crate) fn run(args: SnippetArgs, options: &Options) -> Result<Answer, Failure> {
    let SnippetArgs { client_id, wanted } = args;
    open(options)?.read(move |ports, ctx| {
        let client = clients::find(ports, &actor(), &client_id)?;
        let Some(name) = wanted else {
            return Ok(Answer::Many {
                objects: snippets::for_client(&client).into_iter().map(line).collect(),
                id: "name",
                columns: &["name", "title"],
            });
        };
        let snippet = snippets::find(&name)?;
        let values = Values::of(&client, snippet, &ctx.issuer, &ports.catalogue()?, None);
        Ok(settings(snippet, &snippet.filled(&values)))
    })
}

fn line(snippet: &Snippet) -> Value {
    json!({ "name": snippet.name, "title": snippet.title, "page": page(snippet) })
}

fn page(snippet: &Snippet) -> String {
    format!("docs/connect/{}", snippet.page)
}

fn settings(snippet: &Snippet, parts: &[Part]) -> Answer {
    let mut text = String::new();
    for part in parts {
        text.push_str(&format!("# {}\n{}\n\n", part.place, part.text));
    }
    if let Some(note) = snippet.note {
        text.push_str(&format!("# {note}\n"));
    }
    text.push_str(&format!("# More: {}\n", page(snippet)));
    let parts: Vec<Value> = parts
        .iter()
        .map(|part| json!({ "place": part.place, "text": part.text }))
        .collect();
    let value = json!({ "name": snippet.name, "parts": parts, "note": snippet.note, "page": page(snippet) });
    Answer::Text(text, value)
}
