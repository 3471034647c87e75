//! What the people in the trail are called. Records hold their `sub`, which stays when a name changes or somebody goes.

use std::collections::BTreeMap;

use identity::{LoginKey, Users};
use kernel::audit::AuditRecord;
use kernel::id::UserId;

use super::AuditFilter;
use crate::actor::Actor;
use crate::authority::Permission;
use crate::directory::{self, Directory};
use crate::fault::AdminFault;

/// The user names of the actors and subjects of `records` by their `sub`, to those who may see people; nothing to others. Who
/// was deleted has none.
///
/// # Errors
/// `Forbidden`; `Storage`.
pub fn names(
    tx: &mut (impl Directory + ?Sized),
    actor: &Actor,
    records: &[AuditRecord],
) -> Result<BTreeMap<String, String>, AdminFault> {
    actor.require(Permission::ViewAudit)?;
    let mentioned = records
        .iter()
        .flat_map(|record| [&record.actor, &record.subject])
        .flatten();
    let people = mentioned.filter_map(|text| text.parse::<UserId>().ok());
    let names = directory::names(tx, actor, people)?;
    Ok(names
        .into_iter()
        .map(|(id, name)| (id.to_string(), name))
        .collect())
}

impl AuditFilter {
    /// The same with the `sub` of people who are called by user name or address, for those who may see people. What names
    /// nobody stays as it is: an actor may be a client, a subject a key.
    ///
    /// # Errors
    /// `Storage`.
    pub fn of_people(mut self, tx: &mut (impl Users + ?Sized), actor: &Actor) -> Result<Self, AdminFault> {
        if !actor.may().contain(Permission::ViewPeople) {
            return Ok(self);
        }
        for meant in [&mut self.actor, &mut self.subject] {
            let Some(name) = meant.as_deref().filter(|name| name.parse::<UserId>().is_err()) else {
                continue;
            };
            if let Some(user) = tx.user_by_login(&LoginKey::of(name))? {
                *meant = Some(user.id.to_string());
            }
        }
        Ok(self)
    }
}
