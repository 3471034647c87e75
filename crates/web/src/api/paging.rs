//! A page of a list, and the sealed place where the next one begins.
//!
//! A cursor is sealed under a key derived from the server's master key, the list, its filter and the bearer: every node opens
//! it, nobody forges one, and one list's cursor is worth nothing at another, with another filter, or to somebody else. It names
//! the row behind which to go on, and sealing hides that too.

use admin::directory::{Cursor, Page};
use kernel::Entropy;
use kernel::digest::{base64url, from_base64url};
use token::keys::MasterKey;

use super::problem::Problem;

/// Rows of a page nobody asked otherwise for.
const USUAL: u32 = 50;
/// Rows of the longest page.
pub(super) const MOST: u32 = 200;

/// Of which list a cursor is, and whose.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The operation.
    pub(super) list: &'static str,
    /// Its filter, in one way of writing it.
    pub(super) filter: String,
    /// Who reads it.
    pub(super) bearer: String,
}

impl Place {
    fn key(&self, master: &MasterKey) -> MasterKey {
        master.derive(&["signet api cursor 1", self.list, &self.filter, &self.bearer])
    }

    /// A cursor for whoever reads on.
    pub(super) fn seal(&self, master: &MasterKey, at: &Cursor, entropy: &dyn Entropy) -> String {
        let sealed = self.key(master).seal("", at.to_text().as_bytes(), entropy);
        base64url(&sealed)
    }

    /// Where a cursor of ours leads.
    ///
    /// # Errors
    /// 400 for any other text.
    pub(super) fn open(&self, master: &MasterKey, text: &str) -> Result<Cursor, Problem> {
        let opened = from_base64url(text).and_then(|sealed| self.key(master).open("", &sealed));
        let cursor = opened
            .as_deref()
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .and_then(|text| Cursor::parse(text).ok());
        cursor.ok_or_else(|| Problem::bad("the cursor is not one of this list; begin at its first page"))
    }
}

/// How much of a list, and from where.
#[derive(Debug, Clone)]
pub(super) struct Pace {
    pub(super) after: Option<Cursor>,
    pub(super) limit: u32,
}

/// The `limit` of a query.
///
/// # Errors
/// 400 for anything but 1 to [`MOST`].
pub(super) fn limit(text: Option<&str>) -> Result<u32, Problem> {
    let Some(text) = text else { return Ok(USUAL) };
    let number = text.parse().ok().filter(|limit| (1..=MOST).contains(limit));
    number.ok_or_else(|| Problem::bad(format!("limit: a number from 1 to {MOST}")))
}

/// The page of a list that is read as a whole because it is always short, sorted by `name`.
pub(super) fn part<T>(mut all: Vec<T>, pace: &Pace, name: impl Fn(&T) -> String) -> Page<T> {
    all.sort_by_cached_key(|item| name(item));
    if let Some(after) = &pace.after {
        all.retain(|item| name(item) > after.id);
    }
    let more = all.len() > pace.limit as usize;
    all.truncate(pace.limit as usize);
    let next = all.last().filter(|_| more).map(|last| Cursor {
        id: name(last),
        ..Cursor::default()
    });
    Page { items: all, next }
}

#[cfg(test)]
mod tests {
    use kernel::{SeededEntropy, SystemEntropy};

    use super::*;

    fn place(list: &'static str, filter: &str, bearer: &str) -> Place {
        Place {
            list,
            filter: filter.into(),
            bearer: bearer.into(),
        }
    }

    #[test]
    fn a_cursor_opens_in_its_place_alone() {
        let (own, other) = (
            MasterKey::generate(&SeededEntropy::new(1)),
            MasterKey::generate(&SeededEntropy::new(2)),
        );
        let at = Cursor {
            key: "bob".into(),
            number: 7,
            id: "x".into(),
        };
        let here = place("listUsers", "text=b", "user 1");
        let text = here.seal(&own, &at, &SystemEntropy);
        assert_eq!(here.open(&own, &text).unwrap(), at);
        assert!(here.open(&other, &text).is_err());
        for foreign in [
            place("listGroups", "text=b", "user 1"),
            place("listUsers", "text=a", "user 1"),
            place("listUsers", "text=b", "user 2"),
        ] {
            assert!(foreign.open(&own, &text).is_err(), "{foreign:?}");
        }
        for forged in [
            "",
            "x",
            &text[1..],
            &at.to_text(),
            &base64url(at.to_text().as_bytes()),
        ] {
            assert!(here.open(&own, forged).is_err(), "{forged}");
        }
    }

    #[test]
    fn short_lists_are_read_in_parts() {
        let all = || vec!["c".to_owned(), "a".into(), "b".into()];
        let mut pace = Pace {
            after: None,
            limit: 2,
        };
        let first = part(all(), &pace, Clone::clone);
        assert_eq!(first.items, ["a", "b"]);
        pace.after = first.next;
        let second = part(all(), &pace, Clone::clone);
        assert_eq!(second.items, ["c"]);
        assert!(second.next.is_none());
    }
}
