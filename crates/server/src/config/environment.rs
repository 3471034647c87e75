//! The environment layer: `SIGNET_ISSUER` and `SIGNET_SECTION__KEY`, or the same with `_FILE` for a value that a file
//! holds.
//!
//! Other names that begin with `SIGNET_` belong to somebody else (service links of a cluster, scripts) and are ignored;
//! the double underscore is what makes a name ours, and then it must be right.

use std::ffi::OsString;
use std::path::Path;

use super::keys::Key;
use super::layer::{Layer, suggest};
use super::origin::Origin;
use super::problem::Place;
use super::value::Value;

/// How the value is given.
enum Given {
    /// It is the variable's value.
    Directly,
    /// It is in the file the variable names.
    InFile,
}

/// Reads `variables`.
pub(crate) fn read(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Layer {
    let mut layer = Layer::default();
    let mut ours: Vec<(String, OsString)> = variables
        .into_iter()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
        .filter(|(name, _)| name == "SIGNET_ISSUER" || (name.starts_with("SIGNET_") && name.contains("__")))
        .collect();
    // The order of the environment is nobody's choice; this one is repeatable, and has KEY before KEY_FILE.
    ours.sort();
    for (name, value) in ours {
        match meaning(&name) {
            Some((key, given)) => take(&mut layer, key, &given, name, value),
            None => {
                let remedy = suggest(&name, Key::ALL.iter().map(|key| key.variable()));
                let remedy = remedy.unwrap_or_else(|| "unset it".to_owned());
                layer.refuse(Place::Name(name), "unknown name in the environment", remedy);
            }
        }
    }
    layer
}

/// Which key a name means. The exact name wins: `SIGNET_SERVER__TLS_CERT_FILE` is a key, not a file with one.
fn meaning(name: &str) -> Option<(Key, Given)> {
    let named = |name: &str| Key::ALL.iter().copied().find(|key| key.variable() == name);
    let exact = named(name).map(|key| (key, Given::Directly));
    exact.or_else(|| named(name.strip_suffix("_FILE")?).map(|key| (key, Given::InFile)))
}

fn take(layer: &mut Layer, key: Key, given: &Given, name: String, value: OsString) {
    // Both `KEY` and `KEY_FILE`: the exact name wins here, too.
    if layer.settings.iter().any(|setting| setting.key == key) {
        return;
    }
    let text = match given {
        Given::Directly => value.into_string().map_err(|_| "is not UTF-8".to_owned()),
        Given::InFile => read_file(Path::new(&value)),
    };
    match text {
        Ok(text) => layer.take(
            key,
            Value::from_text(key.row().preset.kind(), &text),
            Origin::Environment(name),
        ),
        Err(reason) => layer.refuse(Place::Name(name), reason, "give the path of a readable text file"),
    }
}

/// A file's text without the newline that editors put at its end.
fn read_file(path: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(super::without_newline(&text).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(variables: &[(&str, &str)]) -> Layer {
        read(variables.iter().map(|(name, value)| (name.into(), value.into())))
    }

    fn values(layer: &Layer) -> Vec<(Key, String)> {
        layer
            .settings
            .iter()
            .map(|it| (it.key, it.value.to_string()))
            .collect()
    }

    #[test]
    fn only_the_issuer_and_double_underscores_are_ours() {
        let layer = layer(&[
            ("SIGNET_ISSUER", "https://a"),
            ("SIGNET_PORT", "tcp://10.0.0.1:80"),
            ("SIGNET_SERVICE_HOST", "10.0.0.1"),
            ("SIGNET_ISSUER_FILE", "nowhere"),
            ("OTHER__THING", "1"),
            ("SIGNET_LOGIN__METHODS", "[\"password\"]"),
        ]);
        assert_eq!(
            values(&layer),
            [
                (Key::Issuer, "\"https://a\"".into()),
                (Key::LoginMethods, "[\"password\"]".into())
            ]
        );
        assert!(layer.problems.is_empty());
    }

    #[test]
    fn unknown_double_underscore_names_are_errors() {
        let layer = layer(&[
            ("SIGNET_TOKENS__ACESS_TTL", "5m"),
            ("SIGNET_A__B__C", ""),
            ("SIGNET_tokens__access_ttl", ""),
        ]);
        let remedies: Vec<_> = layer.problems.iter().map(|it| it.remedy.as_str()).collect();
        assert_eq!(
            remedies,
            [
                "unset it",
                "did you mean `SIGNET_TOKENS__ACCESS_TTL`?",
                "unset it"
            ]
        );
    }

    #[test]
    fn a_value_may_come_from_a_file_but_the_exact_name_wins() {
        let directory = std::env::temp_dir().join(format!("signet-environment-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let path = directory.join("url");
        std::fs::write(&path, "sqlite://x.db\n").unwrap();
        let path = path.to_str().unwrap();

        let from_file = layer(&[("SIGNET_DATABASE__URL_FILE", path)]);
        assert_eq!(
            values(&from_file),
            [(Key::DatabaseUrl, "\"sqlite://x.db\"".into())]
        );
        let both = layer(&[
            ("SIGNET_DATABASE__URL_FILE", path),
            ("SIGNET_DATABASE__URL", "sqlite://y.db"),
        ]);
        assert_eq!(values(&both), [(Key::DatabaseUrl, "\"sqlite://y.db\"".into())]);
        let exact = layer(&[("SIGNET_SERVER__TLS_CERT_FILE", path)]);
        assert_eq!(exact.settings[0].value, Value::Text(path.into()));
        let missing = layer(&[("SIGNET_SERVER__LISTEN_FILE", "/nowhere/at/all")]);
        assert_eq!(missing.problems.len(), 1);

        std::fs::remove_dir_all(&directory).unwrap();
    }
}
