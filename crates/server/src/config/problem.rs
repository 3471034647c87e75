//! What is wrong with a configuration: where, what, and what to do about it. All of it in one run.

use std::fmt;

/// Where something is wrong. Places in a file come first, in reading order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// A position in the file; lines and columns count from one, columns in characters.
    Position {
        /// The file as it was named.
        file: String,
        /// Line.
        line: usize,
        /// Column.
        column: usize,
    },
    /// A file as a whole, an environment variable, a flag, or a key that nobody set.
    Name(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Position { file, line, column } => write!(f, "{file}:{line}:{column}"),
            Place::Name(name) => f.write_str(name),
        }
    }
}

/// One thing to mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub(crate) place: Place,
    /// What is wrong.
    pub(crate) reason: String,
    /// What to do.
    pub(crate) remedy: String,
}

/// Everything that is wrong. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    /// The configuration, as it is called in the first line.
    pub(crate) subject: String,
    /// In the order of the file, then of the environment.
    pub(crate) list: Vec<Problem>,
}

impl Problems {
    /// A single one.
    pub(crate) fn one(subject: impl Into<String>, problem: Problem) -> Self {
        Self {
            subject: subject.into(),
            list: vec![problem],
        }
    }
}

/// ```text
/// error[config]: 2 problems in signet.toml
///   signet.toml:14:1  unknown key `tokens.acess_ttl`               did you mean `tokens.access_ttl`?
///   signet.toml:2:10  issuer "https://id.example.com/" ends in "/"  clients compare it byte for byte; remove the slash
/// ```
impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.list.len();
        let noun = if count == 1 { "problem" } else { "problems" };
        write!(f, "error[config]: {count} {noun} in {}", self.subject)?;
        let widest = |length: fn(&Problem) -> usize| self.list.iter().map(length).max().unwrap_or(0);
        let place = widest(|it| it.place.to_string().chars().count());
        let reason = widest(|it| it.reason.chars().count());
        for it in &self.list {
            let line = format!(
                "  {:place$}  {:reason$}  {}",
                it.place.to_string(),
                it.reason,
                it.remedy
            );
            write!(f, "\n{}", line.trim_end())?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_up_places_reasons_and_remedies() {
        let problem = |place, reason: &str, remedy: &str| Problem {
            place,
            reason: reason.into(),
            remedy: remedy.into(),
        };
        let position = Place::Position {
            file: "signet.toml".into(),
            line: 2,
            column: 1,
        };
        let problems = Problems {
            subject: "signet.toml".into(),
            list: vec![
                problem(position, "short", "mend it"),
                problem(Place::Name("X".into()), "rather longer", ""),
            ],
        };
        assert_eq!(
            problems.to_string(),
            "error[config]: 2 problems in signet.toml\n  signet.toml:2:1  short          mend it\n  X                rather longer"
        );
    }
}
