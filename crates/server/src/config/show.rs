//! `config show`: the effective configuration as TOML that can be written back, without secrets.

use std::fmt::Write as _;

use url::Url;

use super::keys::{Key, Shown};
use super::resolve::Resolved;
use super::value::Value;

/// Whether each line says where its value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origins {
    /// Values alone.
    Hidden,
    /// As a comment at the end of the line.
    Shown,
}

/// The whole configuration as TOML.
pub(crate) fn toml(settings: &Resolved, origins: Origins) -> String {
    let mut out = String::new();
    let mut current = "";
    for (key, value, origin) in settings.iter() {
        let (section, name) = key.row().path.split_once('.').unwrap_or(("", key.row().path));
        if section != current {
            // Writing to a String cannot fail.
            let _ = writeln!(out, "[{section}]");
            current = section;
        }
        let line = format!("{name} = {}", redacted(key, value));
        let _ = match origins {
            Origins::Hidden => writeln!(out, "{line}"),
            Origins::Shown => writeln!(out, "{line:48}  # {origin}"),
        };
    }
    out
}

/// The whole configuration as JSON: `{"section.key": {"value": ..., "origin": ...}}`.
pub(crate) fn json(settings: &Resolved) -> serde_json::Value {
    let entry = |(key, value, origin): (Key, &Value, &super::origin::Origin)| {
        let value = match redacted(key, value) {
            Value::Text(text) => serde_json::json!(text),
            Value::Switch(on) => serde_json::json!(on),
            Value::List(items) => serde_json::json!(items),
            Value::Duration(duration) => serde_json::json!(super::duration::show(duration)),
        };
        let entry = serde_json::json!({ "value": value, "origin": origin.to_string() });
        (key.row().path.to_owned(), entry)
    };
    serde_json::Value::Object(settings.iter().map(entry).collect())
}

/// The value with a password in it blanked. A text that is no URL but might have been meant as one is blanked whole.
fn redacted(key: Key, value: &Value) -> Value {
    match (key.row().shown, value) {
        (Shown::WithoutPassword, Value::Text(text)) if !text.is_empty() => {
            Value::Text(without_password(text))
        }
        _ => value.clone(),
    }
}

fn without_password(text: &str) -> String {
    // SQLite's is a path, not a URL with an authority.
    if text.starts_with("sqlite://") {
        return text.to_owned();
    }
    match Url::parse(text) {
        Ok(mut url) => {
            if url.password().is_some() && url.set_password(Some("***")).is_err() {
                return "***".to_owned();
            }
            // Some drivers take the password as a parameter.
            if url.query().is_some() {
                url.set_query(Some("***"));
            }
            url.into()
        }
        Err(_) => "***".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_blanked() {
        assert_eq!(
            without_password("redis://me:s3cret@cache:6379/0"),
            "redis://me:***@cache:6379/0"
        );
        assert_eq!(without_password("smtp://h?password=s3cret"), "smtp://h?***");
        assert_eq!(without_password("s3cret"), "***");
        assert_eq!(
            without_password("sqlite://data/signet.db"),
            "sqlite://data/signet.db"
        );
    }

    #[test]
    fn what_is_shown_reads_back() {
        let settings = Resolved::new([]);
        let layer = super::super::file::read("f", &toml(&settings, Origins::Shown)).unwrap();
        assert!(layer.problems.is_empty(), "{:?}", layer.problems);
        assert_eq!(layer.settings.len(), Key::ALL.len());
    }
}
