//! Prints answers: aligned columns for people, JSON or bare ids for programs.

use std::io::{ErrorKind, Write as _};
use std::process::ExitCode;

use serde_json::{Map, Value};

use super::options::Format;
use crate::exit::{Exit, Failure, plain};

/// What a verb has to say on standard output.
#[derive(Debug)]
pub(crate) enum Answer {
    /// Nothing.
    Silence,
    /// Text for people; in JSON, the value.
    Text(String, Value),
    /// What a check found wrong: printed like any answer, and the command ends with exit code 1.
    Objection(Box<Answer>),
    /// One thing, as an object. `id` names the member that identifies it.
    One {
        /// The object.
        object: Value,
        /// Its identifying member.
        id: &'static str,
    },
    /// Several things of a kind.
    Many {
        /// The objects.
        objects: Vec<Value>,
        /// Their identifying member.
        id: &'static str,
        /// The members that become columns of the table.
        columns: &'static [&'static str],
    },
}

impl Answer {
    /// How the command ends.
    pub(crate) fn code(&self) -> ExitCode {
        match self {
            Answer::Objection(_) => ExitCode::from(Exit::Failed as u8),
            _ => ExitCode::SUCCESS,
        }
    }
}

/// Prints an answer.
///
/// # Errors
/// When standard output is broken; that nobody reads it any more is fine.
pub(crate) fn print(answer: &Answer, format: Format) -> Result<(), Failure> {
    match std::io::stdout()
        .lock()
        .write_all(render(answer, format).as_bytes())
    {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::new(
            Exit::Failed,
            format!("standard output: {}", plain(&error)),
        )),
        _ => Ok(()),
    }
}

fn render(answer: &Answer, format: Format) -> String {
    match (answer, format) {
        (Answer::Silence, _) => String::new(),
        (Answer::Objection(answer), format) => render(answer, format),
        (Answer::Text(text, _), Format::Table | Format::Ids) => text.clone(),
        (Answer::Text(_, value), Format::Json) => json(value),
        (Answer::One { object, .. }, Format::Json) => json(object),
        (Answer::One { object, id }, Format::Ids) => ids(std::slice::from_ref(object), id),
        (Answer::One { object, id }, Format::Table) => members(object, id),
        (Answer::Many { objects, .. }, Format::Json) => json(&Value::Array(objects.clone())),
        (Answer::Many { objects, id, .. }, Format::Ids) => ids(objects, id),
        (Answer::Many { objects, columns, .. }, Format::Table) => table(objects, columns),
    }
}

fn json(value: &Value) -> String {
    format!("{value:#}\n")
}

fn ids(objects: &[Value], id: &str) -> String {
    objects.iter().map(|object| cell(object.get(id)) + "\n").collect()
}

/// One line per member of an object, the identifying one first.
fn members(object: &Value, id: &str) -> String {
    let empty = Map::new();
    let (first, rest): (Vec<_>, Vec<_>) = object
        .as_object()
        .unwrap_or(&empty)
        .iter()
        .partition(|(name, _)| *name == id);
    let line = |(name, value): (&String, &Value)| vec![name.clone(), cell(Some(value))];
    lines(first.into_iter().chain(rest).map(line).collect())
}

fn table(objects: &[Value], columns: &[&str]) -> String {
    let heading = columns.iter().map(|column| column.to_uppercase()).collect();
    let row = |object: &Value| columns.iter().map(|column| cell(object.get(column))).collect();
    lines(std::iter::once(heading).chain(objects.iter().map(row)).collect())
}

/// Pads all columns but the last.
pub(crate) fn lines(rows: Vec<Vec<String>>) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |at: usize| {
        rows.iter()
            .filter_map(|row| row.get(at))
            .map(|text| text.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let padded: String = row
            .iter()
            .zip(&widths)
            .map(|(text, width)| format!("{text:width$}  "))
            .collect();
        format!("{}\n", padded.trim_end())
    };
    rows.iter().map(line).collect()
}

/// A value on one line. Control characters are escaped: names come from strangers, and terminals obey.
pub(crate) fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => printable(text),
        Some(Value::Array(items)) if items.is_empty() => "-".to_owned(),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| cell(Some(item)))
            .collect::<Vec<_>>()
            .join(" "),
        Some(other) => printable(&other.to_string()),
    }
}

/// Text of strangers on one line, harmless to terminals.
pub(crate) fn printable(text: &str) -> String {
    let escape = |c: char| {
        if c.is_control() {
            c.escape_default().to_string()
        } else {
            c.to_string()
        }
    };
    text.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn many() -> Answer {
        let objects = vec![
            json!({ "sub": "1", "username": "alice" }),
            json!({ "sub": "22", "username": "b\u{1b}[0m" }),
        ];
        Answer::Many {
            objects,
            id: "sub",
            columns: &["username", "sub", "email"],
        }
    }

    #[test]
    fn tables_are_aligned_and_harmless() {
        assert_eq!(
            render(&many(), Format::Table),
            "USERNAME    SUB  EMAIL\nalice       1    -\nb\\u{1b}[0m  22   -\n"
        );
    }

    #[test]
    fn ids_are_bare_and_json_is_whole() {
        assert_eq!(render(&many(), Format::Ids), "1\n22\n");
        let parsed: Value = serde_json::from_str(&render(&many(), Format::Json)).unwrap();
        assert_eq!(parsed[0]["username"], "alice");
    }

    #[test]
    fn one_thing_is_a_list_of_its_members() {
        let one = Answer::One {
            object: json!({ "b": [], "client_id": "web", "redirect_uris": ["a", "b"] }),
            id: "client_id",
        };
        assert_eq!(
            render(&one, Format::Table),
            "client_id      web\nb              -\nredirect_uris  a b\n"
        );
        assert_eq!(render(&one, Format::Ids), "web\n");
    }
}
