//! The file layer: TOML, read with positions.

use std::ops::Range;

use toml_edit::{Document, Item, TableLike};

use super::keys::Key;
use super::layer::{Layer, suggest};
use super::origin::Origin;
use super::problem::{Place, Problem};
use super::value::Value;

/// Reads `text`, which came from a file people call `name`.
///
/// # Errors
/// The one problem of a text that is no TOML: what else it would have said cannot be known, not even that something is
/// missing.
pub(crate) fn read(name: &str, text: &str) -> Result<Layer, Problem> {
    let source = Source { name, text };
    let document = Document::parse(text).map_err(|error| Problem {
        place: source.place(error.span()),
        // The parser's message may go on over several lines; the first one says what is wrong.
        reason: error.message().lines().next().unwrap_or("is not TOML").to_owned(),
        remedy: String::new(),
    })?;
    let mut layer = Layer::default();
    source.read_table(document.as_table(), None, &mut layer);
    Ok(layer)
}

/// A text and what it is called.
struct Source<'a> {
    name: &'a str,
    text: &'a str,
}

impl Source<'_> {
    /// The keys of the top level, or of one section.
    fn read_table(&self, table: &dyn TableLike, section: Option<&str>, layer: &mut Layer) {
        for (name, item) in table.iter() {
            let place = self.place(table.key(name).and_then(toml_edit::Key::span));
            let path = section.map_or_else(|| name.to_owned(), |section| format!("{section}.{name}"));
            match (Key::find(&path), item) {
                (Some(key), Item::Value(value)) => {
                    let origin = Origin::File(self.place(value.span()));
                    layer.take(key, Value::from_toml(key.row().preset.kind(), value), origin);
                }
                (Some(_), _) => layer.refuse(
                    place,
                    format!("{path} is a table"),
                    format!("write `{path} = ...`"),
                ),
                (None, item) if section.is_none() && Key::has_section(name) => match item.as_table_like() {
                    Some(inner) => self.read_table(inner, Some(name), layer),
                    None => layer.refuse(
                        place,
                        format!("{name} is a section"),
                        format!("write [{name}] above its keys"),
                    ),
                },
                (None, item) => match item.as_table_like() {
                    Some(inner) => refuse_section(place, &path, inner, layer),
                    None => refuse_key(place, &path, layer),
                },
            }
        }
    }

    /// Line and column of where a span begins.
    fn place(&self, span: Option<Range<usize>>) -> Place {
        let before = span.and_then(|span| self.text.get(..span.start));
        let Some(before) = before else {
            return Place::Name(self.name.to_owned());
        };
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Place::Position {
            file: self.name.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

fn refuse_key(place: Place, path: &str, layer: &mut Layer) {
    let known = Key::ALL.iter().map(|key| key.row().path.to_owned());
    let remedy = suggest(path, known)
        .or_else(|| elsewhere(path))
        .unwrap_or_else(|| "remove it".to_owned());
    layer.refuse(place, format!("unknown key `{path}`"), remedy);
}

/// One problem for a section nobody knows, whatever is in it.
fn refuse_section(place: Place, path: &str, inner: &dyn TableLike, layer: &mut Layer) {
    let sections = Key::ALL
        .iter()
        .filter_map(|key| key.row().path.split_once('.'))
        .map(|(name, _)| name.to_owned());
    let by_content = || inner.iter().find_map(|(name, _)| elsewhere(name));
    let remedy = suggest(path, sections)
        .or_else(by_content)
        .unwrap_or_else(|| "remove it".to_owned());
    layer.refuse(place, format!("unknown section `{path}`"), remedy);
}

/// A key of the right name in another section: the section header was forgotten or is the wrong one.
fn elsewhere(path: &str) -> Option<String> {
    let last = path.rsplit('.').next()?;
    let same = |key: &&Key| key.row().path.rsplit('.').next() == Some(last);
    Key::ALL
        .iter()
        .find(same)
        .map(|key| format!("did you mean `{}`?", key.row().path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        let show =
            |it: &super::super::problem::Problem| format!("{} {} | {}", it.place, it.reason, it.remedy);
        match read("signet.toml", text) {
            Ok(layer) => layer.problems.iter().map(show).collect(),
            Err(problem) => vec![show(&problem)],
        }
    }

    #[test]
    fn positions_are_those_of_keys_and_values() {
        let layer = read(
            "signet.toml",
            "issuer = \"https://a\"\n[tokens]\n  access_ttl =  \"5m\"\n",
        )
        .unwrap();
        let places: Vec<_> = layer.settings.iter().map(|it| it.origin.to_string()).collect();
        assert_eq!(places, ["signet.toml:1:10", "signet.toml:3:17"]);
        assert!(layer.problems.is_empty());
    }

    #[test]
    fn sections_dotted_keys_and_inline_tables_are_the_same() {
        for text in ["[cache]\nurl = 'x'", "cache.url = 'x'", "cache = { url = 'x' }"] {
            let layer = read("f", text).unwrap();
            assert_eq!(layer.settings.len(), 1, "{text}");
            assert_eq!(layer.settings[0].key, Key::CacheUrl);
        }
    }

    #[test]
    fn unknown_names_come_with_a_suggestion() {
        assert_eq!(
            problems(
                "[tokens]\nacess_ttl = \"5m\"\n[sesion]\nidle = \"1h\"\n[server]\nrefresh_idle = \"1d\"\n[x.y]\nz = 1\n"
            ),
            [
                "signet.toml:2:1 unknown key `tokens.acess_ttl` | did you mean `tokens.access_ttl`?",
                "signet.toml:3:2 unknown section `sesion` | did you mean `session`?",
                "signet.toml:6:1 unknown key `server.refresh_idle` | did you mean `tokens.refresh_idle`?",
                "signet.toml:7:2 unknown section `x` | remove it",
            ]
        );
    }

    #[test]
    fn wrong_types_say_what_to_write() {
        assert_eq!(
            problems(
                "issuer = 1\nserver = 2\n[tokens]\naccess_ttl = 600\n[[login]]\nmethods = 'password'\n[session.idle]\n"
            ),
            [
                "signet.toml:1:10 issuer is a number | write a text in quotes",
                "signet.toml:2:1 server is a section | write [server] above its keys",
                "signet.toml:4:14 tokens.access_ttl is a number | write a number and s, m, h or d, such as \"10m\"",
                "signet.toml:5:3 login is a section | write [login] above its keys",
                "signet.toml:7:10 session.idle is a table | write `session.idle = ...`",
            ]
        );
    }

    #[test]
    fn broken_toml_is_one_problem_with_its_position() {
        let found = problems("issuer = \"https://a\"\nx = = 1\n");
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("signet.toml:2:"), "{found:?}");
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(problems("cache = { \"é\" = 1, ül = 2 }").len(), 1);
    }
}
