//! The log: lines for people on a terminal, JSON for everything else, always to standard error.
//!
//! `SIGNET_LOG` asks for more or less of it: a level, or `LEVEL,TARGET=LEVEL,...`. It is no setting of an installation, but of
//! whoever looks for something; that is why no file has it.

use std::io::IsTerminal as _;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt, registry};

/// Names what is to be logged.
const VARIABLE: &str = "SIGNET_LOG";

/// Which events are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// One line per request and everything above.
    Requests,
    /// Only what somebody should look at: the screen belongs to something else.
    WarningsOnly,
}

impl Detail {
    /// What is logged when nobody asks for anything else.
    fn usual(self) -> Targets {
        let level = match self {
            Detail::Requests => LevelFilter::INFO,
            Detail::WarningsOnly => LevelFilter::WARN,
        };
        // The server library tells about its threads at every start and stop.
        Targets::new()
            .with_default(level)
            .with_target("actix_server", LevelFilter::WARN)
    }
}

/// Starts logging for the whole process. A second call changes nothing.
pub(crate) fn start(detail: Detail) {
    let asked = std::env::var(VARIABLE).ok().filter(|text| !text.is_empty());
    let read = asked.as_deref().map(str::parse::<Targets>);
    let misread = matches!(read, Some(Err(_)));
    let wanted = read.and_then(Result::ok).unwrap_or_else(|| detail.usual());
    let lines = fmt::layer().with_writer(std::io::stderr).with_target(false);
    let lines = if std::io::stderr().is_terminal() {
        lines
            .with_ansi(std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()))
            .boxed()
    } else {
        lines.json().flatten_event(true).boxed()
    };
    drop(registry().with(lines).with(wanted).try_init());
    if misread {
        // What it says is not repeated: somebody may have put anything there.
        tracing::warn!("{VARIABLE} is neither a level nor LEVEL,TARGET=LEVEL,...; it is ignored");
    }
}
