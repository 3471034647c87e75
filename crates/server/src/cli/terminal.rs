//! Asking the person at the terminal: to confirm, or for a password.

use std::io::{BufRead as _, IsTerminal as _};

use zeroize::Zeroizing;

use crate::exit::{Exit, Failure, plain};

/// Whether somebody is there to answer.
pub(crate) fn somebody_is_there() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks before something that cannot be undone.
///
/// # Errors
/// [`Exit::Usage`] when nobody is there, [`Exit::Failed`] when the answer is no.
pub(crate) fn confirm(question: &str) -> Result<(), Failure> {
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

/// Asks twice for a new password, without showing it; nothing when the answer is empty.
///
/// # Errors
/// When the two differ or the terminal is gone.
pub(crate) fn new_password() -> Result<Option<Zeroizing<String>>, Failure> {
    let ask = |prompt| {
        rpassword::prompt_password(prompt)
            .map(Zeroizing::new)
            .map_err(on_terminal)
    };
    let first = ask("Password (empty for none): ")?;
    if first.is_empty() {
        return Ok(None);
    }
    if first == ask("Again: ")? {
        Ok(Some(first))
    } else {
        Err(Failure::usage("the two passwords differ"))
    }
}

fn on_terminal(error: std::io::Error) -> Failure {
    Failure::new(Exit::Failed, format!("terminal: {}", plain(&error)))
}
