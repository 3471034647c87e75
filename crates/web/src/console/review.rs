//! A record before and after: what goes, what stays, what comes. For looking at a change before it is made.

/// What a record says about one thing; several values where it is a list.
pub(super) type Row = (&'static str, Vec<String>);

/// A row that would change.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// What it is about.
    pub(super) label: &'static str,
    /// Its values, those that go first.
    pub(super) lines: Vec<Line>,
}

/// A value of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// What becomes of it.
    pub(super) fate: Fate,
    /// The value.
    pub(super) text: String,
}

/// What becomes of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It goes.
    Goes,
    /// It stays.
    Stays,
    /// It comes.
    Comes,
}

/// The rows that differ. Both records have the same ones in the same order.
pub(super) fn changes(before: &[Row], after: &[Row]) -> Vec<Change> {
    let pairs = before.iter().zip(after).filter(|(old, new)| old.1 != new.1);
    pairs
        .map(|((label, old), (_, new))| Change {
            label,
            lines: lines(old, new),
        })
        .collect()
}

fn lines(old: &[String], new: &[String]) -> Vec<Line> {
    let line = |fate| {
        move |text: &String| Line {
            fate,
            text: text.clone(),
        }
    };
    let goes = old
        .iter()
        .filter(|text| !new.contains(text))
        .map(line(Fate::Goes));
    let rest = new.iter().map(|text| {
        let fate = if old.contains(text) {
            Fate::Stays
        } else {
            Fate::Comes
        };
        line(fate)(text)
    });
    goes.chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_stays_and_comes_is_told_apart() {
        let row = |label, values: &[&str]| (label, values.iter().map(|it| (*it).to_owned()).collect());
        let before = [row("a", &["1", "2"]), row("b", &["same"]), row("c", &[])];
        let after = [row("a", &["2", "3"]), row("b", &["same"]), row("c", &["x"])];
        let changes = changes(&before, &after);
        let told: Vec<_> = changes
            .iter()
            .map(|change| {
                let lines = change.lines.iter().map(|line| (line.fate, line.text.as_str()));
                (change.label, lines.collect::<Vec<_>>())
            })
            .collect();
        assert_eq!(
            told,
            [
                (
                    "a",
                    vec![(Fate::Goes, "1"), (Fate::Stays, "2"), (Fate::Comes, "3")]
                ),
                ("c", vec![(Fate::Comes, "x")]),
            ]
        );
    }
}
