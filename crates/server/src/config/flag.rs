//! The flag layer: `--set section.key=value`, repeated.

use super::keys::{Key, Shown};
use super::layer::{Layer, suggest};
use super::origin::Origin;
use super::problem::Place;
use super::value::Value;

/// The flag's name.
const FLAG: &str = "--set";

/// Reads the flag's values. The last one of a key wins, as with other flags.
pub(crate) fn read(assignments: &[String]) -> Layer {
    let mut layer = Layer::default();
    for assignment in assignments {
        let place = Place::Name(format!(
            "{FLAG} {}",
            assignment.split('=').next().unwrap_or_default()
        ));
        let Some((path, text)) = assignment.split_once('=') else {
            layer.refuse(place, "has no value", "write --set section.key=value");
            continue;
        };
        match Key::find(path) {
            // Whoever lists processes reads their flags.
            Some(key) if key.row().shown == Shown::WithoutPassword => {
                let remedy = format!("use {} or {}_FILE", key.variable(), key.variable());
                layer.refuse(place, format!("{path} may hold a password"), remedy);
            }
            Some(key) => layer.take(
                key,
                Value::from_text(key.row().preset.kind(), text),
                Origin::Flag(FLAG),
            ),
            None => {
                let remedy = suggest(path, Key::ALL.iter().map(|key| key.row().path.to_owned()));
                layer.refuse(place, format!("unknown key `{path}`"), remedy.unwrap_or_default());
            }
        }
    }
    layer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_keys_but_never_secrets() {
        let layer = read(&[
            "tokens.access_ttl=5m".into(),
            "cache.url=redis://:pw@h".into(),
            "x".into(),
            "issure=1".into(),
        ]);
        assert_eq!(layer.settings.len(), 1);
        let problems: Vec<_> = layer
            .problems
            .iter()
            .map(|it| format!("{}: {}", it.place, it.reason))
            .collect();
        assert_eq!(
            problems,
            [
                "--set cache.url: cache.url may hold a password",
                "--set x: has no value",
                "--set issure: unknown key `issure`"
            ]
        );
    }
}
