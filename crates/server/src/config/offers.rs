//! Refuses, by name, values that ask for something this release does not have.

use super::keys::{Key, Offer};
use super::value::Value;

/// What is wrong with a value, and what to do.
type Objection = (String, String);

/// What of `value` cannot be honoured for `key`; nothing when all of it can.
pub(crate) fn objection(key: Key, value: &Value) -> Option<Objection> {
    let path = key.row().path;
    match key.row().offer {
        Offer::Any => None,
        Offer::DefaultOnly(remedy) if *value != key.row().preset.value() => Some((
            format!("{path} asks for something that is not built yet"),
            remedy.to_owned(),
        )),
        Offer::DefaultOnly(_) => None,
        Offer::Words { now, later } => match value {
            Value::Text(word) => word_objection(path, word, now, later),
            Value::List(words) if words.is_empty() => Some((format!("{path} is empty"), options(now))),
            Value::List(words) => words
                .iter()
                .find_map(|word| word_objection(path, word, now, later)),
            Value::Switch(_) | Value::Duration(_) => None,
        },
    }
}

fn word_objection(path: &str, word: &str, now: &[&str], later: &[&str]) -> Option<Objection> {
    let word_shown = word.escape_debug();
    if now.contains(&word) {
        None
    } else if later.contains(&word) {
        Some((
            format!("{path} asks for \"{word_shown}\", which is not built yet"),
            options(now),
        ))
    } else {
        Some((format!("{path} does not know \"{word_shown}\""), options(now)))
    }
}

fn options(now: &[&str]) -> String {
    let quoted: Vec<String> = now.iter().map(|word| format!("\"{word}\"")).collect();
    format!("there is {}", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_always_honoured() {
        for key in Key::ALL {
            assert_eq!(
                objection(*key, &key.row().preset.value()),
                None,
                "{}",
                key.row().path
            );
        }
    }

    #[test]
    fn what_is_not_built_is_refused_by_name() {
        let text = |text: &str| Value::Text(text.into());
        let list = |items: &[&str]| Value::List(items.iter().map(|it| (*it).into()).collect());
        for (key, value) in [
            (Key::KeysAlgorithms, list(&["RS256", "ES512"])),
            (Key::KeysAlgorithms, list(&["HS256"])),
            (Key::KeysAlgorithms, list(&[])),
            (Key::LoginMethods, list(&["password", "passkey"])),
            (Key::LoginRequireMfa, text("all")),
            (Key::LoginSelfRegistration, Value::Switch(true)),
            (Key::ClientsDynamicRegistration, text("open")),
            (Key::ClientsMetadataDocuments, Value::Switch(true)),
        ] {
            let (reason, _) = objection(key, &value).unwrap();
            assert!(reason.starts_with(key.row().path), "{reason}");
        }
    }
}
