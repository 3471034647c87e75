//! Reading JSON bodies, within bounds, and laying a merge patch (RFC 7396) over a document.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::rt::time::timeout;
use actix_web::{HttpRequest, web};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::problem::{Kind, Problem};
use crate::exchange::Exchange;
use crate::forms::MAX_BODY;
use crate::patience::Patience;

/// What media types an operation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/json`.
    Json,
    /// The same or `application/merge-patch+json`.
    MergePatch,
}

impl Media {
    fn takes(self, essence: &str) -> bool {
        essence.eq_ignore_ascii_case("application/json")
            || (self == Media::MergePatch && essence.eq_ignore_ascii_case("application/merge-patch+json"))
    }
}

/// The bytes of a body; none where none was sent.
///
/// # Errors
/// 400, 408, 413, 415.
pub(super) async fn read(
    request: &HttpRequest,
    payload: web::Payload,
    media: Media,
) -> Result<Vec<u8>, Problem> {
    let body = timeout(Patience::of(request).body, payload.to_bytes_limited(MAX_BODY)).await;
    let body = match body {
        Err(_) => Err(Problem::new(Kind::TooSlow, "the body did not arrive in time")),
        Ok(Err(_)) => Err(Problem::new(Kind::TooLarge, "the body has more than 64 KiB")),
        Ok(Ok(read)) => read.map_err(|_| Problem::bad("the body could not be read")),
    };
    // Where a body does not end as it should, nobody can say where the next request begins.
    if let (Err(_), Some(exchange)) = (&body, request.conn_data::<Exchange>()) {
        exchange.end();
    }
    let body = body?;
    let header = request.headers().get(CONTENT_TYPE);
    if body.is_empty() && header.is_none() {
        return Ok(Vec::new());
    }
    let header = header.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = header.split(';').next().unwrap_or_default().trim();
    if media.takes(essence) {
        Ok(body.to_vec())
    } else {
        Err(Problem::new(
            Kind::UnsupportedMediaType,
            "the body has to be application/json",
        ))
    }
}

/// What a body says. An absent one says nothing. Members nobody documented, and members said twice, are refused.
///
/// # Errors
/// 400 for what is no JSON, 422 for what says something else than is asked.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let body: &[u8] = if body.is_empty() { b"{}" } else { body };
    let value: Value = serde_json::from_slice(body).map_err(refused)?;
    check(&value)?;
    serde_json::from_slice(body).map_err(refused)
}

/// A patch: a JSON object.
///
/// # Errors
/// 400, 422.
pub(super) fn patch(body: &[u8]) -> Result<Map<String, Value>, Problem> {
    let value: Value = serde_json::from_slice(body).map_err(refused)?;
    check(&value)?;
    match value {
        Value::Object(members) => Ok(members),
        _ => Err(Problem::invalid(vec![
            "the body has to be a JSON object".to_owned(),
        ])),
    }
}

/// What serde says, without the place in the text, which says little where a value is wrong.
fn refused(error: serde_json::Error) -> Problem {
    match error.classify() {
        serde_json::error::Category::Data => {
            let told = error.to_string();
            let told = told.split(" at line ").next().unwrap_or_default().to_owned();
            Problem::invalid(vec![told])
        }
        _ => Problem::bad(format!("the body is not JSON: {error}")),
    }
}

/// Nothing we know has a zero character in it, and not every database takes one.
fn check(value: &Value) -> Result<(), Problem> {
    let fits = |text: &str| !text.contains('\0');
    let good = match value {
        Value::String(text) => fits(text),
        Value::Array(items) => return items.iter().try_for_each(check),
        Value::Object(members) => {
            members.values().try_for_each(check)?;
            members.keys().all(|name| fits(name))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    };
    if good {
        Ok(())
    } else {
        Err(Problem::invalid(vec![
            "texts cannot hold a zero character".to_owned(),
        ]))
    }
}

/// `document` with `patch` over it, read back (RFC 7396 2). Everything that may be written stands in the document, so a name
/// that does not is refused, also where the patch would remove it.
///
/// # Errors
/// What is wrong, in a sentence.
pub(super) fn merged<T: Serialize + DeserializeOwned>(
    document: &T,
    patch: Map<String, Value>,
) -> Result<T, String> {
    let mut target = match serde_json::to_value(document) {
        Ok(Value::Object(members)) => members,
        _ => return Err("nothing here can be changed".to_owned()),
    };
    if let Some(unknown) = patch.keys().find(|name| !target.contains_key(*name)) {
        return Err(format!("unknown field `{unknown}`"));
    }
    for (name, value) in patch {
        if value.is_null() {
            target.remove(&name);
        } else {
            lay(target.entry(name).or_insert(Value::Null), value);
        }
    }
    serde_json::from_value(Value::Object(target)).map_err(|error| error.to_string())
}

fn lay(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(members) = target else { return };
    for (name, value) in patch {
        if value.is_null() {
            members.remove(&name);
        } else {
            lay(members.entry(name).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    #[derive(Default)]
    struct Thing {
        name: String,
        note: Option<String>,
        more: Map<String, Value>,
    }

    fn laid(patch: Value) -> Result<Thing, String> {
        let thing = Thing {
            name: "a".into(),
            note: Some("b".into()),
            more: json!({"x": 1, "y": {"z": 2}}).as_object().unwrap().clone(),
        };
        merged(&thing, patch.as_object().unwrap().clone())
    }

    #[test]
    fn a_patch_says_what_is_new_and_removes_with_null() {
        let thing = laid(json!({"note": null, "more": {"x": null, "y": {"w": 3}}})).unwrap();
        assert_eq!((thing.name.as_str(), thing.note), ("a", None));
        assert_eq!(Value::Object(thing.more), json!({"y": {"z": 2, "w": 3}}));
    }

    #[test]
    fn a_patch_cannot_say_what_is_not_there_to_be_written() {
        for patch in [
            json!({"is_admin": true}),
            json!({"is_admin": null}),
            json!({"name": 7}),
        ] {
            assert!(laid(patch.clone()).is_err(), "{patch}");
        }
    }

    #[test]
    fn bodies_are_json_and_nothing_beside_it() {
        let kind = |text: &str| {
            let problem = parse::<Thing>(text.as_bytes()).err();
            problem.map(|problem| {
                problem
                    .respond(&crate::correlation::CorrelationId::generate(
                        &kernel::SystemEntropy,
                    ))
                    .status()
                    .as_u16()
            })
        };
        assert_eq!(kind("{}"), None);
        assert_eq!(kind(""), None);
        assert_eq!(kind("{"), Some(400));
        assert_eq!(kind(r#"{"name": "a", "name": "b"}"#), Some(422));
        assert_eq!(kind(r#"{"other": 1}"#), Some(422));
        assert_eq!(kind(r#"{"name": "a\u0000"}"#), Some(422));
        assert_eq!(kind(&"[".repeat(500)), Some(400));
    }
}
