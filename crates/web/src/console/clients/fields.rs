//! The form of a registration: what stands in it for a client, and what was said in it.
//!
//! A form is read by the names here and no others: what else somebody sends along is nobody's business.

use protocol::Params;
use token::Client;
use token::client::{
    ApplicationType, AuthMethod, ClientMetadata, ClientPolicy, OfflineAccess, RefreshRotation, SigningAlg,
};

/// Every name.
const FIELDS: [&str; 25] = [
    "client_name",
    "client_uri",
    "logo_uri",
    "tos_uri",
    "policy_uri",
    "contacts",
    "redirect_uris",
    "post_logout_redirect_uris",
    "backchannel_logout_uri",
    "allowed_cors_origins",
    "application_type",
    "auth_method",
    "grant",
    "scopes",
    "scope",
    "resource",
    "resource_server_of",
    "first_party",
    "require_pkce",
    "id_token_alg",
    "access_token_alg",
    "id_token_claims",
    "default_max_age",
    "refresh_rotation",
    "offline_access",
];
const TYPES: [(&str, ApplicationType); 2] =
    [("web", ApplicationType::Web), ("native", ApplicationType::Native)];
const METHODS: [(&str, AuthMethod); 3] = [
    ("client_secret_basic", AuthMethod::ClientSecretBasic),
    ("client_secret_post", AuthMethod::ClientSecretPost),
    ("none", AuthMethod::None),
];
const ROTATION: [(&str, RefreshRotation); 2] = [("on", RefreshRotation::On), ("off", RefreshRotation::Off)];
const OFFLINE: [(&str, OfflineAccess); 2] = [
    ("survives_logout", OfflineAccess::SurvivesLogout),
    ("ends_with_session", OfflineAccess::EndsWithSession),
];
/// The longest value; longer ones are not read.
const LONGEST: usize = 32 * 1024;

/// What was said, in the types of a registration.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Said {
    metadata: ClientMetadata,
    policy: ClientPolicy,
}

impl Said {
    /// Reads a form.
    ///
    /// # Errors
    /// What cannot be read, a sentence each.
    pub(super) fn read(form: &Params) -> Result<Self, Vec<String>> {
        let mut wrong = Vec::new();
        let mut metadata = ClientMetadata::default();
        about(form, &mut metadata);
        metadata.set_grant_types(values(form, "grant"));
        metadata.scope = scope(form).unwrap_or_else(|reason| {
            wrong.push(reason);
            None
        });
        metadata.id_token_claims = words(form, "id_token_claims");
        metadata.default_max_age = form.get("default_max_age").and_then(|text| {
            let seconds = text.trim().parse().ok();
            if seconds.is_none() {
                wrong.push("Oldest sign-in it takes: write whole seconds, such as 3600.".to_owned());
            }
            seconds
        });
        let types = chosen(form, "application_type", &TYPES, &mut wrong);
        metadata.application_type = types.unwrap_or_default();
        let methods = chosen(form, "auth_method", &METHODS, &mut wrong);
        metadata.token_endpoint_auth_method = methods.unwrap_or_default();
        let algs = SigningAlg::ALL.map(|alg| (alg.as_str(), alg));
        metadata.id_token_signed_response_alg = chosen(form, "id_token_alg", &algs, &mut wrong);
        let policy = ClientPolicy {
            first_party: form.get("first_party").is_some(),
            require_pkce: form.get("require_pkce").is_some(),
            resources: values(form, "resource"),
            resource_server_of: values(form, "resource_server_of"),
            access_token_alg: chosen(form, "access_token_alg", &algs, &mut wrong),
            offline_access: chosen(form, "offline_access", &OFFLINE, &mut wrong),
            refresh_rotation: chosen(form, "refresh_rotation", &ROTATION, &mut wrong),
        };
        if wrong.is_empty() {
            Ok(Self { metadata, policy })
        } else {
            Err(wrong)
        }
    }

    /// Puts it in the place of what there is. What the form cannot say stays.
    pub(super) fn apply(self, metadata: &mut ClientMetadata, policy: &mut ClientPolicy) {
        let kept = std::mem::take(metadata);
        *metadata = ClientMetadata {
            require_auth_time: kept.require_auth_time,
            backchannel_logout_session_required: kept.backchannel_logout_session_required,
            default_acr_values: kept.default_acr_values,
            other: kept.other,
            ..self.metadata
        };
        *policy = self.policy;
    }
}

fn about(form: &Params, metadata: &mut ClientMetadata) {
    let text = |name: &str| {
        let text = form.keep(&[name], LONGEST);
        text.get(name)
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
    };
    metadata.client_name = text("client_name");
    metadata.client_uri = text("client_uri");
    metadata.logo_uri = text("logo_uri");
    metadata.tos_uri = text("tos_uri");
    metadata.policy_uri = text("policy_uri");
    metadata.backchannel_logout_uri = text("backchannel_logout_uri");
    metadata.contacts = words(form, "contacts");
    metadata.redirect_uris = words(form, "redirect_uris");
    metadata.post_logout_redirect_uris = words(form, "post_logout_redirect_uris");
    metadata.allowed_cors_origins = words(form, "allowed_cors_origins");
}

/// Words on lines of their own, or side by side: no URI, address or scope has a space in it.
pub(super) fn words(form: &Params, name: &str) -> Vec<String> {
    let text = form.get(name).unwrap_or_default();
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        if !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    words
}

/// The boxes that were ticked.
pub(super) fn values(form: &Params, name: &str) -> Vec<String> {
    form.all(name).map(str::to_owned).collect()
}

/// Which scopes: all of them, or those that were ticked.
pub(super) fn scope(form: &Params) -> Result<Option<String>, String> {
    if form.get("scopes") != Some("these") {
        return Ok(None);
    }
    let ticked = values(form, "scope").join(" ");
    if ticked.is_empty() {
        Err("Scopes: tick those it may ask for, or allow all.".to_owned())
    } else {
        Ok(Some(ticked))
    }
}

/// One of the words of `table`; nothing where nothing was chosen.
fn chosen<T: Copy>(form: &Params, name: &str, table: &[(&str, T)], wrong: &mut Vec<String>) -> Option<T> {
    let text = form.get(name)?;
    let found = table.iter().find(|(word, _)| *word == text);
    if found.is_none() {
        wrong.push(format!("{name}: “{text}” is not offered."));
    }
    found.map(|(_, value)| *value)
}

/// The word of `table` for a value.
fn word<T: PartialEq>(table: &[(&'static str, T)], value: &T) -> String {
    let found = table.iter().find(|(_, own)| own == value);
    found.map(|(word, _)| (*word).to_owned()).unwrap_or_default()
}

/// The form as it stands for a client.
pub(super) fn of(client: &Client) -> Params {
    let (metadata, policy) = (&client.metadata, &client.policy);
    let mut pairs: Vec<(&str, String)> = vec![
        ("contacts", metadata.contacts.join("\n")),
        ("redirect_uris", metadata.redirect_uris.join("\n")),
        (
            "post_logout_redirect_uris",
            metadata.post_logout_redirect_uris.join("\n"),
        ),
        ("allowed_cors_origins", metadata.allowed_cors_origins.join("\n")),
        ("id_token_claims", metadata.id_token_claims.join(" ")),
        (
            "auth_method",
            metadata.token_endpoint_auth_method.as_str().to_owned(),
        ),
        ("application_type", word(&TYPES, &metadata.application_type)),
        (
            "scopes",
            if metadata.scope.is_some() { "these" } else { "all" }.to_owned(),
        ),
    ];
    let texts = [
        ("client_name", &metadata.client_name),
        ("client_uri", &metadata.client_uri),
        ("logo_uri", &metadata.logo_uri),
        ("tos_uri", &metadata.tos_uri),
        ("policy_uri", &metadata.policy_uri),
        ("backchannel_logout_uri", &metadata.backchannel_logout_uri),
    ];
    pairs.extend(
        texts
            .into_iter()
            .filter_map(|(name, text)| Some((name, text.clone()?))),
    );
    let alg = |alg: SigningAlg| alg.as_str().to_owned();
    pairs.extend(
        metadata
            .id_token_signed_response_alg
            .map(|own| ("id_token_alg", alg(own))),
    );
    pairs.extend(policy.access_token_alg.map(|own| ("access_token_alg", alg(own))));
    pairs.extend(
        metadata
            .default_max_age
            .map(|age| ("default_max_age", age.to_string())),
    );
    pairs.extend(
        policy
            .offline_access
            .map(|own| ("offline_access", word(&OFFLINE, &own))),
    );
    pairs.extend(
        policy
            .refresh_rotation
            .map(|own| ("refresh_rotation", word(&ROTATION, &own))),
    );
    let scope = metadata.scope.as_deref().unwrap_or_default();
    let lists = [
        ("grant", metadata.grant_types.clone()),
        (
            "scope",
            scope.split_ascii_whitespace().map(str::to_owned).collect(),
        ),
        ("resource", policy.resources.clone()),
        ("resource_server_of", policy.resource_server_of.clone()),
    ];
    for (name, values) in lists {
        pairs.extend(values.into_iter().map(|value| (name, value)));
    }
    let flags = [
        ("first_party", policy.first_party),
        ("require_pkce", policy.require_pkce),
    ];
    pairs.extend(
        flags
            .into_iter()
            .filter(|(_, set)| *set)
            .map(|(name, _)| (name, "1".to_owned())),
    );
    Params::from_pairs(pairs)
}

/// What the form says, to be sent along by the page that shows the difference.
pub(super) fn carried(form: &Params) -> Vec<(String, String)> {
    form.keep(&FIELDS, LONGEST).pairs().to_vec()
}

#[cfg(test)]
mod tests {
    use admin::blueprint::Blueprint;
    use kernel::Timestamp;

    use super::*;

    fn client() -> Client {
        let mut metadata = Blueprint::Web.metadata();
        metadata.client_name = Some("Wiki".to_owned());
        metadata.redirect_uris = vec!["https://a.test/cb".to_owned(), "https://b.test/cb".to_owned()];
        metadata.scope = Some("openid profile".to_owned());
        metadata.default_max_age = Some(60);
        metadata.other.insert("software_id".to_owned(), "x".into());
        metadata.default_acr_values = vec!["a".to_owned()];
        let mut policy = Blueprint::Web.policy();
        policy.first_party = true;
        policy.resources = vec!["https://api.test".to_owned()];
        policy.refresh_rotation = Some(RefreshRotation::Off);
        policy.offline_access = Some(OfflineAccess::EndsWithSession);
        policy.access_token_alg = Some(SigningAlg::EdDSA);
        Client {
            client_id: "wiki".into(),
            secrets: Default::default(),
            metadata,
            policy,
            enabled: true,
            created_at: Timestamp::from_secs(0),
            updated_at: Timestamp::from_secs(0),
        }
    }

    #[test]
    fn a_form_that_is_sent_back_as_it_was_changes_nothing() {
        let before = client();
        let sent = Params::from_pairs(carried(&of(&before)));
        let mut after = before.clone();
        Said::read(&sent)
            .unwrap()
            .apply(&mut after.metadata, &mut after.policy);
        assert_eq!(after, before);
    }

    #[test]
    fn nothing_but_the_fields_is_read() {
        let before = client();
        let mut pairs = carried(&of(&before));
        for name in [
            "enabled",
            "client_secret",
            "created_at",
            "client_id",
            "software_id",
            "other",
            "roles",
        ] {
            pairs.push((name.to_owned(), "evil".to_owned()));
        }
        let mut after = before.clone();
        let said = Said::read(&Params::from_pairs(pairs)).unwrap();
        said.apply(&mut after.metadata, &mut after.policy);
        assert_eq!(after, before);
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        let form = Params::from_pairs([
            ("auth_method", "magic"),
            ("default_max_age", "soon"),
            ("scopes", "these"),
            ("id_token_alg", "none"),
        ]);
        assert_eq!(Said::read(&form).unwrap_err().len(), 4);
    }
}
