//! What administrators may do: permissions, and the roles that bundle them.
//!
//! Roles are given to people or to clients and are no claims: applications never see them. A use-case asks for one permission,
//! never for a role, so that who may do what stands in one table, [`Role::permissions`].

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use kernel::id::UserId;

/// One thing an administrator may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// See signing keys, their schedule and what they signed.
    ViewKeys,
    /// Rotate, activate, retire and publish keys; change the schedule.
    TurnKeys,
    /// Take a key back at once, and what it signed with it.
    RevokeKeys,
    /// See people and groups.
    ViewPeople,
    /// Create, change and delete people and groups.
    ManagePeople,
    /// Send somebody a link to a new password; lock and unlock.
    HelpPeople,
    /// See sessions, grants and the revocation list.
    ViewSessions,
    /// End sessions; take back grants and tokens.
    EndSessions,
    /// See clients, APIs and scopes.
    ViewApplications,
    /// Create, change, disable and delete clients, APIs and scopes.
    ManageApplications,
    /// See why a request of somebody's was refused.
    ViewFlows,
    /// Read and verify the audit trail.
    ViewAudit,
    /// Give and take administrative roles.
    ManageAdministrators,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Permission; 13] = [
        Permission::ViewKeys,
        Permission::TurnKeys,
        Permission::RevokeKeys,
        Permission::ViewPeople,
        Permission::ManagePeople,
        Permission::HelpPeople,
        Permission::ViewSessions,
        Permission::EndSessions,
        Permission::ViewApplications,
        Permission::ManageApplications,
        Permission::ViewFlows,
        Permission::ViewAudit,
        Permission::ManageAdministrators,
    ];

    /// The scope of an access token that carries it to the management API.
    pub fn scope(self) -> &'static str {
        match self {
            Permission::ViewKeys => "admin:keys:read",
            Permission::TurnKeys => "admin:keys",
            Permission::RevokeKeys => "admin:keys:revoke",
            Permission::ViewPeople => "admin:people:read",
            Permission::ManagePeople => "admin:people",
            Permission::HelpPeople => "admin:people:help",
            Permission::ViewSessions => "admin:sessions:read",
            Permission::EndSessions => "admin:sessions",
            Permission::ViewApplications => "admin:applications:read",
            Permission::ManageApplications => "admin:applications",
            Permission::ViewFlows => "admin:flows:read",
            Permission::ViewAudit => "admin:audit:read",
            Permission::ManageAdministrators => "admin:administrators",
        }
    }
}

impl fmt::Display for Permission {
    /// As part of a sentence: "may not rotate keys".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Permission::ViewKeys => "see keys",
            Permission::TurnKeys => "rotate keys",
            Permission::RevokeKeys => "revoke keys",
            Permission::ViewPeople => "see people",
            Permission::ManagePeople => "manage people",
            Permission::HelpPeople => "help people sign in",
            Permission::ViewSessions => "see sessions",
            Permission::EndSessions => "end sessions",
            Permission::ViewApplications => "see applications",
            Permission::ManageApplications => "manage applications",
            Permission::ViewFlows => "see why requests were refused",
            Permission::ViewAudit => "read the audit trail",
            Permission::ManageAdministrators => "manage administrators",
        })
    }
}

/// Several permissions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions(BTreeSet<Permission>);

impl Permissions {
    /// Every one.
    pub fn all() -> Self {
        Self(Permission::ALL.into_iter().collect())
    }

    /// What these roles give together.
    pub fn of(roles: impl IntoIterator<Item = Role>) -> Self {
        Self(roles.into_iter().flat_map(Role::permissions).copied().collect())
    }

    /// Whether `permission` is among them.
    pub fn contain(&self, permission: Permission) -> bool {
        self.0.contains(&permission)
    }

    /// Whether everything `other` allows is allowed here.
    pub fn cover(&self, other: &Permissions) -> bool {
        self.0.is_superset(&other.0)
    }

    /// These and `other` together.
    #[must_use]
    pub fn and(mut self, other: Permissions) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Those a token with this scope (RFC 6749 3.3) may use.
    #[must_use]
    pub fn within_scope<'a>(self, scope: impl IntoIterator<Item = &'a str>) -> Self {
        let named: BTreeSet<&str> = scope.into_iter().collect();
        let kept = self.0.into_iter().filter(|own| named.contains(own.scope()));
        Self(kept.collect())
    }

    /// None at all: somebody who is no administrator.
    pub fn are_none(&self) -> bool {
        self.0.is_empty()
    }

    /// One by one, in the order of [`Permission::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = Permission> + '_ {
        self.0.iter().copied()
    }
}

/// A bundle of permissions for one kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Everything.
    Owner,
    /// Signing keys, emergencies included.
    KeyOperator,
    /// People, groups and their sessions.
    UserManager,
    /// Clients, APIs and scopes.
    ClientManager,
    /// Helps people who cannot sign in.
    Support,
    /// Sees everything, changes nothing.
    Auditor,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 6] = [
        Role::Owner,
        Role::KeyOperator,
        Role::UserManager,
        Role::ClientManager,
        Role::Support,
        Role::Auditor,
    ];

    /// What it allows.
    pub fn permissions(self) -> &'static [Permission] {
        use Permission as P;
        match self {
            Role::Owner => &Permission::ALL,
            Role::KeyOperator => &[
                P::ViewKeys,
                P::TurnKeys,
                P::RevokeKeys,
                P::ViewSessions,
                P::ViewApplications,
            ],
            Role::UserManager => &[
                P::ViewPeople,
                P::ManagePeople,
                P::HelpPeople,
                P::ViewSessions,
                P::EndSessions,
                P::ViewApplications,
                P::ViewFlows,
            ],
            Role::ClientManager => &[
                P::ViewApplications,
                P::ManageApplications,
                P::ViewKeys,
                P::ViewFlows,
            ],
            Role::Support => &[
                P::ViewPeople,
                P::HelpPeople,
                P::ViewSessions,
                P::EndSessions,
                P::ViewApplications,
                P::ViewFlows,
            ],
            Role::Auditor => &[
                P::ViewKeys,
                P::ViewPeople,
                P::ViewSessions,
                P::ViewApplications,
                P::ViewFlows,
                P::ViewAudit,
            ],
        }
    }

    /// As it is stored, typed and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Owner => "owner",
            Role::KeyOperator => "key-operator",
            Role::UserManager => "user-manager",
            Role::ClientManager => "client-manager",
            Role::Support => "support",
            Role::Auditor => "auditor",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that is no role's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no administrative role \"{}\"", .0.escape_debug())]
pub struct UnknownRole(pub String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Role::ALL.into_iter().find(|role| role.as_str() == text);
        found.ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

/// Who may hold roles.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Administrator {
    /// Somebody who signs in.
    Person(UserId),
    /// A client acting for itself (RFC 6749 4.4), by its id.
    Client(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_owners_make_administrators_and_auditors_change_nothing() {
        for role in Role::ALL {
            let may = Permissions::of([role]);
            assert_eq!(may.contain(Permission::ManageAdministrators), role == Role::Owner);
            assert!(Permissions::all().cover(&may));
        }
        let changing = [
            Permission::TurnKeys,
            Permission::RevokeKeys,
            Permission::ManagePeople,
            Permission::HelpPeople,
            Permission::EndSessions,
            Permission::ManageApplications,
        ];
        let auditor = Permissions::of([Role::Auditor]);
        assert!(changing.iter().all(|permission| !auditor.contain(*permission)));
    }

    #[test]
    fn a_token_carries_no_more_than_its_scope_and_no_more_than_its_bearer() {
        let operator = Permissions::of([Role::KeyOperator]);
        let narrowed = operator.within_scope(["openid", "admin:keys:read", "admin:people"]);
        assert_eq!(narrowed.iter().collect::<Vec<_>>(), [Permission::ViewKeys]);
    }

    #[test]
    fn names_and_scopes_are_distinct_and_read_back() {
        let scopes: BTreeSet<_> = Permission::ALL.iter().map(|own| own.scope()).collect();
        assert_eq!(scopes.len(), Permission::ALL.len());
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert!("admin".parse::<Role>().is_err());
    }
}
