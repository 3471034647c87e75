//! `signet completion` and `signet man`: the grammar of the command line as shells and as `man` want it. Both are made from
//! the grammar itself, so they know every verb and flag there is.

use std::path::PathBuf;

use clap::{Args, Command, CommandFactory as _};
use clap_complete::Shell;
use serde_json::json;

use super::output::Answer;
use super::{Cli, VERSION};
use crate::exit::{Exit, Failure, on_file, plain};

#[derive(Debug, Args)]
pub(crate) struct CompletionArgs {
    /// For which shell
    shell: Shell,
}

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Write a page for each verb into this directory, instead of printing the first one
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// The script that completes `signet` in a shell.
pub(crate) fn completion(args: &CompletionArgs) -> Answer {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "signet", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    let value = json!({ "shell": args.shell.to_string(), "script": script });
    Answer::Text(script, value)
}

/// The manual in roff: one page printed, or all of them written.
pub(crate) fn man(args: &ManArgs) -> Result<Answer, Failure> {
    let pages = pages(Cli::command())?;
    let Some(dir) = &args.dir else {
        let (name, roff) = pages.into_iter().next().unwrap_or_default();
        let value = json!({ "name": name, "page": roff });
        return Ok(Answer::Text(roff, value));
    };
    std::fs::create_dir_all(dir).map_err(on_file(dir))?;
    for (name, roff) in &pages {
        let path = dir.join(name);
        std::fs::write(&path, roff).map_err(on_file(&path))?;
    }
    let names: Vec<&String> = pages.iter().map(|(name, _)| name).collect();
    let text = names
        .iter()
        .map(|name| format!("{}\n", dir.join(name).display()))
        .collect();
    Ok(Answer::Text(text, json!({ "pages": names })))
}

/// Name and roff of each page, that of the whole first.
fn pages(root: Command) -> Result<Vec<(String, String)>, Failure> {
    let mut root = root.disable_help_subcommand(true);
    root.build();
    let mut pages = Vec::new();
    render(&root, "signet", &mut pages)?;
    Ok(pages)
}

fn render(command: &Command, name: &str, pages: &mut Vec<(String, String)>) -> Result<(), Failure> {
    let mut roff = Vec::new();
    let page = clap_mangen::Man::new(command.clone().display_name(name.to_owned()))
        .title(name)
        .source(format!("signet {VERSION}"));
    let rendered = page.render(&mut roff);
    rendered.map_err(|error| Failure::new(Exit::Failed, plain(&error)))?;
    pages.push((format!("{name}.1"), String::from_utf8_lossy(&roff).into_owned()));
    for verb in command.get_subcommands().filter(|verb| !verb.is_hide_set()) {
        render(verb, &format!("{name}-{}", verb.get_name()), pages)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn every_shell_completes_every_noun() {
        for shell in Shell::value_variants() {
            let Answer::Text(script, _) = completion(&CompletionArgs { shell: *shell }) else {
                panic!("{shell}");
            };
            for noun in ["doctor", "rotate-secret", "write-secret"] {
                assert!(script.contains(noun), "{shell} {noun}");
            }
        }
    }

    #[test]
    fn there_is_a_page_for_each_verb() {
        let pages = pages(Cli::command()).unwrap();
        let page = |name: &str| {
            let found = pages.iter().find(|(own, _)| own == name);
            found
                .map(|(_, roff)| roff.as_str())
                .unwrap_or_else(|| panic!("{name}"))
        };
        assert_eq!(pages[0].0, "signet.1");
        assert!(page("signet.1").contains("EXIT CODES") || page("signet.1").contains("Exit codes"));
        assert!(page("signet-client-create.1").contains("redirect"));
        page("signet-key-rotate.1");
    }
}
