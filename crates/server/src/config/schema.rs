//! `config schema`: the configuration file as JSON Schema (draft 2020-12), for editors. Made from the table of keys.
//!
//! What is merely well-formed passes; whether an address can be listened on or a duration is sensible is for `config check`.
//! The issuer is not required: it may come from the environment.

use serde_json::{Map, Value as Json, json};

use super::keys::{Key, Offer, Row};
use super::value::{Kind, Value};

/// The schema of the whole file.
pub(crate) fn schema() -> Json {
    let mut properties = Map::new();
    for key in Key::ALL {
        let row = key.row();
        let Some((section, name)) = row.path.split_once('.') else {
            properties.insert(row.path.to_owned(), property(row));
            continue;
        };
        let section = properties
            .entry(section)
            .or_insert_with(|| json!({ "type": "object", "additionalProperties": false, "properties": {} }));
        section["properties"][name] = property(row);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "signet.toml",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    })
}

fn property(row: &Row) -> Json {
    let mut property = match row.preset.kind() {
        Kind::Text => json!({ "type": "string" }),
        Kind::Switch => json!({ "type": "boolean" }),
        Kind::List => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::Duration => json!({ "type": "string", "pattern": "^[0-9]+[smhd]$" }),
    };
    match (row.offer, row.preset.kind()) {
        (Offer::Any, _) => {}
        (Offer::DefaultOnly(_), _) => property["const"] = default(row),
        (Offer::Words { now, .. }, Kind::List) => {
            property["items"]["enum"] = json!(now);
            property["minItems"] = json!(1);
        }
        (Offer::Words { now, .. }, _) => property["enum"] = json!(now),
    }
    property["description"] = json!(row.about);
    // The issuer has none: the empty text stands for its absence.
    if row.path != "issuer" {
        property["default"] = default(row);
    }
    property
}

/// The default as TOML's data model has it.
fn default(row: &Row) -> Json {
    match row.preset.as_written() {
        Value::Text(text) => json!(text),
        Value::Switch(on) => json!(on),
        Value::List(items) => json!(items),
        Value::Duration(duration) => json!(super::duration::show(duration)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_its_place_and_says_what_it_is() {
        let schema = schema();
        for key in Key::ALL {
            let pointer = format!("/properties/{}", key.row().path.replace('.', "/properties/"));
            let property = schema.pointer(&pointer).unwrap();
            assert_eq!(property["description"], key.row().about, "{pointer}");
            assert!(property["type"].is_string(), "{pointer}");
        }
        assert_eq!(
            schema["properties"]["tokens"]["properties"]["access_ttl"]["default"],
            "10m"
        );
        assert_eq!(
            schema["properties"]["login"]["properties"]["require_mfa"]["enum"],
            json!(["none"])
        );
        assert_eq!(
            schema["properties"]["clients"]["properties"]["metadata_documents"]["const"],
            false
        );
        assert_eq!(schema["properties"]["tokens"]["additionalProperties"], false);
    }
}
