//! The head of every page of one application: its name, its tabs, and whether it can be changed.

use admin::{Permission, console};
use token::Client;

use super::page_of;
use crate::console::shell::Shell;

/// A page of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    /// Snippets with real values.
    Connect,
    /// The registration.
    Settings,
    /// Its secrets.
    Secrets,
    /// What fails for it.
    Activity,
    /// Switching it off, removing it.
    Danger,
}

impl Tab {
    const ALL: [Tab; 5] = [
        Tab::Connect,
        Tab::Settings,
        Tab::Secrets,
        Tab::Activity,
        Tab::Danger,
    ];

    fn title(self) -> &'static str {
        match self {
            Tab::Connect => "Connect",
            Tab::Settings => "Settings",
            Tab::Secrets => "Secrets",
            Tab::Activity => "Activity",
            Tab::Danger => "Disable and delete",
        }
    }

    fn below(self) -> &'static str {
        match self {
            Tab::Connect => "",
            Tab::Settings => "/settings",
            Tab::Secrets => "/secrets",
            Tab::Activity => "/activity",
            Tab::Danger => "/danger",
        }
    }

    /// Its address.
    pub(super) fn of(self, client_id: &str) -> String {
        format!("{}{}", page_of(client_id), self.below())
    }
}

/// What the head shows.
pub(super) struct Head {
    /// As people see it.
    pub(super) name: String,
    /// Its id.
    pub(super) client_id: String,
    /// Whether it may do anything.
    pub(super) enabled: bool,
    /// Whether it is the console itself, which stays as it is.
    pub(super) is_console: bool,
    /// Whether whoever looks may change it.
    pub(super) can_change: bool,
    /// Address, title, whether one is there.
    pub(super) tabs: Vec<(String, &'static str, bool)>,
}

impl Head {
    /// For whoever `shell` is for.
    pub(super) fn new(client: &Client, shell: &Shell<'_>, here: Tab) -> Self {
        let is_console = client.client_id == console::CLIENT_ID;
        let can_change = !is_console && shell.may(Permission::ManageApplications);
        let shown = |tab: &Tab| match tab {
            Tab::Connect => !is_console,
            Tab::Settings => true,
            Tab::Secrets => !client.is_public(),
            Tab::Activity => shell.may(Permission::ViewFlows),
            Tab::Danger => can_change,
        };
        let tabs = Tab::ALL.into_iter().filter(shown);
        Self {
            name: client.display_name().to_owned(),
            enabled: client.enabled,
            is_console,
            can_change,
            tabs: tabs
                .map(|tab| (tab.of(&client.client_id), tab.title(), tab == here))
                .collect(),
            client_id: client.client_id.clone(),
        }
    }
}
