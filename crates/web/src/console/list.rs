//! Lists by pages: where a page begins, and the link to the next one.

use admin::directory::Cursor;
use protocol::Params;
use url::form_urlencoded;

/// Lines on a page.
pub(crate) const LINES: u32 = 50;
/// The parameter that says behind which line a page begins.
const AFTER: &str = "after";

/// Where the page begins; a place that makes no sense is the beginning.
pub(crate) fn after(query: &Params) -> Option<Cursor> {
    query.get(AFTER).and_then(|text| Cursor::parse(text).ok())
}

/// Whether this is not the first page.
pub(crate) fn goes_on(query: &Params) -> bool {
    after(query).is_some()
}

/// The link to the next page: the same filter, which `names` spells, and where to go on.
pub(crate) fn next(path: &str, query: &Params, names: &[&str], next: Option<&Cursor>) -> Option<String> {
    let next = next?;
    Some(with(path, query, names, &[(AFTER, &next.to_text())]))
}

/// The address of `path` with the filter of this request and `more`.
pub(crate) fn with(path: &str, query: &Params, names: &[&str], more: &[(&str, &str)]) -> String {
    let mut out = form_urlencoded::Serializer::new(String::new());
    for (name, value) in query.keep(names, 500).pairs() {
        if !value.is_empty() {
            out.append_pair(name, value);
        }
    }
    for (name, value) in more {
        out.append_pair(name, value);
    }
    let filter = out.finish();
    if filter.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{filter}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_keeps_the_filter_and_nothing_else() {
        let query = Params::from_pairs([
            ("user", "alice & bob"),
            ("client", ""),
            ("told", "x"),
            ("after", "y"),
        ]);
        let at = Cursor {
            key: "k".to_owned(),
            number: 1,
            id: "i".to_owned(),
        };
        let link = next("/admin/x", &query, &["user", "client"], Some(&at)).unwrap();
        assert_eq!(
            link,
            "/admin/x?user=alice+%26+bob&after=%5B%22k%22%2C1%2C%22i%22%5D"
        );
        let back = Params::parse(link.split_once('?').unwrap().1.as_bytes()).unwrap();
        assert_eq!(after(&back), Some(at));
        assert_eq!(next("/admin/x", &query, &["user"], None), None);
        assert_eq!(with("/admin/x", &Params::default(), &[], &[]), "/admin/x");
    }
}
