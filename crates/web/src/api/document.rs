//! `/api/openapi.json`: what the API is, for programs (OpenAPI 3.1), made of the table it is served from.

use std::sync::OnceLock;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use admin::Permission;
use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};

use super::body::Media;
use super::operation::{Field, Form, Gives, Guarded, Operation, Presence, Shape, Tagged, shape};
use super::operations;
use super::problem::{PROBLEM_JSON, ProblemDetails};

/// Name of the security scheme.
const SCHEME: &str = "signet";
/// Members that are said when a thing is made and never change.
const FIXED: [&str; 1] = ["client_id"];

/// GET `/api/openapi.json`.
pub(super) async fn get() -> HttpResponse {
    static MADE: OnceLock<String> = OnceLock::new();
    let json = MADE.get_or_init(|| format!("{:#}", document(&operations())));
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(json.as_str())
}

/// The document.
pub(super) fn document(operations: &[Operation]) -> Value {
    let mut schemas = Map::new();
    take(&mut schemas, shape::<ProblemDetails<'_>>());
    let mut paths = Map::new();
    for operation in operations {
        let described = describe(operation, &mut schemas);
        let path = paths
            .entry(operation.path)
            .or_insert_with(|| Value::Object(Map::new()));
        path[operation.method.as_str().to_ascii_lowercase()] = described;
    }
    let whole = schemas.clone();
    for schema in schemas.values_mut() {
        flatten(schema, &whole);
    }
    let scopes: Map<String, Value> = Permission::ALL
        .iter()
        .map(|own| (own.scope().to_owned(), Value::from(own.to_string())))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Signet management API",
            "version": "1",
            "description": ABOUT,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": admin::api::PATH }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { SCHEME: {
                "type": "oauth2",
                "description": "Access tokens from this server itself, asked for with resource={issuer}/api/v1 (RFC 8707).",
                "flows": {
                    "authorizationCode": {
                        "authorizationUrl": "/authorize", "tokenUrl": "/token", "scopes": scopes.clone(),
                    },
                    "clientCredentials": { "tokenUrl": "/token", "scopes": scopes },
                },
            } },
        },
    })
}

const ABOUT: &str = "What the console does, for programs. A token is good for what its scope and its bearer's roles allow together, \
                     at the moment of the request. Lists have pages; what is changed is guarded by ETag and If-Match; what is made \
                     is made once per Idempotency-Key; refusals are problem details (RFC 9457).";

/// Adds a schema and those it refers to. Its name.
fn take(schemas: &mut Map<String, Value>, shape: Shape) -> String {
    let own = [(shape.name.clone(), shape.schema)];
    for (name, schema) in own.into_iter().chain(shape.with) {
        if let Some(value) = value_of(&schema) {
            schemas.entry(name).or_insert(value);
        }
    }
    shape.name
}

fn value_of(schema: &RefOr<Schema>) -> Option<Value> {
    serde_json::to_value(schema).ok()
}

/// A schema that lays several side by side becomes one, so that none of them forbids the others' members.
fn flatten(schema: &mut Value, all: &Map<String, Value>) {
    let Some(parts) = schema.get("allOf").and_then(Value::as_array).cloned() else {
        return;
    };
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for mut part in parts {
        let named = part
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|name| name.rsplit('/').next());
        if let Some(own) = named.and_then(|name| all.get(name)) {
            part = own.clone();
            flatten(&mut part, all);
            // What may be left out of a request is there in an answer, perhaps as null.
        }
        if let Some(Value::Object(own)) = part.get("properties").cloned() {
            properties.extend(own.into_iter().filter(|(_, own)| own.get("writeOnly").is_none()));
        }
        required.extend(
            part.get("required")
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default(),
        );
    }
    let description = schema.get("description").cloned();
    *schema = json!({ "type": "object", "properties": properties, "required": required });
    if let Some(description) = description {
        schema["description"] = description;
    }
}

fn describe(operation: &Operation, schemas: &mut Map<String, Value>) -> Value {
    let mut described = json!({
        "operationId": operation.id,
        "tags": [operation.area()],
        "summary": operation.says,
        "parameters": parameters(operation),
        "security": [{ SCHEME: operation.needs.iter().map(|own| own.scope()).collect::<Vec<_>>() }],
        "responses": responses(operation, schemas),
    });
    if let Some(more) = operation.more {
        described["description"] = more.into();
    }
    if let Some(takes) = &operation.takes {
        let own = (takes.shape)();
        let name = match takes.media {
            Media::Json => take(schemas, own),
            Media::MergePatch => take_patch(schemas, own),
        };
        let schema = json!({ "schema": reference(&name) });
        let mut content = json!({ "application/json": schema });
        if takes.media == Media::MergePatch {
            content["application/merge-patch+json"] = schema;
        }
        described["requestBody"] =
            json!({ "required": takes.presence == Presence::Required, "content": content });
    }
    described
}

/// A merge patch (RFC 7396) of what is written so: every member may be left out, and null removes.
fn take_patch(schemas: &mut Map<String, Value>, shape: Shape) -> String {
    let whole = take(schemas, shape);
    let name = whole.replace("Fields", "Patch");
    let Some(Value::Object(mut patch)) = schemas.get(&whole).cloned() else {
        return whole;
    };
    patch.remove("required");
    if let Some(Value::Object(properties)) = patch.get_mut("properties") {
        properties.retain(|name, _| !FIXED.contains(&name.as_str()));
        for property in properties.values_mut() {
            let own = property.take();
            *property = nullable(own);
        }
    }
    let description = "A merge patch (RFC 7396): what is left out stays, null removes.";
    patch.insert("description".to_owned(), description.into());
    schemas.insert(name.clone(), Value::Object(patch));
    name
}

fn nullable(mut property: Value) -> Value {
    match property.get("type").cloned() {
        Some(Value::String(own)) => property["type"] = json!([own, "null"]),
        Some(Value::Array(_)) => {}
        _ if property.get("oneOf").is_some() => {}
        _ => property = json!({ "oneOf": [{ "type": "null" }, property] }),
    }
    property
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let in_path = operation.path.split('/').filter_map(|part| {
        let name = part.strip_prefix('{')?.strip_suffix('}')?;
        Some(json!({
            "name": name, "in": "path", "required": true, "schema": { "type": "string", "minLength": 1 },
        }))
    });
    let in_query = operation.query.iter().map(|field| {
        json!({ "name": field.name, "in": "query", "description": field.says, "schema": form(field) })
    });
    let header = match operation.guarded {
        Guarded::Free => None,
        Guarded::IfMatch => Some(json!({
            "name": "If-Match", "in": "header", "required": true,
            "description": "The ETag of the edition you saw",
            "schema": { "type": "string" },
        })),
        Guarded::Once => Some(json!({
            "name": "Idempotency-Key", "in": "header",
            "description": "A text of your own: the same request with the same key, within 24 hours, gets the same answer and makes nothing",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
        })),
    };
    in_path.chain(in_query).chain(header).collect()
}

fn form(field: &Field) -> Value {
    match field.form {
        Form::Text => json!({ "type": "string" }),
        Form::Moment => {
            json!({ "type": "string", "examples": ["2026-11-22T10:15:00Z", "2026-11-22", "24h"] })
        }
        Form::Number(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Form::OneOf(words) => json!({ "type": "string", "enum": words }),
    }
}

fn responses(operation: &Operation, schemas: &mut Map<String, Value>) -> Value {
    let mut all = Map::new();
    for status in operation.statuses() {
        let response = if status == operation.status {
            done(operation, schemas)
        } else {
            refused(status)
        };
        all.insert(status.to_string(), response);
    }
    Value::Object(all)
}

fn done(operation: &Operation, schemas: &mut Map<String, Value>) -> Value {
    let schema = match operation.gives {
        Gives::Nothing => None,
        Gives::One(shape) => Some(reference(&take(schemas, shape()))),
        Gives::Page(shape) => {
            let item = take(schemas, shape());
            let name = format!("{item}Page");
            schemas.entry(name.clone()).or_insert_with(|| page_of(&item));
            Some(reference(&name))
        }
    };
    let mut response = json!({ "description": description(operation.status) });
    if let Some(schema) = schema {
        response["content"] = json!({ "application/json": { "schema": schema } });
    }
    let mut headers = Map::new();
    let text = |says: &str| json!({ "description": says, "schema": { "type": "string" } });
    if operation.tagged == Tagged::Yes {
        headers.insert("ETag".to_owned(), text("The edition that was answered"));
    }
    if operation.status == 201 {
        headers.insert("Location".to_owned(), text("Where the new thing is"));
    }
    if matches!(operation.gives, Gives::Page(_)) {
        headers.insert(
            "Link".to_owned(),
            text("rel=\"next\": the next page, if there is one (RFC 8288)"),
        );
    }
    if !headers.is_empty() {
        response["headers"] = Value::Object(headers);
    }
    response
}

fn page_of(item: &str) -> Value {
    json!({
        "type": "object",
        "description": "Part of a list. It may hold less than was asked for and still have a next one.",
        "required": ["items", "next"],
        "properties": {
            "items": { "type": "array", "items": reference(item) },
            "next": { "type": ["string", "null"], "description": "The cursor of the next page" },
        },
    })
}

fn refused(status: u16) -> Value {
    let mut response = json!({
        "description": description(status),
        "content": { PROBLEM_JSON: { "schema": reference("Problem") } },
    });
    let header = match status {
        401 | 403 => Some(("WWW-Authenticate", "RFC 6750 3")),
        503 => Some(("Retry-After", "Seconds")),
        _ => None,
    };
    if let Some((name, says)) = header {
        response["headers"] = json!({ name: { "description": says, "schema": { "type": "string" } } });
    }
    response
}

fn description(status: u16) -> &'static str {
    match status {
        200 => "As asked for",
        201 => "Made",
        204 => "Done",
        _ => super::problem::kinds()
            .find(|(_, own, ..)| *own == status)
            .map_or("Refused", |(_, _, title, _)| title),
    }
}
