//! Passwords in bodies: judged by their length, hashed on the pool, before anything is written.

use identity::password::PasswordPolicy;
use identity::{Password, PasswordHash};
use serde_json::{Map, Value};

use crate::api::call::Call;
use crate::api::problem::{Kind, Problem};
use crate::hashing;

/// The hash of a new password, where there is one.
///
/// # Errors
/// 422 for one that is too short or too long, 503 when too many are being hashed.
pub(super) async fn hashed(call: &Call, password: Option<&str>) -> Result<Option<PasswordHash>, Problem> {
    let Some(typed) = password else {
        return Ok(None);
    };
    let wrong = |reason: String| Problem::invalid(vec![format!("password: {reason}")]);
    let password = Password::new(typed).map_err(|fault| wrong(fault.to_string()))?;
    PasswordPolicy::Standard
        .check(&password)
        .map_err(|fault| wrong(fault.to_string()))?;
    let hash = hashing::hash(&call.state, password).await;
    hash.map(Some)
        .map_err(|_| Problem::new(Kind::Busy, "too many passwords are being hashed"))
}

/// Takes the password out of a patch: it is no part of what is shown, so there is nothing to lay it over.
///
/// # Errors
/// 422 for what is no text.
pub(super) fn taken(patch: &mut Map<String, Value>) -> Result<Option<String>, Problem> {
    match patch.remove("password") {
        None => Ok(None),
        Some(Value::String(password)) => Ok(Some(password)),
        Some(_) => Err(Problem::invalid(vec!["password: has to be a text".to_owned()])),
    }
}
