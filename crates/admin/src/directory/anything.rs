//! One search for everything somebody may paste: a name, an address, a `sub`, a session's, a request's or a key's id.

use identity::User;
use kernel::Ctx;
use kernel::id::{GrantId, Sid};
use session::Sessions;
use token::keys::KeyState;
use token::{Client, Grants, Keys};

use super::clients::ClientFilter;
use super::cursor::Page;
use super::people::PeopleFilter;
use super::ports::Directory;
use super::sessions::with_company;
use super::terms;
use crate::actor::Actor;
use crate::authority::Permission;
use crate::fault::AdminFault;
use crate::sessions::SessionStatus;

/// Of each kind.
const MOST: u32 = 8;

/// Something that was found.
#[derive(Debug, Clone, PartialEq)]
pub enum Hit {
    /// A person.
    Person(Box<User>),
    /// A client.
    Client(Box<Client>),
    /// A session, ended or not.
    Session(Box<SessionStatus>),
    /// A grant.
    Grant(GrantId),
    /// A signing key.
    Key {
        /// `kid`.
        kid: String,
        /// Where it stands.
        state: KeyState,
    },
    /// What looks like the id of a request, as error pages print it, in that form. Whether it is still remembered shows
    /// when it is opened.
    Request(String),
}

/// What `text` may mean, the surest first; only what `actor` may see. Nothing for an empty text.
///
/// # Errors
/// `Storage`.
pub fn anything(
    tx: &mut (impl Directory + Sessions + Grants + Keys + ?Sized),
    _ctx: &Ctx,
    actor: &Actor,
    text: &str,
) -> Result<Vec<Hit>, AdminFault> {
    let (text, mut hits) = (text.trim(), Vec::new());
    if terms::wanted(text).is_empty() {
        return Ok(hits);
    }
    if let Some(id) = request_id(text).filter(|_| actor.may().contain(Permission::ViewFlows)) {
        hits.push(Hit::Request(id));
    }
    ids(tx, actor, text, &mut hits)?;
    keys(tx, actor, text, &mut hits)?;
    names(tx, actor, text, &mut hits)?;
    Ok(hits)
}

/// People, sessions and grants are named by ids of one form.
fn ids(
    tx: &mut (impl Directory + Sessions + Grants + ?Sized),
    actor: &Actor,
    text: &str,
    hits: &mut Vec<Hit>,
) -> Result<(), AdminFault> {
    if !actor.may().contain(Permission::ViewSessions) {
        return Ok(());
    }
    if let Ok(sid) = text.parse::<Sid>()
        && let Some(session) = tx.session(sid)?
    {
        let found = with_company(tx, actor, Page::last(vec![session]))?;
        hits.extend(
            found
                .items
                .into_iter()
                .map(|status| Hit::Session(Box::new(status))),
        );
    }
    if let Ok(id) = text.parse::<GrantId>()
        && tx.grant(id)?.is_some()
    {
        hits.push(Hit::Grant(id));
    }
    Ok(())
}

fn keys(
    tx: &mut (impl Keys + ?Sized),
    actor: &Actor,
    text: &str,
    hits: &mut Vec<Hit>,
) -> Result<(), AdminFault> {
    if actor.may().contain(Permission::ViewKeys) {
        let keys = tx.keys()?.into_iter();
        let named = keys.filter(|key| key.kid.starts_with(text));
        hits.extend(named.take(MOST as usize).map(|key| Hit::Key {
            kid: key.kid,
            state: key.state,
        }));
    }
    Ok(())
}

fn names(
    tx: &mut (impl Directory + ?Sized),
    actor: &Actor,
    text: &str,
    hits: &mut Vec<Hit>,
) -> Result<(), AdminFault> {
    let text = Some(text.to_owned());
    if actor.may().contain(Permission::ViewPeople) {
        let filter = PeopleFilter {
            text: text.clone(),
            ..PeopleFilter::default()
        };
        let found = tx.people(&filter, None, MOST)?.items;
        hits.extend(found.into_iter().map(|user| Hit::Person(Box::new(user))));
    }
    if actor.may().contain(Permission::ViewApplications) {
        let filter = ClientFilter {
            text,
            ..ClientFilter::default()
        };
        let found = tx.registered_clients(&filter, None, MOST)?.items;
        hits.extend(found.into_iter().map(|client| Hit::Client(Box::new(client))));
    }
    Ok(())
}

/// `f7k2 9qxm` as `F7K2-9QXM`: eight letters and digits of Crockford's base 32, however they were typed.
fn request_id(text: &str) -> Option<String> {
    let typed: String = text
        .chars()
        .filter(|c| !matches!(c, '-' | ' '))
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    let legal = |c: char| c.is_ascii_digit() || (c.is_ascii_uppercase() && c != 'U');
    if typed.len() != 8 || !typed.chars().all(legal) {
        return None;
    }
    let (first, second) = typed.split_at(4);
    Some(format!("{first}-{second}"))
}

#[cfg(test)]
mod tests {
    use super::request_id;

    #[test]
    fn ids_of_requests_are_recognised_however_they_were_typed() {
        for text in ["F7K2-9QXM", "f7k29qxm", "F7K2 9QXM"] {
            assert_eq!(request_id(text).as_deref(), Some("F7K2-9QXM"), "{text}");
        }
        assert_eq!(request_id("OIL0-1234").as_deref(), Some("0110-1234"));
        for text in ["", "F7K2-9QX", "F7K2-9QXMM", "F7K2-9QXU", "F7K2_9QXM", "ÄÖÜßÄÖÜß"] {
            assert_eq!(request_id(text), None, "{text}");
        }
    }
}
