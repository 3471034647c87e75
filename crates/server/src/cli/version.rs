//! `signet version`.

use serde_json::json;

use super::output::Answer;

/// The version of this binary.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// `signet 0.1.0`, or `{"name", "version"}`.
pub(crate) fn answer() -> Answer {
    Answer::Text(
        format!("signet {VERSION}\n"),
        json!({ "name": "signet", "version": VERSION }),
    )
}
