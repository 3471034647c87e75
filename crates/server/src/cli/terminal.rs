//! Asking the person at the terminal: to confirm, or for a password.

use std::io::{BufRead as _, IsTerminal as _};

use zeroize::Zeroizing;

use super::options::Destroying;
use crate::exit::{Exit, Failure, plain};

/// Whether somebody is there to answer.
pub(crate) fn somebody_is_there() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks before something that cannot be undone; `--yes` and `--dry-run` answer in advance. Call it after every
/// precondition was checked, so that nobody confirms what then fails.
///
/// # Errors
/// [`Exit::Usage`] when nobody is there, [`Exit::Failed`] when the answer is no.
pub(crate) fn confirm(destroying: Destroying, question: &str) -> Result<(), Failure> {
    if destroying.yes || destroying.writing.dry_run {
        return Ok(());
    }
    if !somebody_is_there() {
        return Err(Failure::usage(
            "nobody is at a terminal to confirm this; pass --yes",
        ));
    }
    eprint!("{question} [y/N] ");
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(on_terminal)?;
    match line.trim() {
        "y" | "Y" | "yes" => Ok(()),
        _ => Err(Failure::new(Exit::Failed, "not confirmed; nothing was changed")),
    }
}

/// Asks twice for a new password, without showing it.
///
/// # Errors
/// When the two differ or the terminal is gone.
pub(crate) fn new_password() -> Result<Zeroizing<String>, Failure> {
    let ask = |prompt| {
        rpassword::prompt_password(prompt)
            .map(Zeroizing::new)
            .map_err(on_terminal)
    };
    let (first, second) = (ask("Password: ")?, ask("Again: ")?);
    if first == second {
        Ok(first)
    } else {
        Err(Failure::usage("the two passwords differ"))
    }
}

fn on_terminal(error: std::io::Error) -> Failure {
    Failure::new(Exit::Failed, format!("terminal: {}", plain(&error)))
}
