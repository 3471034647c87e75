//! Sections of a PEM file (RFC 7468), each with the line it begins at, so that a mistake can be found.

use tokio_rustls::rustls::pki_types::pem::{Error, SectionKind, SliceIter};

/// What stands between two marks.
pub(super) struct Section {
    pub(super) kind: SectionKind,
    pub(super) der: Vec<u8>,
    /// Of its first mark, counted from one.
    pub(super) line: usize,
}

/// All sections; text between them is passed over (RFC 7468 5.2).
///
/// # Errors
/// The line of the first section that cannot be read, and why: it follows "which".
pub(super) fn sections(text: &[u8]) -> Result<Vec<Section>, (usize, &'static str)> {
    let mut found = Vec::new();
    let mut sections = SliceIter::<(SectionKind, Vec<u8>)>::new(text);
    loop {
        let before = text.len() - sections.remainder().len();
        let line = || line_of_mark(text, before);
        match sections.next() {
            None => return Ok(found),
            Some(Ok((kind, der))) => found.push(Section {
                kind,
                der,
                line: line(),
            }),
            Some(Err(error)) => return Err((line(), reason(&error))),
        }
    }
}

/// The line of the first mark at or after `from`.
fn line_of_mark(text: &[u8], from: usize) -> usize {
    let mark = b"-----BEGIN";
    let ahead = text[from..].windows(mark.len()).position(|bytes| bytes == mark);
    let at = from + ahead.unwrap_or_default();
    text[..at].iter().filter(|byte| **byte == b'\n').count() + 1
}

fn reason(error: &Error) -> &'static str {
    match error {
        Error::MissingSectionEnd { .. } => "ends in the middle of a section",
        Error::IllegalSectionStart { .. } => {
            "has a line there that only looks like the beginning of a section"
        }
        Error::Base64Decode(_) => "has something there that is not base64",
        _ => "has something there that cannot be read as PEM",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "-----BEGIN CERTIFICATE-----\nMAMCAfs=\n-----END CERTIFICATE-----\n";

    #[test]
    fn a_section_is_found_among_words() {
        let text = format!("# the chain\n\n{ONE}and\n{ONE}");
        let lines: Vec<usize> = sections(text.as_bytes())
            .unwrap()
            .iter()
            .map(|it| it.line)
            .collect();
        assert_eq!(lines, [3, 7]);
    }

    #[test]
    fn a_mistake_is_told_with_its_line() {
        let cut = format!("{ONE}\n-----BEGIN CERTIFICATE-----\nMAMC");
        assert_eq!(
            sections(cut.as_bytes()).err(),
            Some((5, "ends in the middle of a section"))
        );
        let spoilt = format!("{ONE}{}", ONE.replace("MAMC", "M!MC"));
        assert_eq!(sections(spoilt.as_bytes()).err().map(|it| it.0), Some(4));
    }
}
