//! A page of people.

use identity::{User, UserState};
use kernel::{Ctx, StorageFault};

use super::cursor::{Cursor, Page};
use super::ports::Directory;
use super::{is_possible, terms, within_reason};
use crate::actor::Actor;
use crate::authority::{Administrator, Permission, Role};
use crate::fault::AdminFault;
use crate::ports::Administrators;

/// Which people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeopleFilter {
    /// The beginning of a user name, of an address or of a word of the name; several words must all be found. Or a `sub`.
    pub text: Option<String>,
    /// Only those in this group.
    pub group: Option<String>,
    /// Only those in this state.
    pub state: Option<UserState>,
    /// Everybody, or only those who administer Signet.
    pub among: Among,
}

/// Out of whom.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Among {
    /// All people.
    #[default]
    Everybody,
    /// Those with an administrative role.
    Administrators,
}

/// Somebody, as lists show them.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Who.
    pub user: User,
    /// What they may administer.
    pub roles: Vec<Role>,
}

impl PeopleFilter {
    /// Whether somebody is meant, whatever way they were come by.
    pub fn admits(&self, user: &User) -> bool {
        let mut groups = user.groups.iter();
        self.state.is_none_or(|state| user.state == state)
            && self
                .group
                .as_ref()
                .is_none_or(|group| groups.any(|own| own == group))
            && self.text.as_deref().is_none_or(|text| found_by(user, text))
    }
}

fn found_by(user: &User, text: &str) -> bool {
    let terms = terms::of_person(&user.username, user.email.as_deref(), &user.profile);
    user.id.to_string() == text.trim() || terms::match_all(&terms, &terms::wanted(text))
}

/// People by user name. Those found by a text come in the order of the words that were found.
///
/// # Errors
/// `Forbidden`; `Storage`.
pub fn people(
    tx: &mut (impl Directory + Administrators + ?Sized),
    _ctx: &Ctx,
    actor: &Actor,
    filter: &PeopleFilter,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<Person>, AdminFault> {
    actor.require(Permission::ViewPeople)?;
    if !is_possible(&filter.group) {
        return Ok(Page::last(Vec::new()));
    }
    let page = tx.people(filter, after, within_reason(limit))?;
    let mut items = Vec::with_capacity(page.items.len());
    let next = page.next;
    for user in page.items {
        let roles = roles_of(tx, &user)?;
        items.push(Person { user, roles });
    }
    Ok(Page { items, next })
}

fn roles_of(tx: &mut (impl Administrators + ?Sized), user: &User) -> Result<Vec<Role>, StorageFault> {
    tx.admin_roles(&Administrator::Person(user.id))
}
