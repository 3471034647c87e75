//! Who may manage Signet, and links: to the first administrator, and to a new password.

use identity::ports::Found;
use identity::{PasswordReset, PasswordResets};
use kernel::id::UserId;
use kernel::secret::{ResetToken, SetupToken};
use kernel::{Digest, Timestamp};

use super::{Answer, Maps, found};
use crate::authority::{Administrator, Role};
use crate::ports::Administrators;

/// A link to the first administrator.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SetupLink {
    token: Digest<SetupToken>,
    expires_at: Timestamp,
    spent_at: Option<Timestamp>,
}

impl Administrators for Maps {
    fn admin_roles(&mut self, who: &Administrator) -> Answer<Vec<Role>> {
        Ok(self.roles.get(who).cloned().unwrap_or_default())
    }
    fn administrators(&mut self) -> Answer<Vec<(Administrator, Vec<Role>)>> {
        Ok(self.roles.clone().into_iter().collect())
    }
    fn set_admin_roles(&mut self, who: &Administrator, roles: &[Role], _: Timestamp) -> Answer<()> {
        if roles.is_empty() {
            self.roles.remove(who);
        } else {
            self.roles.insert(who.clone(), roles.to_vec());
        }
        Ok(())
    }
    fn insert_setup_link(
        &mut self,
        token: &Digest<SetupToken>,
        _: Timestamp,
        expires_at: Timestamp,
    ) -> Answer<()> {
        self.setup_links.push(SetupLink {
            token: token.clone(),
            expires_at,
            spent_at: None,
        });
        Ok(())
    }
    fn setup_link_is_good(&mut self, token: &Digest<SetupToken>, now: Timestamp) -> Answer<bool> {
        let good =
            |link: &SetupLink| link.token == *token && link.spent_at.is_none() && now < link.expires_at;
        Ok(self.setup_links.iter().any(good))
    }
    fn spend_setup_link(&mut self, token: &Digest<SetupToken>, now: Timestamp) -> Answer<Found> {
        let good = self.setup_link_is_good(token, now)?;
        for link in self
            .setup_links
            .iter_mut()
            .filter(|link| good && link.token == *token)
        {
            link.spent_at = Some(now);
        }
        Ok(found(good))
    }
    fn void_setup_links(&mut self, now: Timestamp) -> Answer<()> {
        for link in &mut self.setup_links {
            link.spent_at.get_or_insert(now);
        }
        Ok(())
    }
}

impl PasswordResets for Maps {
    fn insert_reset(&mut self, reset: &PasswordReset) -> Answer<()> {
        self.resets.push(reset.clone());
        Ok(())
    }
    fn reset(&mut self, _: &Digest<ResetToken>) -> Answer<Option<PasswordReset>> {
        panic!("administration looks at no links")
    }
    fn spend_reset(&mut self, _: &Digest<ResetToken>, _: Timestamp) -> Answer<Found> {
        panic!("administration uses no links")
    }
    fn void_resets(&mut self, user: UserId, _: Timestamp) -> Answer<()> {
        self.resets_voided.push(user);
        Ok(())
    }
}
