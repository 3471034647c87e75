//! The log: lines for people on a terminal, JSON for everything else, always to standard error.

use std::io::IsTerminal as _;

use tracing::level_filters::LevelFilter;

/// Which events are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// One line per request and everything above.
    Requests,
    /// Only what somebody should look at: the screen belongs to something else.
    WarningsOnly,
}

/// Starts logging for the whole process. A second call changes nothing.
pub(crate) fn start(detail: Detail) {
    let level = match detail {
        Detail::Requests => LevelFilter::INFO,
        Detail::WarningsOnly => LevelFilter::WARN,
    };
    let lines = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_target(false);
    let started = if std::io::stderr().is_terminal() {
        lines
            .with_ansi(std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()))
            .try_init()
    } else {
        lines.json().flatten_event(true).try_init()
    };
    drop(started);
}
