//! Who is at work, by which way, and what they may do.

use std::fmt;

use kernel::id::{Sid, UserId};
use kernel::{AuditEvent, Timestamp};

use crate::authority::{Permission, Permissions, Role};
use crate::fault::AdminFault;

/// The way an administrator came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The command line.
    CommandLine,
    /// The console's pages.
    Console,
    /// The management API.
    Api,
    /// A part of Signet, by itself.
    Itself,
}

impl Way {
    /// As the audit trail has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Way::CommandLine => "cli",
            Way::Console => "console",
            Way::Api => "api",
            Way::Itself => "server",
        }
    }
}

impl From<Way> for kernel::audit::Way {
    fn from(way: Way) -> Self {
        match way {
            Way::CommandLine => Self::CommandLine,
            Way::Console => Self::Console,
            Way::Api => Self::Api,
            Way::Itself => Self::Server,
        }
    }
}

/// An administrator, the command line, or a part of Signet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    name: String,
    way: Way,
    address: Option<String>,
    session: Option<Sid>,
    may: Permissions,
}

impl Actor {
    /// The command line: whoever may read the database's file, and so may do everything.
    pub fn cli() -> Self {
        Self {
            name: "cli".into(),
            way: Way::CommandLine,
            address: None,
            session: None,
            may: Permissions::all(),
        }
    }

    /// A part of Signet such as `dev` or `server`.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            way: Way::Itself,
            address: None,
            session: None,
            may: Permissions::all(),
        }
    }

    /// Somebody who signed in to the console.
    pub fn person(user: UserId, roles: impl IntoIterator<Item = Role>) -> Self {
        Self {
            name: user.to_string(),
            way: Way::Console,
            address: None,
            session: None,
            may: Permissions::of(roles),
        }
    }

    /// The bearer of an access token of the management API: `name` is its `sub`.
    pub fn bearer(name: impl Into<String>, may: Permissions) -> Self {
        Self {
            name: name.into(),
            way: Way::Api,
            address: None,
            session: None,
            may,
        }
    }

    /// From this network address.
    #[must_use]
    pub fn at(mut self, address: Option<String>) -> Self {
        self.address = address;
        self
    }

    /// In this session of theirs.
    #[must_use]
    pub fn within(mut self, session: Sid) -> Self {
        self.session = Some(session);
        self
    }

    /// What they may do.
    pub fn may(&self) -> &Permissions {
        &self.may
    }

    /// The way they came.
    pub fn way(&self) -> Way {
        self.way
    }

    /// Their network address, where there is one.
    pub fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// The session in which they act, where there is one: when it ends, they are not there any more.
    pub fn session(&self) -> Option<Sid> {
        self.session
    }

    /// The event `name` of what they do, with who they are and how they came.
    pub fn event(&self, now: Timestamp, name: &'static str) -> AuditEvent {
        let event = AuditEvent::new(now, name).actor(self);
        event.source(self.way.into(), self.address())
    }

    /// # Errors
    /// `Forbidden` without the permission.
    pub fn require(&self, permission: Permission) -> Result<(), AdminFault> {
        if self.may.contain(permission) {
            Ok(())
        } else {
            Err(AdminFault::Forbidden(format!("you may not {permission}")))
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
