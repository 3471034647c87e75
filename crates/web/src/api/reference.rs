//! `/api`: the document for people. It needs no scripts and nothing from elsewhere.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use admin::Permission;
use askama::Template;
use serde_json::{Map, Value};

use super::document::document;
use super::operation::Operation;
use super::{operations, problem};
use crate::state::AppState;
use crate::views::{PageContext, page};

/// The page.
#[derive(Template)]
#[template(path = "api_reference.html")]
struct Reference<'a> {
    base: String,
    areas: Vec<Area>,
    schemas: Vec<Shown>,
    problems: Vec<(&'static str, u16, &'static str, &'static str)>,
    scopes: Vec<(&'static str, String)>,
    issuer: &'a str,
}

/// Operations that belong together.
struct Area {
    name: &'static str,
    rows: Vec<Row>,
}

/// An operation.
struct Row {
    id: &'static str,
    method: String,
    path: &'static str,
    says: &'static str,
    more: Option<&'static str>,
    scopes: Vec<&'static str>,
    parameters: Vec<(String, String, String)>,
    takes: Option<String>,
    gives: Option<String>,
    status: u16,
    refusals: String,
    curl: String,
}

/// A schema.
struct Shown {
    name: String,
    says: String,
    members: Vec<(String, String, String)>,
}

/// GET `/api`.
pub(super) async fn get(state: web::Data<AppState>) -> HttpResponse {
    let table = operations();
    let whole = document(&table);
    let base = state.ctx.issuer.url(admin::api::PATH).to_string();
    let mut areas: Vec<Area> = Vec::new();
    for operation in &table {
        let row = row(operation, &whole, &base);
        match areas.iter_mut().find(|area| area.name == operation.area()) {
            Some(area) => area.rows.push(row),
            None => areas.push(Area {
                name: operation.area(),
                rows: vec![row],
            }),
        }
    }
    let empty = Map::new();
    let schemas = whole["components"]["schemas"].as_object().unwrap_or(&empty);
    let view = Reference {
        areas,
        schemas: schemas.iter().map(|(name, schema)| shown(name, schema)).collect(),
        problems: problem::kinds().collect(),
        scopes: Permission::ALL.map(|own| (own.scope(), own.to_string())).to_vec(),
        issuer: state.ctx.issuer.as_str(),
        base,
    };
    page(StatusCode::OK, &view, &PageContext::of_account(state.transport()))
}

fn row(operation: &Operation, whole: &Value, base: &str) -> Row {
    let method = operation.method.to_string();
    let described = &whole["paths"][operation.path][method.to_ascii_lowercase()];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let parameter = |own: &Value| {
        (
            text(&own["name"]),
            format!("{}, {}", text(&own["in"]), form(&own["schema"])),
            text(&own["description"]),
        )
    };
    let parameters = described["parameters"].as_array().into_iter().flatten();
    let body = &described["requestBody"]["content"]["application/json"]["schema"];
    let answer =
        &described["responses"][operation.status.to_string()]["content"]["application/json"]["schema"];
    let refusals = operation.statuses().into_iter();
    let refusals: Vec<String> = refusals
        .filter(|status| *status != operation.status)
        .map(|status| status.to_string())
        .collect();
    Row {
        id: operation.id,
        path: operation.path,
        says: operation.says,
        more: operation.more,
        scopes: operation.needs.iter().map(|own| own.scope()).collect(),
        parameters: parameters.map(parameter).collect(),
        takes: name_of(body),
        gives: name_of(answer),
        status: operation.status,
        refusals: refusals.join(", "),
        curl: curl(operation, &method, base, name_of(body).is_some()),
        method,
    }
}

fn curl(operation: &Operation, method: &str, base: &str, has_body: bool) -> String {
    use super::operation::Guarded;
    let mut lines = vec![format!("curl -X {method} '{base}{}'", operation.path)];
    lines.push("-H \"Authorization: Bearer $TOKEN\"".to_owned());
    match operation.guarded {
        Guarded::Free => {}
        Guarded::IfMatch => lines.push("-H \"If-Match: $ETAG\"".to_owned()),
        Guarded::Once => lines.push("-H \"Idempotency-Key: $(uuidgen)\"".to_owned()),
    }
    if has_body {
        lines.push("--json @body.json".to_owned());
    }
    lines.join(" \\\n  ")
}

/// The schema that is referred to.
fn name_of(schema: &Value) -> Option<String> {
    let name = schema.get("$ref")?.as_str()?.rsplit('/').next()?;
    Some(name.to_owned())
}

fn shown(name: &str, schema: &Value) -> Shown {
    let empty = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&empty);
    let says = |schema: &Value| schema["description"].as_str().unwrap_or_default().to_owned();
    let member = |(name, own): (&String, &Value)| (name.clone(), form(own), says(own));
    Shown {
        name: name.to_owned(),
        says: says(schema),
        members: properties.iter().map(member).collect(),
    }
}

/// What a value looks like, in a few words.
fn form(schema: &Value) -> String {
    if let Some(name) = name_of(schema) {
        return name;
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
        return words.join(" | ");
    }
    if let Some(either) = schema["oneOf"].as_array() {
        let either: Vec<String> = either.iter().map(form).collect();
        return either.join(" | ");
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => vec!["any"],
    };
    let kinds = kinds.join(" | ");
    match schema.get("items") {
        Some(items) => kinds.replace("array", &format!("list of {}", form(items))),
        None => kinds,
    }
}
