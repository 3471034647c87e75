//! Rows of `resources` and `claim_scopes`.

use std::time::Duration;

use diesel::prelude::*;
use kernel::{StorageFault, Timestamp};
use token::{ApiResource, ClaimScope};

use crate::column::{columns, to_json};
use crate::tables::{claim_scopes, resources};

/// See [`ApiResource`].
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = resources, primary_key(identifier))]
#[diesel(treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ResourceRow {
    pub identifier: String,
    pub name: Option<String>,
    pub scopes: String,
    pub access_token_alg: Option<String>,
    /// Milliseconds.
    pub access_ttl: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
}

impl From<&ApiResource> for ResourceRow {
    fn from(resource: &ApiResource) -> Self {
        let millis = |ttl: Duration| i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX);
        Self {
            identifier: resource.identifier.clone(),
            name: resource.name.clone(),
            scopes: resource.scopes.to_string(),
            access_token_alg: resource.access_token_alg.map(|alg| alg.as_str().to_owned()),
            access_ttl: resource.access_ttl.map(millis),
            created_at: resource.created_at.as_millis(),
            updated_at: resource.updated_at.as_millis(),
        }
    }
}

impl TryFrom<ResourceRow> for ApiResource {
    type Error = StorageFault;
    fn try_from(row: ResourceRow) -> Result<Self, StorageFault> {
        let at = columns("resources", &row.identifier);
        let alg = row.access_token_alg.as_deref();
        let ttl = |millis: i64| {
            let millis = u64::try_from(millis).map_err(|_| at("access_ttl").corrupt("it is negative"))?;
            Ok::<_, StorageFault>(Duration::from_millis(millis))
        };
        Ok(Self {
            scopes: at("scopes").scope(&row.scopes)?,
            access_token_alg: alg.map(|alg| at("access_token_alg").parse(alg)).transpose()?,
            access_ttl: row.access_ttl.map(ttl).transpose()?,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            name: row.name,
            identifier: row.identifier.clone(),
        })
    }
}

/// See [`ClaimScope`].
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = claim_scopes, primary_key(name))]
#[diesel(treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ClaimScopeRow {
    pub name: String,
    pub description: Option<String>,
    pub claims: String,
    pub created_at: i64,
    pub updated_at: i64,
}

impl TryFrom<&ClaimScope> for ClaimScopeRow {
    type Error = StorageFault;
    fn try_from(scope: &ClaimScope) -> Result<Self, StorageFault> {
        Ok(Self {
            name: scope.name.clone(),
            description: scope.description.clone(),
            claims: to_json("claim_scopes", &scope.claims)?,
            created_at: scope.created_at.as_millis(),
            updated_at: scope.updated_at.as_millis(),
        })
    }
}

impl TryFrom<ClaimScopeRow> for ClaimScope {
    type Error = StorageFault;
    fn try_from(row: ClaimScopeRow) -> Result<Self, StorageFault> {
        let claims = columns("claim_scopes", &row.name)("claims").json(&row.claims)?;
        Ok(Self {
            claims,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            name: row.name,
            description: row.description,
        })
    }
}
