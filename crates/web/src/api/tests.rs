//! The table and the document say the same.

use std::collections::BTreeSet;

use serde_json::Value;

use super::document::document;
use super::operation::Guarded;
use super::operations;

#[test]
fn every_operation_is_in_the_document_and_nothing_else_is() {
    let table = operations();
    let whole = document(&table);
    let own: BTreeSet<(String, String)> = table
        .iter()
        .map(|own| (own.path.to_owned(), own.method.as_str().to_ascii_lowercase()))
        .collect();
    let paths = whole["paths"].as_object().unwrap();
    let told: BTreeSet<(String, String)> = paths
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(|method| (path.clone(), method.clone()))
        })
        .collect();
    assert_eq!(own.len(), table.len(), "a route stands twice");
    assert_eq!(own, told);
    let ids: BTreeSet<_> = table.iter().map(|own| own.id).collect();
    assert_eq!(ids.len(), table.len(), "an operation's id stands twice");
}

#[test]
fn the_document_tells_of_every_status() {
    let table = operations();
    let whole = document(&table);
    for own in &table {
        let told = &whole["paths"][own.path][own.method.as_str().to_ascii_lowercase()]["responses"];
        let told: Vec<u16> = told
            .as_object()
            .unwrap()
            .keys()
            .map(|status| status.parse().unwrap())
            .collect();
        assert_eq!(told, own.statuses(), "{}", own.id);
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used() {
    fn references(value: &Value, into: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(to)) = members.get("$ref") {
                    into.insert(to.rsplit('/').next().unwrap().to_owned());
                }
                members.values().for_each(|own| references(own, into));
            }
            Value::Array(items) => items.iter().for_each(|own| references(own, into)),
            _ => {}
        }
    }
    let whole = document(&operations());
    let mut used = BTreeSet::new();
    references(&whole, &mut used);
    let there: BTreeSet<String> = whole["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert!(used.is_subset(&there), "{:?}", used.difference(&there));
    for (name, schema) in whole["components"]["schemas"].as_object().unwrap() {
        assert!(schema.get("allOf").is_none(), "{name} is not one schema");
    }
}

#[test]
fn whatever_is_changed_or_removed_with_an_edition_is_guarded() {
    for own in operations() {
        let single = own.path.split('/').count() == 3 && own.path.contains('{');
        let guarded = ["users", "groups", "clients", "resources", "scopes"].contains(&own.area());
        let changes = matches!(own.method.as_str(), "PUT" | "PATCH" | "DELETE");
        if single && guarded && changes {
            assert_eq!(own.guarded, Guarded::IfMatch, "{}", own.id);
        }
    }
}
