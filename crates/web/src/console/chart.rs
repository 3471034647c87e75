//! Charts drawn by the server, as SVG styled by class only, with their numbers beside them as a table.
//!
//! Owns where things go on the picture; what is counted comes from `admin::statistics`, colours from the style sheet.

use std::time::Duration;

use kernel::Timestamp;

use super::words::{When, number};

/// The picture, in units of its view box.
const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 190.0;
/// The plot within it: room for numbers at the left and hours below.
const LEFT: f64 = 54.0;
const RIGHT: f64 = WIDTH - 6.0;
const TOP: f64 = 14.0;
const FOOT: f64 = HEIGHT - 30.0;
const HOUR: Duration = Duration::from_secs(3600);
/// What a bar takes of its place.
const SHARE: f64 = 0.72;

/// What a chart is made of: one moment after the other, and for each the numbers of every kind.
pub(crate) struct Told {
    /// What it shows; also names it for those who do not see it.
    pub(crate) title: &'static str,
    /// The most important thing it says.
    pub(crate) sentence: String,
    /// The kinds, in the order of the numbers.
    pub(crate) kinds: Vec<&'static str>,
    /// When, and how many of each kind; nothing where nobody knows.
    pub(crate) slots: Vec<(Timestamp, Vec<Option<f64>>)>,
    /// How it is drawn.
    pub(crate) shape: Shape,
    /// What stands behind a number: "", " ms".
    pub(crate) unit: &'static str,
}

/// How numbers are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Kinds on top of each other: they add up.
    Bars,
    /// A line for each kind: they do not.
    Line,
}

/// A chart, drawn. `chart.html` shows it.
pub(crate) struct Chart {
    pub(crate) title: &'static str,
    pub(crate) sentence: String,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) levels: Vec<Level>,
    pub(crate) times: Vec<Time>,
    pub(crate) bars: Vec<Bar>,
    pub(crate) lines: Vec<Line>,
    pub(crate) rows: Vec<Row>,
}

/// An entry of the legend. Its class is the colour.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) class: &'static str,
}

/// A level that can be read off.
pub(crate) struct Level {
    pub(crate) y: String,
    pub(crate) label: String,
}

/// A moment on the axis.
pub(crate) struct Time {
    pub(crate) x: String,
    pub(crate) label: String,
}

/// A piece of a bar.
pub(crate) struct Bar {
    pub(crate) class: &'static str,
    pub(crate) x: String,
    pub(crate) y: String,
    pub(crate) width: String,
    pub(crate) height: String,
    /// What it stands for, for who points at it.
    pub(crate) told: String,
}

/// A line without a gap.
pub(crate) struct Line {
    pub(crate) class: &'static str,
    pub(crate) path: String,
}

/// The numbers of one moment.
pub(crate) struct Row {
    pub(crate) at: When,
    pub(crate) numbers: Vec<String>,
}

const CLASSES: [&str; 4] = ["c-1", "c-2", "c-3", "c-4"];

fn class(kind: usize) -> &'static str {
    CLASSES[kind % CLASSES.len()]
}

impl Chart {
    /// Draws what is told, at `now`.
    pub(crate) fn of(told: Told, now: Timestamp) -> Self {
        let plot = Plot::of(&told);
        Self {
            title: told.title,
            kinds: told
                .kinds
                .iter()
                .enumerate()
                .map(|(kind, name)| Kind {
                    name,
                    class: class(kind),
                })
                .collect(),
            levels: plot.levels(told.unit),
            times: plot.times(&told, now),
            bars: match told.shape {
                Shape::Bars => plot.bars(&told, now),
                Shape::Line => Vec::new(),
            },
            lines: match told.shape {
                Shape::Bars => Vec::new(),
                Shape::Line => plot.lines(&told),
            },
            rows: told
                .slots
                .iter()
                .rev()
                .map(|slot| row(slot, told.unit, now))
                .collect(),
            sentence: told.sentence,
        }
    }

    /// Whether a legend says more than the title does.
    pub(crate) fn has_legend(&self) -> bool {
        self.kinds.len() > 1
    }
}

fn row((at, numbers): &(Timestamp, Vec<Option<f64>>), unit: &str, now: Timestamp) -> Row {
    let told = |number: &Option<f64>| number.map_or_else(|| "–".to_owned(), |value| amount(value, unit));
    Row {
        at: When::new(*at, now),
        numbers: numbers.iter().map(told).collect(),
    }
}

/// A number with its unit; counts are whole, and so is what is measured beyond ten.
fn amount(value: f64, unit: &str) -> String {
    if value < 10.0 && value.fract() > 0.05 {
        return format!("{value:.1}{unit}");
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "never negative, and far from the end"
    )]
    let whole = value.round() as u64;
    format!("{}{unit}", number(whole))
}

/// Where numbers and moments are on the picture.
struct Plot {
    top: f64,
    step: f64,
}

impl Plot {
    fn of(told: &Told) -> Self {
        let tallest = told.slots.iter().map(|(_, numbers)| match told.shape {
            Shape::Bars => numbers.iter().flatten().sum(),
            Shape::Line => numbers.iter().flatten().copied().fold(0.0, f64::max),
        });
        #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
        let count = told.slots.len().max(1) as f64;
        Self {
            top: tidy(tallest.fold(0.0, f64::max)),
            step: (RIGHT - LEFT) / count,
        }
    }

    fn y(&self, value: f64) -> f64 {
        FOOT - (FOOT - TOP) * value / self.top
    }

    /// The left edge of a slot.
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    fn x(&self, slot: usize) -> f64 {
        LEFT + self.step * slot as f64
    }

    fn levels(&self, unit: &str) -> Vec<Level> {
        let level = |share: f64| Level {
            y: place(self.y(self.top * share)),
            label: amount(self.top * share, unit),
        };
        [0.0, 0.5, 1.0].into_iter().map(level).collect()
    }

    /// Every sixth hour where slots are hours, else midnights, but never so many that they touch.
    fn times(&self, told: &Told, now: Timestamp) -> Vec<Time> {
        let gap = told.slots.windows(2).next().map(|two| two[1].0.since(two[0].0));
        let in_hours = gap.is_none_or(|gap| gap <= HOUR);
        let hour = |at: &Timestamp| at.as_secs().rem_euclid(24 * 3600) / 3600;
        let is_marked = |at: &Timestamp| match in_hours {
            true => hour(at) % 6 == 0,
            false => hour(at) == 0,
        };
        let slots = told.slots.iter().map(|(at, _)| at).enumerate();
        let marks: Vec<_> = slots.filter(|(_, at)| is_marked(at)).collect();
        let every = marks.len().div_ceil(5).max(1);
        let shown = marks.iter().rev().step_by(every);
        shown
            .map(|(slot, at)| Time {
                x: place(self.x(*slot) + self.step / 2.0),
                label: match in_hours {
                    true => format!("{:02}:00", hour(at)),
                    false => When::new(**at, now).day,
                },
            })
            .collect()
    }

    fn bars(&self, told: &Told, now: Timestamp) -> Vec<Bar> {
        let mut bars = Vec::new();
        for (slot, (at, numbers)) in told.slots.iter().enumerate() {
            let mut below = 0.0;
            for (kind, value) in numbers.iter().enumerate() {
                let value = value.unwrap_or(0.0);
                if value <= 0.0 {
                    continue;
                }
                let (foot, head) = (self.y(below), self.y(below + value));
                let what = told.kinds.get(kind).copied().unwrap_or_default();
                bars.push(Bar {
                    class: class(kind),
                    x: place(self.x(slot) + self.step * (1.0 - SHARE) / 2.0),
                    y: place(head),
                    width: place(self.step * SHARE),
                    height: place((foot - head).max(0.5)),
                    told: format!(
                        "{}: {} {what}",
                        When::new(*at, now).minute,
                        amount(value, told.unit)
                    ),
                });
                below += value;
            }
        }
        bars
    }

    /// One for each stretch of which something is known; a single moment becomes a dash.
    fn lines(&self, told: &Told) -> Vec<Line> {
        let mut lines = Vec::new();
        for kind in 0..told.kinds.len() {
            let mut path = String::new();
            for (slot, (_, numbers)) in told.slots.iter().enumerate() {
                let Some(value) = numbers.get(kind).copied().flatten() else {
                    finish(&mut lines, kind, &mut path);
                    continue;
                };
                let (middle, y) = (self.x(slot) + self.step / 2.0, place(self.y(value)));
                if path.is_empty() {
                    path = format!("M{} {y}H{}", place(middle - self.step * 0.2), place(middle));
                } else {
                    path.push_str(&format!("L{} {y}", place(middle)));
                }
            }
            finish(&mut lines, kind, &mut path);
        }
        lines
    }
}

fn finish(lines: &mut Vec<Line>, kind: usize, path: &mut String) {
    if !path.is_empty() {
        lines.push(Line {
            class: class(kind),
            path: std::mem::take(path),
        });
    }
}

/// A coordinate, as short as it can be.
fn place(at: f64) -> String {
    let text = format!("{at:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// The end of the axis: the next number above that people count to, whose half is whole.
fn tidy(most: f64) -> f64 {
    let mut unit = 1.0;
    loop {
        for step in [2.0, 4.0, 10.0] {
            if most <= step * unit {
                return step * unit;
            }
        }
        unit *= 10.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(shape: Shape, numbers: &[&[Option<f64>]]) -> Chart {
        let slots = numbers.iter().zip(0..);
        let told = Told {
            title: "Things",
            sentence: String::new(),
            kinds: vec!["good", "bad"],
            slots: slots
                .map(|(numbers, at)| (Timestamp::from_secs(at * 3600), numbers.to_vec()))
                .collect(),
            shape,
            unit: "",
        };
        Chart::of(told, Timestamp::from_secs(0))
    }

    #[test]
    fn the_axis_ends_at_a_number_people_count_to() {
        let ends = [0.0, 2.0, 2.1, 7.0, 11.0, 399.0, 1001.0].map(tidy);
        assert_eq!(ends, [2.0, 2.0, 4.0, 10.0, 20.0, 400.0, 2000.0]);
    }

    #[test]
    fn pieces_of_a_bar_stand_on_each_other() {
        let chart = told(Shape::Bars, &[&[Some(1.0), Some(3.0)], &[Some(0.0), None]]);
        let seen: Vec<_> = chart
            .bars
            .iter()
            .map(|bar| (bar.class, &*bar.y, &*bar.height))
            .collect();
        assert_eq!(seen, [("c-1", "123.5", "36.5"), ("c-2", "14", "109.5")]);
        assert_eq!(chart.bars[1].told, "1 Jan 00:00: 3 bad");
        let levels: Vec<_> = chart.levels.iter().map(|level| &*level.label).collect();
        assert_eq!(levels, ["0", "2", "4"]);
    }

    #[test]
    fn a_line_stops_where_nothing_is_known() {
        let chart = told(Shape::Line, &[&[Some(1.0)], &[Some(2.0)], &[None], &[Some(2.0)]]);
        assert_eq!(chart.lines.len(), 2);
        assert!(chart.lines[1].path.starts_with('M') && !chart.lines[1].path.contains('L'));
        let newest = &chart.rows[0];
        assert_eq!((&*newest.at.minute, &*newest.numbers[0]), ("1 Jan 03:00", "2"));
        assert_eq!(chart.rows[1].numbers, ["–"]);
    }

    #[test]
    fn hours_are_marked_every_six_and_days_at_midnight() {
        let day: Vec<&[Option<f64>]> = vec![&[Some(1.0)]; 24];
        let times = told(Shape::Bars, &day).times;
        let labels: Vec<_> = times.iter().map(|time| &*time.label).collect();
        assert_eq!(labels, ["18:00", "12:00", "06:00", "00:00"]);
    }
}
