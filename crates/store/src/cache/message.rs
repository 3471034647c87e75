//! What stands in the stream: one revocation, or one piece of news for caches. Messages of others are judged here.

use std::collections::HashMap;

use kernel::{Change, Timestamp};
use redis::{Pipeline, Value};
use session::{Revocation, Revoked};

use crate::change::{change_of, words_of};

/// Nothing here has a longer name.
const LONGEST_ID: usize = 1024;

/// A message of another node.
#[derive(Debug, PartialEq, Eq)]
pub enum Message {
    /// An entry of the list.
    Revoked(Revocation),
    /// News for caches.
    Changed(Change),
}

/// Appends an entry of the list to `stream`.
pub fn add_revocation(pipe: &mut Pipeline, stream: &str, by: &str, entry: &Revocation) {
    pipe.cmd("XADD").arg(stream).arg("*").arg("by").arg(by);
    pipe.arg("revoked").arg(entry.what.kind());
    pipe.arg("id").arg(entry.what.id());
    pipe.arg("until").arg(entry.until.as_millis());
    pipe.arg("expires").arg(entry.expires_at.as_millis()).ignore();
}

/// Appends news for caches.
pub fn add_change(pipe: &mut Pipeline, stream: &str, by: &str, change: &Change) {
    let (kind, id) = words_of(change);
    pipe.cmd("XADD").arg(stream).arg("*").arg("by").arg(by);
    pipe.arg("changed").arg(kind).arg("id").arg(id).ignore();
}

/// Whose message it is.
pub fn author(fields: &HashMap<String, Value>) -> Option<&str> {
    text(fields, "by")
}

/// Reads a message; `None` for anything a node would not write. Whoever can write to Redis can have tokens refused, but
/// never accepted: there is no message for that.
pub fn read(fields: &HashMap<String, Value>) -> Option<Message> {
    let id = text(fields, "id").filter(|id| id.len() <= LONGEST_ID)?;
    if let Some(kind) = text(fields, "changed") {
        return Some(Message::Changed(change_of(kind, id)));
    }
    let millis = |name| text(fields, name)?.parse().ok().map(Timestamp::from_millis);
    Some(Message::Revoked(Revocation {
        what: Revoked::parse(text(fields, "revoked")?, id)?,
        until: millis("until")?,
        expires_at: millis("expires")?,
    }))
}

fn text<'a>(fields: &'a HashMap<String, Value>, name: &str) -> Option<&'a str> {
    match fields.get(name)? {
        Value::BulkString(bytes) => std::str::from_utf8(bytes).ok(),
        Value::SimpleString(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> HashMap<String, Value> {
        let field =
            |(name, value): &(&str, &str)| ((*name).to_owned(), Value::BulkString(value.as_bytes().into()));
        pairs.iter().map(field).collect()
    }

    /// What a pipeline would send, as a reader gets it back.
    fn sent(pipe: &Pipeline) -> HashMap<String, Value> {
        let arguments: Vec<String> = pipe
            .cmd_iter()
            .flat_map(|cmd| cmd.args_iter())
            .filter_map(|arg| match arg {
                redis::Arg::Simple(bytes) => Some(String::from_utf8(bytes.into()).unwrap()),
                _ => None,
            })
            .collect();
        assert_eq!(arguments[..3], ["XADD", "list", "*"]);
        let pair = |pair: &[String]| (pair[0].clone(), Value::BulkString(pair[1].clone().into_bytes()));
        arguments[3..].chunks(2).map(pair).collect()
    }

    #[test]
    fn what_is_written_reads_back() {
        let entry = Revocation::at(Timestamp::from_secs(1_800_000_000), Revoked::Client("wéb".into()));
        let mut pipe = redis::pipe();
        add_revocation(&mut pipe, "list", "n1", &entry);
        let fields = sent(&pipe);
        assert_eq!(author(&fields), Some("n1"));
        assert_eq!(read(&fields), Some(Message::Revoked(entry)));
        for change in [
            Change::Client("web".into()),
            Change::User("u".into()),
            Change::Keys,
            Change::Catalogue,
        ] {
            let mut pipe = redis::pipe();
            add_change(&mut pipe, "list", "n1", &change);
            assert_eq!(read(&sent(&pipe)), Some(Message::Changed(change)));
        }
    }

    #[test]
    fn what_no_node_would_write_is_not_read() {
        let long = "x".repeat(LONGEST_ID + 1);
        for bad in [
            &[][..],
            &[("id", "web")],
            &[("revoked", "client"), ("id", "web")],
            &[
                ("revoked", "client"),
                ("id", "web"),
                ("until", "soon"),
                ("expires", "1"),
            ],
            &[
                ("revoked", "client"),
                ("id", &long),
                ("until", "1"),
                ("expires", "1"),
            ],
            &[
                ("revoked", "token"),
                ("id", "nonsense"),
                ("until", "1"),
                ("expires", "1"),
            ],
            &[
                ("revoked", "nothing"),
                ("id", "web"),
                ("until", "1"),
                ("expires", "1"),
            ],
            &[
                ("accepted", "client"),
                ("id", "web"),
                ("until", "1"),
                ("expires", "1"),
            ],
        ] {
            assert_eq!(read(&fields(bad)), None, "{bad:?}");
        }
    }
}
