//! The log: lines for people on a terminal, JSON for everything else, always to standard error.
//!
//! `SIGNET_LOG` asks for more or less of it: a level, `TARGET=LEVEL`, or several with commas. It is no setting of an
//! installation, but of whoever looks for something; that is why no file has it.

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
        // The server library tells about its threads at every start and stop, and calls it an error of ours when somebody
        // sends what is no HTTP: a scanner must not be able to fill the log.
        Targets::new()
            .with_default(level)
            .with_target("actix_server", LevelFilter::WARN)
            .with_target("actix_http", LevelFilter::OFF)
    }
}

/// What `text` asks for; nothing if it cannot be read. A level alone is for everything; without one, what is usual goes on.
fn wanted(text: &str, detail: Detail) -> Option<Targets> {
    let mut alone = text.split(',').filter(|part| !part.contains('='));
    // The library would take a mistyped level for a target, and silence all others.
    if !alone.all(|part| part.parse::<LevelFilter>().is_ok()) {
        return None;
    }
    let asked: Targets = text.parse().ok()?;
    Some(match asked.default_level() {
        Some(_) => asked,
        None => detail.usual().with_targets(asked.iter()),
    })
}

/// Starts logging for the whole process. A second call changes nothing.
pub(crate) fn start(detail: Detail) {
    let asked = std::env::var_os(VARIABLE).filter(|text| !text.is_empty());
    let read = asked.as_ref().map(|text| wanted(text.to_str()?, detail));
    let misread = matches!(read, Some(None));
    let wanted = read.flatten().unwrap_or_else(|| detail.usual());
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
        tracing::warn!("{VARIABLE} is neither a level nor TARGET=LEVEL, nor a list of them; it is ignored");
    }
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    fn shows(text: &str, target: &str, level: Level) -> bool {
        let wanted = wanted(text, Detail::Requests).expect(text);
        wanted.would_enable(target, &level)
    }

    #[test]
    fn more_or_less_is_logged_as_asked() {
        assert!(shows("trace", "actix_server", Level::TRACE));
        assert!(!shows("warn", "web", Level::INFO));
        assert!(shows("store=debug", "store::writer", Level::DEBUG));
        assert!(shows("store=debug", "web", Level::INFO) && !shows("store=debug", "web", Level::DEBUG));
        assert!(shows("off,web=info", "web", Level::INFO) && !shows("off,web=info", "store", Level::ERROR));
    }

    #[test]
    fn a_slip_of_the_finger_silences_nothing() {
        for text in ["inof", "web", "info,web=loud", "web=debug,store"] {
            assert!(wanted(text, Detail::Requests).is_none(), "{text}");
        }
    }
}
