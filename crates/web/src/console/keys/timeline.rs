//! The picture of an algorithm's keys: who was published, signing, verifying only, and taken back when. Laid out here, drawn by
//! the template; the table beside it says the same in words.

use std::time::Duration;

use admin::keys::overview::{Known, Line};
use kernel::Timestamp;
use token::keys::KeyState;

use crate::console::words::When;

const DAY: Duration = Duration::from_secs(24 * 3600);
/// The picture's width, and where its bars begin.
const WIDTH: i64 = 900;
const LEFT: i64 = 130;
const TOP: i64 = 34;
const ROW: i64 = 30;
/// The narrowest bar.
const LEAST: i64 = 3;

/// A picture in units of its own; the browser scales it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Timeline {
    pub(super) height: i64,
    pub(super) rows: Vec<Row>,
    pub(super) ticks: Vec<Tick>,
    pub(super) now: i64,
    /// Where the vertical line ends.
    pub(super) foot: i64,
}

/// One key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) kid: String,
    /// Of the text.
    pub(super) y: i64,
    pub(super) bars: Vec<Bar>,
    /// Where it was taken back.
    pub(super) revoked: Option<i64>,
}

impl Row {
    /// The upper edge of its bars.
    pub(super) fn top(&self) -> i64 {
        self.y - 11
    }

    /// The cross of a key that was taken back.
    pub(super) fn cross(&self, x: &i64) -> String {
        let top = self.top();
        format!("M{x} {top}l12 14m0-14l-12 14")
    }
}

/// One stretch of a key's life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bar {
    /// `t-pub`, `t-sign` or `t-ver`.
    pub(super) class: &'static str,
    pub(super) x: i64,
    pub(super) width: i64,
}

/// A date above the bars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tick {
    pub(super) x: i64,
    pub(super) label: String,
}

/// From the first publication to the last thing that is planned.
struct Axis {
    from: Timestamp,
    to: Timestamp,
}

impl Axis {
    fn x(&self, at: Timestamp) -> i64 {
        let (from, to) = (self.from.as_millis(), self.to.as_millis());
        let at = at.as_millis().clamp(from, to);
        LEFT + (at - from) * (WIDTH - LEFT) / (to - from).max(1)
    }
}

impl Timeline {
    /// The picture of a line. Keys that waited for years before anybody looked do not press the rest together: the axis begins
    /// half a year ago at most.
    pub(super) fn of(line: &Line, now: Timestamp) -> Self {
        let rotates = line.turn.as_ref().and_then(|turn| turn.rotates_at);
        let first = line.keys.iter().map(|known| known.status.key.published_at).min();
        let last = line
            .keys
            .iter()
            .filter_map(|known| known.status.key.leaves_jwks_at);
        let last = last.chain(rotates).max().unwrap_or(now).max(now.plus(DAY));
        let axis = Axis {
            from: first.unwrap_or(now).max(now.minus(DAY * 180)),
            to: last.plus(last.since(now) / 8),
        };
        let mut keys: Vec<&Known> = line.keys.iter().collect();
        // Those of one moment in the order in which they sign.
        keys.sort_by_key(|known| {
            let key = &known.status.key;
            (
                key.published_at,
                key.activated_at.is_none(),
                key.activated_at,
                &key.kid,
            )
        });
        let rows: Vec<Row> = (0..)
            .zip(keys)
            .map(|(at, known)| row(known, at, &axis, rotates, now))
            .collect();
        let foot = TOP + ROW * i64::try_from(rows.len()).unwrap_or(0) - 8;
        Self {
            height: foot + 30,
            ticks: ticks(&axis, now, rotates),
            now: axis.x(now),
            rows,
            foot,
        }
    }

    /// Where the legend stands.
    pub(super) fn legend(&self) -> i64 {
        self.height - 14
    }

    /// The legend's text.
    pub(super) fn legend_text(&self) -> i64 {
        self.height - 5
    }
}

fn row(known: &Known, at: i64, axis: &Axis, rotates: Option<Timestamp>, now: Timestamp) -> Row {
    let key = &known.status.key;
    let gone = key.leaves_jwks_at;
    let signs_until = match key.state {
        KeyState::Active => rotates.or(Some(axis.to)),
        KeyState::Next => None,
        KeyState::Retiring | KeyState::Retired | KeyState::Revoked => known.signed_until,
    };
    let ends = match key.state {
        KeyState::Next => rotates.unwrap_or(axis.to),
        KeyState::Active => signs_until.unwrap_or(axis.to),
        KeyState::Retiring | KeyState::Retired | KeyState::Revoked => gone.unwrap_or(now),
    };
    let begins = key.activated_at.unwrap_or(ends);
    let stops = signs_until.unwrap_or(begins);
    let mut bars = vec![
        bar("t-pub", axis, key.published_at, begins),
        bar("t-sign", axis, begins, stops),
        bar("t-ver", axis, stops, ends),
    ];
    if key.state == KeyState::Next {
        // What is planned: it signs from the rotation on.
        bars.push(bar("t-sign planned", axis, ends, axis.to));
    }
    bars.retain(|bar| bar.width > 0);
    Row {
        kid: short(&key.kid),
        y: TOP + ROW * at + 11,
        bars,
        revoked: gone
            .filter(|_| key.state == KeyState::Revoked)
            .map(|gone| axis.x(gone) + 4),
    }
}

fn bar(class: &'static str, axis: &Axis, from: Timestamp, to: Timestamp) -> Bar {
    let x = axis.x(from);
    // What lasted a moment is still to be seen.
    let least = if from < to { LEAST } else { 0 };
    Bar {
        class,
        x,
        width: (axis.x(to) - x).max(least),
    }
}

/// The beginning, now and the rotation; those that would stand on one another are left out, now never.
fn ticks(axis: &Axis, now: Timestamp, rotates: Option<Timestamp>) -> Vec<Tick> {
    let today = Tick {
        x: axis.x(now),
        label: "now".to_owned(),
    };
    let far = |one: i64, other: i64| (one - other).abs() > 60;
    let mut ticks = Vec::new();
    for at in [Some(axis.from), rotates].into_iter().flatten() {
        let x = axis.x(at).min(WIDTH - 45);
        if far(x, today.x) {
            ticks.push(Tick {
                x,
                label: When::new(at, now).day,
            });
        }
    }
    ticks.push(today);
    ticks
}

/// As much of a key id as fits beside its bar.
pub(super) fn short(kid: &str) -> String {
    const FITS: usize = 16;
    if kid.chars().count() <= FITS {
        return kid.to_owned();
    }
    let head: String = kid.chars().take(FITS - 1).collect();
    format!("{head}…")
}
