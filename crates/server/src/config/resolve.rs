//! Layers into one answer per key: flag over environment over file over default.

use std::collections::BTreeMap;
use std::time::Duration;

use super::keys::Key;
use super::layer::Layer;
use super::origin::Origin;
use super::value::Value;

/// The value of every key, and where it came from.
#[derive(Debug, Clone)]
pub(crate) struct Resolved(BTreeMap<Key, (Value, Origin)>);

impl Resolved {
    /// Later layers win.
    pub(crate) fn new(layers: impl IntoIterator<Item = Layer>) -> Self {
        let preset = |key: &Key| (*key, (key.row().preset.value(), Origin::Default));
        let mut all: BTreeMap<_, _> = Key::ALL.iter().map(preset).collect();
        for setting in layers.into_iter().flat_map(|layer| layer.settings) {
            all.insert(setting.key, (setting.value, setting.origin));
        }
        Self(all)
    }

    /// All keys in the order of the documentation.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Key, &Value, &Origin)> {
        self.0.iter().map(|(key, (value, origin))| (*key, value, origin))
    }

    /// Where a value came from.
    pub(crate) fn origin(&self, key: Key) -> &Origin {
        self.0.get(&key).map_or(&Origin::Default, |(_, origin)| origin)
    }

    /// A text; empty for a key of another type.
    pub(crate) fn text(&self, key: Key) -> &str {
        match self.0.get(&key) {
            Some((Value::Text(text), _)) => text,
            _ => "",
        }
    }

    /// A list; empty for a key of another type.
    pub(crate) fn list(&self, key: Key) -> &[String] {
        match self.0.get(&key) {
            Some((Value::List(items), _)) => items,
            _ => &[],
        }
    }

    /// A duration; zero for a key of another type.
    pub(crate) fn duration(&self, key: Key) -> Duration {
        match self.0.get(&key) {
            Some((Value::Duration(duration), _)) => *duration,
            _ => Duration::ZERO,
        }
    }
}
