//! A person as the API shows and takes them.

use admin::users::{NewUser, UserChange};
use identity::profile::Address as Postal;
use identity::{Profile, UserState};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What may be written of a person: standard claims (OpenID Connect Core 5.1) and what applications are told.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = UserFields)]
pub(super) struct Writable {
    /// To sign in with.
    #[schema(example = "alice")]
    pub(super) username: String,
    /// Address, to sign in with as well.
    email: Option<String>,
    /// Whether the administrator vouches for the address.
    email_verified: bool,
    name: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    middle_name: Option<String>,
    nickname: Option<String>,
    profile: Option<String>,
    picture: Option<String>,
    website: Option<String>,
    gender: Option<String>,
    /// `YYYY-MM-DD`, `0000-MM-DD` or `YYYY`.
    birthdate: Option<String>,
    zoneinfo: Option<String>,
    locale: Option<String>,
    phone_number: Option<String>,
    phone_number_verified: Option<bool>,
    address: Option<Address>,
    /// Groups to be in; missing ones are made.
    groups: Vec<String>,
    /// Roles of their own, for applications. They give nothing here.
    roles: Vec<String>,
    /// Free-form values.
    attributes: Map<String, Value>,
    /// A new password; never shown.
    #[serde(skip_serializing)]
    #[schema(write_only)]
    pub(super) password: Option<String>,
}

/// A postal address (OpenID Connect Core 5.1.1).
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct Address {
    formatted: Option<String>,
    street_address: Option<String>,
    locality: Option<String>,
    region: Option<String>,
    postal_code: Option<String>,
    country: Option<String>,
}

/// A person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::api) struct User {
    /// Never changes.
    pub(super) sub: String,
    #[serde(flatten)]
    own: Writable,
    /// Roles that come with their groups.
    group_roles: Vec<String>,
    state: State,
    created_at: String,
    updated_at: String,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = UserState)]
enum State {
    Active,
    Locked,
}

impl From<&identity::User> for User {
    fn from(user: &identity::User) -> Self {
        Self {
            sub: user.id.to_string(),
            own: user.into(),
            group_roles: user.group_roles.clone(),
            state: match user.state {
                UserState::Active => State::Active,
                UserState::Locked => State::Locked,
            },
            created_at: user.created_at.to_rfc3339(),
            updated_at: user.updated_at.to_rfc3339(),
        }
    }
}

impl From<&identity::User> for Writable {
    fn from(user: &identity::User) -> Self {
        let own = user.profile.clone();
        Self {
            username: user.username.clone(),
            email: user.email.clone(),
            email_verified: user.email_verified,
            name: own.name,
            given_name: own.given_name,
            family_name: own.family_name,
            middle_name: own.middle_name,
            nickname: own.nickname,
            profile: own.profile,
            picture: own.picture,
            website: own.website,
            gender: own.gender,
            birthdate: own.birthdate,
            zoneinfo: own.zoneinfo,
            locale: own.locale,
            phone_number: own.phone_number,
            phone_number_verified: own.phone_number_verified,
            address: own.address.map(Address::from),
            groups: user.groups.clone(),
            roles: user.roles.clone(),
            attributes: user.attributes.clone(),
            password: None,
        }
    }
}

impl From<Postal> for Address {
    fn from(own: Postal) -> Self {
        Self {
            formatted: own.formatted,
            street_address: own.street_address,
            locality: own.locality,
            region: own.region,
            postal_code: own.postal_code,
            country: own.country,
        }
    }
}

impl From<Address> for Postal {
    fn from(own: Address) -> Self {
        Self {
            formatted: own.formatted,
            street_address: own.street_address,
            locality: own.locality,
            region: own.region,
            postal_code: own.postal_code,
            country: own.country,
        }
    }
}

impl Writable {
    fn profile(&self) -> Profile {
        let own = self.clone();
        Profile {
            name: own.name,
            given_name: own.given_name,
            family_name: own.family_name,
            middle_name: own.middle_name,
            nickname: own.nickname,
            profile: own.profile,
            picture: own.picture,
            website: own.website,
            gender: own.gender,
            birthdate: own.birthdate,
            zoneinfo: own.zoneinfo,
            locale: own.locale,
            phone_number: own.phone_number,
            phone_number_verified: own.phone_number_verified,
            address: own.address.map(Postal::from),
        }
    }
}

/// Somebody to be made. The password is the caller's business.
pub(super) fn written(said: Writable) -> NewUser {
    NewUser {
        profile: said.profile(),
        username: said.username,
        email: said.email,
        email_verified: said.email_verified,
        groups: said.groups,
        roles: said.roles,
        attributes: said.attributes,
        password: None,
    }
}

/// What makes `user` what is wanted: an empty text removes a claim, and what is not said stays. A new address is unproven unless
/// somebody vouches for it in the same patch.
pub(super) fn change(user: &identity::User, wanted: Writable, vouched: Option<bool>) -> UserChange {
    let (own, mut profile) = (&user.profile, wanted.profile());
    let texts = [
        (&own.name, &mut profile.name),
        (&own.given_name, &mut profile.given_name),
        (&own.family_name, &mut profile.family_name),
        (&own.middle_name, &mut profile.middle_name),
        (&own.nickname, &mut profile.nickname),
        (&own.profile, &mut profile.profile),
        (&own.picture, &mut profile.picture),
        (&own.website, &mut profile.website),
        (&own.gender, &mut profile.gender),
        (&own.birthdate, &mut profile.birthdate),
        (&own.zoneinfo, &mut profile.zoneinfo),
        (&own.locale, &mut profile.locale),
        (&own.phone_number, &mut profile.phone_number),
    ];
    for (known, wanted) in texts {
        if known.is_some() && wanted.is_none() {
            *wanted = Some(String::new());
        }
    }
    if own.address.is_some() {
        profile.address.get_or_insert_default();
    }
    if own.phone_number_verified.is_some() {
        profile.phone_number_verified.get_or_insert_default();
    }
    UserChange {
        username: Some(wanted.username),
        email: Some(wanted.email.unwrap_or_default()),
        email_verified: vouched,
        profile,
        groups: Some(wanted.groups),
        roles: Some(wanted.roles),
        attributes: Some(wanted.attributes),
        password: None,
    }
}
