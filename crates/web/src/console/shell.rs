//! What surrounds every page of the console: where one is, who one is, and what was just done.

use admin::{Permission, Permissions};
use askama::Template;

use super::PATH;

/// The frame of a page. Templates extend `desk.html` and have it as `shell`.
pub(crate) struct Shell<'a> {
    /// Who is there, by name.
    pub(crate) name: &'a str,
    /// And by user name.
    pub(crate) username: &'a str,
    /// What they may do: the way leads only to what is theirs.
    pub(crate) may: &'a Permissions,
    /// Where they are.
    pub(crate) section: Section,
    /// A sentence about what was just done.
    pub(crate) told: Option<String>,
}

impl Shell<'_> {
    /// The sections this person may open.
    pub(crate) fn sections(&self) -> Vec<Section> {
        let open = |section: &Section| section.needs().is_none_or(|needed| self.may.contain(needed));
        Section::ALL.into_iter().filter(open).collect()
    }

    /// Whether they may.
    pub(crate) fn may(&self, permission: Permission) -> bool {
        self.may.contain(permission)
    }
}

/// A part of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    /// One search, what needs attention, the numbers.
    Home,
    /// People.
    People,
    /// Groups.
    Groups,
    /// Clients.
    Applications,
    /// Resources and scopes.
    Apis,
    /// Signing keys.
    Keys,
    /// Sessions.
    Sessions,
    /// The revocation list.
    Revocations,
    /// The audit trail.
    Audit,
    /// Why somebody cannot sign in.
    Flows,
    /// Who manages Signet.
    Administrators,
}

impl Section {
    /// In the order of the way.
    pub(crate) const ALL: [Section; 11] = [
        Section::Home,
        Section::People,
        Section::Groups,
        Section::Applications,
        Section::Apis,
        Section::Keys,
        Section::Sessions,
        Section::Revocations,
        Section::Audit,
        Section::Flows,
        Section::Administrators,
    ];

    /// As the way names it.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Section::Home => "Home",
            Section::People => "People",
            Section::Groups => "Groups",
            Section::Applications => "Applications",
            Section::Apis => "APIs",
            Section::Keys => "Keys",
            Section::Sessions => "Sessions",
            Section::Revocations => "Revocations",
            Section::Audit => "Audit",
            Section::Flows => "Sign-in trouble",
            Section::Administrators => "Administrators",
        }
    }

    /// Its first page.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Section::Home => PATH,
            Section::People => "/admin/users",
            Section::Groups => "/admin/groups",
            Section::Applications => "/admin/clients",
            Section::Apis => "/admin/resources",
            Section::Keys => "/admin/keys",
            Section::Sessions => "/admin/sessions",
            Section::Revocations => "/admin/revocations",
            Section::Audit => "/admin/audit",
            Section::Flows => "/admin/flows",
            Section::Administrators => "/admin/administrators",
        }
    }

    /// What one must be allowed to open it; nothing where every administrator may.
    pub(crate) fn needs(self) -> Option<Permission> {
        match self {
            Section::Home => None,
            Section::People | Section::Groups => Some(Permission::ViewPeople),
            Section::Applications | Section::Apis => Some(Permission::ViewApplications),
            Section::Keys => Some(Permission::ViewKeys),
            Section::Sessions | Section::Revocations => Some(Permission::ViewSessions),
            Section::Audit => Some(Permission::ViewAudit),
            Section::Flows => Some(Permission::ViewFlows),
            Section::Administrators => Some(Permission::ManageAdministrators),
        }
    }

    /// Whether a line stands above it on the way.
    pub(crate) fn begins_a_group(self) -> bool {
        matches!(self, Section::Keys | Section::Flows)
    }

    /// The one a path belongs to.
    pub(crate) fn of(path: &str) -> Self {
        let path = path.split(['?', '#']).next().unwrap_or(path);
        let own =
            |section: &Section| path == section.path() || path.starts_with(&format!("{}/", section.path()));
        let found = Section::ALL.into_iter().skip(1).find(own);
        found.unwrap_or(Section::Home)
    }
}

/// What was asked for and not done.
#[derive(Template)]
#[template(path = "refused.html")]
pub(crate) struct Refused<'a> {
    /// The frame.
    pub(crate) shell: Shell<'a>,
    /// What happened, without a full stop.
    pub(crate) headline: &'a str,
    /// Why, one sentence each.
    pub(crate) reasons: Vec<String>,
    /// The id that finds this request in the log.
    pub(crate) correlation: &'a str,
    /// Where to go on.
    pub(crate) back: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_belong_to_their_sections() {
        assert_eq!(Section::of("/admin"), Section::Home);
        assert_eq!(Section::of("/admin/keys/k-1/revoke?x"), Section::Keys);
        assert_eq!(Section::of("/admin/keysmith"), Section::Home);
        for section in Section::ALL {
            assert_eq!(Section::of(section.path()), section);
        }
    }
}
