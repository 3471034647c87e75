//! Records as CSV (RFC 4180), harmless to spreadsheets.

use std::borrow::Cow;

use csv::Writer;
use kernel::Timestamp;
use kernel::audit::AuditRecord;
use kernel::digest::base64url;

use super::moment;

/// The columns, in order.
pub const COLUMNS: [&str; 15] = [
    "seq",
    "at",
    "event",
    "outcome",
    "actor",
    "subject",
    "client_id",
    "way",
    "address",
    "session",
    "correlation_id",
    "detail",
    "before",
    "after",
    "hash",
];

/// Whether the names of the columns come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heading {
    /// At the beginning of a file.
    Included,
    /// Further on.
    Omitted,
}

/// A table of these records. Writing into memory cannot fail; were it to, nothing is written rather than half a row.
pub fn table(records: &[AuditRecord], heading: Heading) -> Vec<u8> {
    let mut writer = Writer::from_writer(Vec::new());
    let heading = (heading == Heading::Included).then(|| COLUMNS.map(Cow::Borrowed));
    for row in heading.into_iter().chain(records.iter().map(row)) {
        if writer
            .write_record(row.iter().map(|cell| cell.as_bytes()))
            .is_err()
        {
            return Vec::new();
        }
    }
    writer.into_inner().unwrap_or_default()
}

fn row(record: &AuditRecord) -> [Cow<'_, str>; 15] {
    let text = |text: &'_ Option<String>| harmless(text.as_deref().unwrap_or_default()).into_owned();
    let hash = record.hash.as_deref().map(base64url);
    [
        record.seq.to_string(),
        moment::write(Timestamp::from_millis(record.at)),
        harmless(&record.event).into_owned(),
        text(&record.outcome),
        text(&record.actor),
        text(&record.subject),
        text(&record.client_id),
        text(&record.way),
        text(&record.address),
        text(&record.session),
        text(&record.correlation_id),
        text(&record.detail),
        text(&record.before),
        text(&record.after),
        // May begin with a hyphen.
        text(&hash),
    ]
    .map(Cow::Owned)
}

/// A spreadsheet takes for a formula what begins with one of these; an apostrophe in front makes it text. Tab and carriage
/// return are skipped by some before they look.
fn harmless(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_formula_is_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            let record = AuditRecord {
                seq: 1,
                detail: Some(formula.to_owned()),
                ..AuditRecord::default()
            };
            let bytes = table(&[record], Heading::Omitted);
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .from_reader(&bytes[..]);
            let row = reader.records().next().unwrap().unwrap();
            assert_eq!(&row[11], format!("'{formula}"));
        }
    }

    #[test]
    fn cells_with_commas_quotes_and_lines_stay_one_cell() {
        let detail = "a,\"b\"\r\nc;d";
        let record = AuditRecord {
            seq: 7,
            at: 250,
            event: "user.login".into(),
            detail: Some(detail.to_owned()),
            ..AuditRecord::default()
        };
        let bytes = table(&[record], Heading::Included);
        let mut reader = csv::Reader::from_reader(&bytes[..]);
        assert_eq!(reader.headers().unwrap(), COLUMNS.as_slice());
        let row = reader.records().next().unwrap().unwrap();
        assert_eq!(
            (&row[0], &row[1], &row[11]),
            ("7", "1970-01-01T00:00:00.250Z", detail)
        );
    }
}
