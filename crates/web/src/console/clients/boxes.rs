//! Boxes to tick in the form of a registration: scopes and APIs. What was ticked and nobody defines stays to be seen.

use protocol::Params;
use protocol::scope::STANDARD;
use token::Catalogue;

/// Allows refresh tokens (OpenID Connect Core 11).
const OFFLINE: &str = "offline_access";

/// A box to tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    /// What it stands for.
    pub(super) value: String,
    /// What is said about it.
    pub(super) about: String,
    /// Whether it is ticked.
    pub(super) ticked: bool,
}

/// The boxes of the scopes: those there are, and those that were ticked and nobody defines.
pub(super) fn scopes(form: &Params, catalogue: &Catalogue) -> Vec<Choice> {
    let mut known: Vec<(String, String)> = STANDARD
        .iter()
        .filter(|name| **name != OFFLINE)
        .map(|name| ((*name).to_owned(), String::new()))
        .collect();
    let own = catalogue
        .claim_scopes()
        .filter(|scope| !STANDARD.contains(&scope.name.as_str()));
    known.extend(own.map(|scope| (scope.name.clone(), scope.description.clone().unwrap_or_default())));
    for resource in catalogue.resources() {
        let about = resource.name.as_deref().unwrap_or(&resource.identifier);
        for token in resource.scopes.iter() {
            if !known.iter().any(|(name, _)| name == token) {
                known.push((token.to_owned(), about.to_owned()));
            }
        }
    }
    // It comes with the grant, and need not be said; where somebody said it, it stays to be seen.
    if form.all("scope").any(|own| own == OFFLINE) {
        known.push((
            OFFLINE.to_owned(),
            "comes with the grant refresh_token".to_owned(),
        ));
    }
    boxes(form, "scope", known)
}

/// The boxes of the APIs, under the name of a field.
pub(super) fn apis(form: &Params, catalogue: &Catalogue, field: &str) -> Vec<Choice> {
    let known = catalogue.resources().map(|resource| {
        let name = resource.name.clone().unwrap_or_default();
        (resource.identifier.clone(), name)
    });
    boxes(form, field, known.collect())
}

fn boxes(form: &Params, field: &str, mut known: Vec<(String, String)>) -> Vec<Choice> {
    for value in form.all(field) {
        if !known.iter().any(|(name, _)| name == value) {
            known.push((value.to_owned(), "nobody here defines it".to_owned()));
        }
    }
    let choice = |(value, about): (String, String)| Choice {
        ticked: form.all(field).any(|own| own == value),
        value,
        about,
    };
    known.into_iter().map(choice).collect()
}
