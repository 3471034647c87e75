//! The log: lines for people on a terminal, JSON for everything else, always to standard error.

use std::io::IsTerminal as _;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt, registry};

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
    // The server library tells about its threads at every start and stop.
    let wanted = Targets::new()
        .with_default(level)
        .with_target("actix_server", LevelFilter::WARN);
    let lines = fmt::layer().with_writer(std::io::stderr).with_target(false);
    let lines = if std::io::stderr().is_terminal() {
        lines
            .with_ansi(std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()))
            .boxed()
    } else {
        lines.json().flatten_event(true).boxed()
    };
    drop(registry().with(lines).with(wanted).try_init());
}
