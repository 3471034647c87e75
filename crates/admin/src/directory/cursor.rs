//! A place in a list, and a page that begins there.
//!
//! A cursor says behind which row to go on, nothing about whose list it is: a made-up one gives another page of a list its
//! bearer may see anyway. Sealing one against change is left to those who hand it out.

use std::fmt;
use std::str::FromStr;

use kernel::StorageFault;

/// Longer than any cursor of ours.
const LONGEST: usize = 1024;

/// A place in a list: behind the row with these values. What a list is ordered by stands in the first two, whichever it uses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cursor {
    /// What the row is called, where the list is ordered by names.
    pub key: String,
    /// When it happened or which number it has, where the list is ordered by that.
    pub number: i64,
    /// The row itself.
    pub id: String,
}

/// The text is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a place in a list")]
pub struct InvalidCursor;

impl Cursor {
    /// As text, which [`parse`](Self::parse) reads back.
    pub fn to_text(&self) -> String {
        serde_json::json!([self.key, self.number, self.id]).to_string()
    }

    /// From text.
    ///
    /// # Errors
    /// [`InvalidCursor`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidCursor> {
        if text.len() > LONGEST {
            return Err(InvalidCursor);
        }
        let (key, number, id): (String, i64, String) =
            serde_json::from_str(text).map_err(|_| InvalidCursor)?;
        // No row of ours has one, and PostgreSQL takes no text that does.
        if key.contains('\0') || id.contains('\0') {
            return Err(InvalidCursor);
        }
        Ok(Self { key, number, id })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;
    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        Self::parse(text)
    }
}

/// Part of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// In the list's order.
    pub items: Vec<T>,
    /// Where the list goes on, if it does.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// The whole list, if it is a short one.
    pub fn last(items: Vec<T>) -> Self {
        Self { items, next: None }
    }

    /// The same page of something else.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(change).collect(),
            next: self.next,
        }
    }
}

/// A row that was looked at: where it stands, and itself if it belongs into the list.
#[derive(Debug)]
pub struct Seen<T> {
    /// Its place.
    pub at: Cursor,
    /// Itself, if it passed the filter.
    pub item: Option<T>,
}

/// Reads on with `read` (behind this place, so many rows) until `limit` rows have passed, there are no more, or `most` were
/// looked at.
///
/// # Errors
/// Those of `read`.
pub fn collect<T>(
    after: Option<&Cursor>,
    limit: u32,
    most: usize,
    mut read: impl FnMut(Option<&Cursor>, usize) -> Result<Vec<Seen<T>>, StorageFault>,
) -> Result<Page<T>, StorageFault> {
    let limit = limit as usize;
    let (mut items, mut looked) = (Vec::new(), 0);
    let (mut at, mut last_passed) = (after.cloned(), None);
    // Mostly everything passes, and one row more shows whether there is another page.
    let mut wanted = limit + 1;
    loop {
        let seen = read(at.as_ref(), wanted)?;
        let ended = seen.len() < wanted;
        looked += seen.len();
        for Seen { at: place, item } in seen {
            if let Some(item) = item {
                if items.len() == limit {
                    let next = last_passed;
                    return Ok(Page { items, next });
                }
                items.push(item);
                last_passed = Some(place.clone());
            }
            at = Some(place);
        }
        if ended {
            return Ok(Page::last(items));
        }
        if looked >= most {
            return Ok(Page { items, next: at });
        }
        // Where little passes, more at a time.
        wanted = (wanted * 2).min(most - looked).clamp(1, 500.max(limit + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_does() {
        let cursor = Cursor {
            key: "o'brien \"~\" \u{1F600}".into(),
            number: -7,
            id: "web~1".into(),
        };
        assert_eq!(Cursor::parse(&cursor.to_text()), Ok(cursor));
        let long = format!("[\"{}\",0,\"\"]", "a".repeat(LONGEST));
        for other in [
            "",
            "[]",
            "[\"a\",1]",
            "[\"a\",1,\"b\",2]",
            "{\"key\":\"a\"}",
            &long,
        ] {
            assert_eq!(Cursor::parse(other), Err(InvalidCursor), "{other}");
        }
    }

    /// Numbers below `end`, of which every `step`th passes.
    fn numbers(after: Option<Cursor>, limit: u32, end: i64, step: i64) -> (Page<i64>, usize) {
        let mut looked = 0;
        let page = collect(after.as_ref(), limit, 100, |after, count| {
            let first = after.map_or(0, |at| at.number + 1);
            let rows = (first..end).take(count).map(|number| Seen {
                at: Cursor {
                    number,
                    ..Cursor::default()
                },
                item: (number % step == 0).then_some(number),
            });
            let rows: Vec<_> = rows.collect();
            looked += rows.len();
            Ok(rows)
        });
        (page.unwrap(), looked)
    }

    #[test]
    fn pages_follow_on_each_other_without_gap_or_repeat() {
        for step in [1, 2, 7, 64] {
            let (mut all, mut at, mut turns) = (Vec::new(), None, 0);
            loop {
                let (page, looked) = numbers(at, 10, 1_000, step);
                assert!(page.items.len() <= 10 && looked < 200);
                all.extend(page.items);
                turns += 1;
                at = page.next;
                if at.is_none() {
                    break;
                }
            }
            let expected: Vec<i64> = (0..1_000).filter(|number| number % step == 0).collect();
            assert_eq!(all, expected, "every {step}th, {turns} pages");
        }
    }

    #[test]
    fn a_full_last_page_has_no_next_one() {
        assert_eq!(numbers(None, 10, 10, 1).0.next, None);
        assert!(numbers(None, 10, 11, 1).0.next.is_some());
        assert_eq!(numbers(None, 10, 20, 2).0.next, None);
    }
}
