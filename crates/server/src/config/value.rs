//! A value of the configuration, and how it is read from TOML and from the environment.

use std::fmt;
use std::time::Duration;

use super::duration;

/// The type of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A text.
    Text,
    /// Yes or no.
    Switch,
    /// A list of texts.
    List,
    /// A duration.
    Duration,
}

impl Kind {
    /// What to write, with an example.
    fn wanted(self) -> &'static str {
        match self {
            Kind::Text => "write a text in quotes",
            Kind::Switch => "write true or false",
            Kind::List => "write a list of texts, such as [\"a\", \"b\"]",
            Kind::Duration => "write a number and s, m, h or d, such as \"10m\"",
        }
    }
}

/// What a key is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// A text.
    Text(String),
    /// Yes or no.
    Switch(bool),
    /// A list of texts.
    List(Vec<String>),
    /// A duration.
    Duration(Duration),
}

/// Why something is not a value of the wanted kind, and what to write instead.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mismatch {
    /// Follows the key's name in a sentence.
    pub(crate) reason: String,
    /// What to write.
    pub(crate) remedy: &'static str,
}

impl Value {
    /// Its type.
    #[cfg(test)]
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Value::Text(_) => Kind::Text,
            Value::Switch(_) => Kind::Switch,
            Value::List(_) => Kind::List,
            Value::Duration(_) => Kind::Duration,
        }
    }

    /// From a TOML value.
    ///
    /// # Errors
    /// [`Mismatch`] when the type differs.
    pub(crate) fn from_toml(kind: Kind, value: &toml_edit::Value) -> Result<Self, Mismatch> {
        let read = match kind {
            Kind::Text => value.as_str().map(|text| Value::Text(text.to_owned())),
            Kind::Switch => value.as_bool().map(Value::Switch),
            Kind::List => value.as_array().and_then(texts).map(Value::List),
            Kind::Duration => match value.as_str() {
                Some(text) => return Self::duration(text),
                None => None,
            },
        };
        read.ok_or_else(|| Mismatch {
            reason: format!("is {}", type_of(value)),
            remedy: kind.wanted(),
        })
    }

    /// From plain text, as the environment, a file or a flag has it; lists are in TOML syntax.
    ///
    /// # Errors
    /// [`Mismatch`] when the text does not read as the wanted type.
    pub(crate) fn from_text(kind: Kind, text: &str) -> Result<Self, Mismatch> {
        match kind {
            Kind::Text => Ok(Value::Text(text.to_owned())),
            Kind::Duration => Self::duration(text),
            Kind::Switch | Kind::List => match text.parse::<toml_edit::Value>() {
                Ok(value) => Self::from_toml(kind, &value),
                Err(_) => Err(Mismatch {
                    reason: "does not read as TOML".to_owned(),
                    remedy: kind.wanted(),
                }),
            },
        }
    }

    fn duration(text: &str) -> Result<Self, Mismatch> {
        duration::parse(text)
            .map(Value::Duration)
            .map_err(|reason| Mismatch {
                reason: format!("\"{}\" {reason}", text.escape_debug()),
                remedy: Kind::Duration.wanted(),
            })
    }
}

/// The texts of an array, if it holds nothing else.
fn texts(array: &toml_edit::Array) -> Option<Vec<String>> {
    array
        .iter()
        .map(|item| item.as_str().map(str::to_owned))
        .collect()
}

/// The type of a TOML value with its article.
fn type_of(value: &toml_edit::Value) -> &'static str {
    match value {
        toml_edit::Value::String(_) => "a text",
        toml_edit::Value::Integer(_) => "a number",
        toml_edit::Value::Float(_) => "a number with a fraction",
        toml_edit::Value::Boolean(_) => "true or false",
        toml_edit::Value::Datetime(_) => "a date",
        toml_edit::Value::Array(_) => "a list",
        toml_edit::Value::InlineTable(_) => "a table",
    }
}

/// As TOML, so that what is shown can be written back.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let toml = match self {
            Value::Text(text) => toml_edit::Value::from(text.as_str()),
            Value::Switch(on) => toml_edit::Value::from(*on),
            Value::List(items) => {
                toml_edit::Value::from(items.iter().map(String::as_str).collect::<toml_edit::Array>())
            }
            Value::Duration(duration) => toml_edit::Value::from(duration::show(*duration)),
        };
        write!(f, "{toml}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_the_environment_is_taken_as_it_is() {
        let read = |kind, text| Value::from_text(kind, text);
        assert_eq!(read(Kind::Text, "a \"b\""), Ok(Value::Text("a \"b\"".into())));
        assert_eq!(read(Kind::Switch, "true"), Ok(Value::Switch(true)));
        assert_eq!(
            read(Kind::List, "[\"a\", 'b']"),
            Ok(Value::List(vec!["a".into(), "b".into()]))
        );
        assert!(read(Kind::Switch, "yes").is_err());
        assert!(read(Kind::List, "a,b").is_err());
        assert_eq!(read(Kind::List, "[1]").unwrap_err().reason, "is a list");
    }

    #[test]
    fn shows_what_can_be_written_back() {
        for (kind, text) in [
            (Kind::Text, "\"x\""),
            (Kind::List, "[\"a\", \"b\"]"),
            (Kind::Duration, "\"1d\""),
        ] {
            let toml: toml_edit::Value = text.parse().unwrap();
            assert_eq!(Value::from_toml(kind, &toml).unwrap().to_string(), text);
        }
    }
}
