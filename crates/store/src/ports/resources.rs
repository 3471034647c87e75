//! Resources and scopes an operator defined. Whatever changes among them is one kind of news: they are read as a whole.

use diesel::prelude::*;
use identity::ports::{Found, Insert};
use kernel::{Change, StorageFault};
use token::{ApiResource, Catalogue, ClaimScope, Resources};

use super::{found, inserted};
use crate::conn::on;
use crate::rows::resource::{ClaimScopeRow, ResourceRow};
use crate::tables::{claim_scopes, resources};
use crate::tx::Tx;

impl Tx {
    /// News, if so many changed rows are any.
    fn tell_of_catalogue(&mut self, changed: usize) -> Result<(), StorageFault> {
        if changed > 0 {
            self.tell(&Change::Catalogue)?;
        }
        Ok(())
    }
}

impl Resources for Tx {
    fn insert_resource(&mut self, resource: &ApiResource) -> Result<Insert, StorageFault> {
        let row = ResourceRow::from(resource);
        let changed = on!(&mut self.conn, |c| diesel::insert_into(resources::table)
            .values(&row)
            .on_conflict_do_nothing()
            .execute(c))?;
        self.tell_of_catalogue(changed)?;
        Ok(inserted(changed))
    }

    fn update_resource(&mut self, resource: &ApiResource) -> Result<Found, StorageFault> {
        let row = ResourceRow::from(resource);
        let changed = on!(&mut self.conn, |c| diesel::update(
            resources::table.find(&row.identifier)
        )
        .set(&row)
        .execute(c))?;
        self.tell_of_catalogue(changed)?;
        Ok(found(changed))
    }

    fn delete_resource(&mut self, identifier: &str) -> Result<Found, StorageFault> {
        let changed = on!(&mut self.conn, |c| diesel::delete(
            resources::table.find(identifier)
        )
        .execute(c))?;
        self.tell_of_catalogue(changed)?;
        Ok(found(changed))
    }

    fn insert_claim_scope(&mut self, scope: &ClaimScope) -> Result<Insert, StorageFault> {
        let row = ClaimScopeRow::try_from(scope)?;
        let changed = on!(&mut self.conn, |c| diesel::insert_into(claim_scopes::table)
            .values(&row)
            .on_conflict_do_nothing()
            .execute(c))?;
        self.tell_of_catalogue(changed)?;
        Ok(inserted(changed))
    }

    fn update_claim_scope(&mut self, scope: &ClaimScope) -> Result<Found, StorageFault> {
        let row = ClaimScopeRow::try_from(scope)?;
        let changed = on!(&mut self.conn, |c| diesel::update(
            claim_scopes::table.find(&row.name)
        )
        .set(&row)
        .execute(c))?;
        self.tell_of_catalogue(changed)?;
        Ok(found(changed))
    }

    fn delete_claim_scope(&mut self, name: &str) -> Result<Found, StorageFault> {
        let changed = on!(&mut self.conn, |c| diesel::delete(claim_scopes::table.find(name))
            .execute(c))?;
        self.tell_of_catalogue(changed)?;
        Ok(found(changed))
    }

    fn catalogue(&mut self) -> Result<Catalogue, StorageFault> {
        let apis: Vec<ResourceRow> = on!(&mut self.conn, |c| resources::table
            .select(ResourceRow::as_select())
            .load(c))?;
        let scopes: Vec<ClaimScopeRow> = on!(&mut self.conn, |c| claim_scopes::table
            .select(ClaimScopeRow::as_select())
            .load(c))?;
        let apis = apis.into_iter().map(ApiResource::try_from);
        let scopes = scopes.into_iter().map(ClaimScope::try_from);
        Ok(Catalogue::new(
            apis.collect::<Result<Vec<_>, _>>()?,
            scopes.collect::<Result<Vec<_>, _>>()?,
        ))
    }
}
