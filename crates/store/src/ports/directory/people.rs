//! People in order: all of them, a group's, the locked ones, the administrators, those a word leads to.

use std::collections::HashMap;

use admin::directory::cursor::{Seen, collect};
use admin::directory::people::{Among, PeopleFilter};
use admin::directory::{Cursor, LOOKED_AT, Page, terms};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use identity::{User, UserState, Users as _};
use kernel::StorageFault;
use kernel::id::UserId;

use super::{beyond, rows};
use crate::column::columns;
use crate::conn::on;
use crate::ports::users::with_groups;
use crate::rows::user::UserRow;
use crate::tables::{administrators, groups, memberships, user_terms, users};
use crate::tx::Tx;

/// A place in the order, and who stands there.
type Place = (String, String);

impl Tx {
    pub(super) fn list_people(
        &mut self,
        filter: &PeopleFilter,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<User>, StorageFault> {
        let text = filter
            .text
            .as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty());
        if let Some(id) = text.and_then(|text| text.parse::<UserId>().ok()) {
            let found = self.user(id)?.filter(|user| filter.admits(user));
            return Ok(Page::last(found.into_iter().collect()));
        }
        let word = text.and_then(|text| terms::wanted(text).into_iter().next());
        collect(after, limit, LOOKED_AT, |after, count| {
            let (key, id) = after.map_or(("", ""), |at| (&at.key, &at.id));
            let places = match (&word, filter.among, &filter.group, filter.state) {
                (_, Among::Administrators, ..) => self.administrators_by_name(key, id, count)?,
                (Some(word), ..) => self.places_by_word(word, key, id, count)?,
                (None, _, Some(group), _) => self.places_in_group(group, key, id, count)?,
                (None, _, None, Some(UserState::Locked)) => self.locked_places(key, id, count)?,
                (None, ..) => self.places_by_name(key, id, count)?,
            };
            self.look_at(places, |user, place| {
                filter.admits(user)
                    && (filter.among == Among::Administrators || is_first(user, word.as_deref(), place))
            })
        })
    }

    pub(super) fn names_of(&mut self, people: &[UserId]) -> Result<Vec<(UserId, String)>, StorageFault> {
        let ids: Vec<String> = people.iter().map(UserId::to_string).collect();
        let rows: Vec<(String, String)> = on!(&mut self.conn, |c| users::table
            .filter(users::id.eq_any(&ids))
            .select((users::id, users::username))
            .load(c))?;
        let read = |(id, name): (String, String)| Ok((columns("users", &id)("id").parse(&id)?, name));
        rows.into_iter().map(read).collect()
    }

    fn places_by_name(&mut self, key: &str, id: &str, count: usize) -> Result<Vec<Place>, StorageFault> {
        on!(&mut self.conn, |c| users::table
            .filter(beyond!("name_key, id", ">", Text = key, Text = id))
            .order((users::name_key, users::id))
            .limit(rows(count))
            .select((users::name_key, users::id))
            .load(c))
    }

    fn locked_places(&mut self, key: &str, id: &str, count: usize) -> Result<Vec<Place>, StorageFault> {
        on!(&mut self.conn, |c| users::table
            // In so many words: of a bound value neither database knows that the index is about it.
            .filter(sql::<Bool>("state = 'locked'"))
            .filter(beyond!("name_key, id", ">", Text = key, Text = id))
            .order((users::name_key, users::id))
            .limit(rows(count))
            .select((users::name_key, users::id))
            .load(c))
    }

    fn places_in_group(
        &mut self,
        group: &str,
        key: &str,
        id: &str,
        count: usize,
    ) -> Result<Vec<Place>, StorageFault> {
        on!(&mut self.conn, |c| memberships::table
            .filter(memberships::group_name.eq(group))
            .filter(beyond!("name_key, user_id", ">", Text = key, Text = id))
            .order((memberships::name_key, memberships::user_id))
            .limit(rows(count))
            .select((memberships::name_key, memberships::user_id))
            .load(c))
    }

    fn places_by_word(
        &mut self,
        word: &str,
        key: &str,
        id: &str,
        count: usize,
    ) -> Result<Vec<Place>, StorageFault> {
        let (key, id) = if key < word { (word, "") } else { (key, id) };
        on!(&mut self.conn, |c| user_terms::table
            .filter(user_terms::term.lt(terms::beyond(word)))
            .filter(beyond!("term, user_id", ">", Text = key, Text = id))
            .order((user_terms::term, user_terms::user_id))
            .limit(rows(count))
            .select((user_terms::term, user_terms::user_id))
            .load(c))
    }

    /// There are never so many that they could not be sorted.
    fn administrators_by_name(
        &mut self,
        key: &str,
        id: &str,
        count: usize,
    ) -> Result<Vec<Place>, StorageFault> {
        let ids: Vec<String> = on!(&mut self.conn, |c| administrators::table
            .filter(administrators::kind.eq("user"))
            .select(administrators::id)
            .distinct()
            .load(c))?;
        on!(&mut self.conn, |c| users::table
            .filter(users::id.eq_any(&ids))
            .filter(beyond!("name_key, id", ">", Text = key, Text = id))
            .order((users::name_key, users::id))
            .limit(rows(count))
            .select((users::name_key, users::id))
            .load(c))
    }

    /// The people at these places, in the same order; those who `pass` belong into the list.
    fn look_at(
        &mut self,
        places: Vec<Place>,
        pass: impl Fn(&User, &str) -> bool,
    ) -> Result<Vec<Seen<User>>, StorageFault> {
        let mut people = self.people_with(places.iter().map(|(_, id)| id.clone()).collect())?;
        // The same person may stand at several places of one page.
        let seen = places.into_iter().map(|(key, id)| {
            let passes = people.get(&id).is_some_and(|user| pass(user, &key));
            let item = if passes { people.remove(&id) } else { None };
            let at = Cursor { key, number: 0, id };
            Seen { at, item }
        });
        Ok(seen.collect())
    }

    /// People with their groups, by id: two questions for all of them.
    fn people_with(&mut self, ids: Vec<String>) -> Result<HashMap<String, User>, StorageFault> {
        let found: Vec<UserRow> = on!(&mut self.conn, |c| users::table
            .filter(users::id.eq_any(&ids))
            .select(UserRow::as_select())
            .load(c))?;
        let in_groups: Vec<(String, String, String)> = on!(&mut self.conn, |c| memberships::table
            .inner_join(groups::table)
            .filter(memberships::user_id.eq_any(&ids))
            .select((memberships::user_id, groups::name, groups::roles))
            .load(c))?;
        let mut groups: HashMap<String, Vec<(String, String)>> = HashMap::new();
        for (user, group, roles) in in_groups {
            groups.entry(user).or_default().push((group, roles));
        }
        let join = |row: UserRow| {
            let id = row.id.clone();
            let own = groups.remove(&id).unwrap_or_default();
            Ok((id, with_groups(User::try_from(row)?, own)?))
        };
        found.into_iter().map(join).collect()
    }
}

/// Whether this is the first word that leads to somebody: each further one would list them again.
fn is_first(user: &User, word: Option<&str>, place: &str) -> bool {
    let Some(word) = word else { return true };
    let terms = terms::of_person(&user.username, user.email.as_deref(), &user.profile);
    terms::first_with(&terms, word).is_some_and(|first| first == place)
}
