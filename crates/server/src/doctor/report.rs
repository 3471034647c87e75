//! All findings of one examination, as people and as scripts read them.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::finding::{Finding, Verdict};

/// As wide as the longest name of a check.
const NAME: usize = 9;

/// The findings, in the order of looking.
#[derive(Debug, Default)]
pub(crate) struct Report(pub(crate) Vec<Finding>);

impl Report {
    /// How many ended so.
    pub(crate) fn count(&self, verdict: Verdict) -> usize {
        self.0.iter().filter(|finding| finding.verdict == verdict).count()
    }

    /// One line for each finding, one more for what to do, and the sum.
    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        for finding in &self.0 {
            let word = finding.verdict.as_str().to_uppercase();
            let (check, message) = (finding.check, &finding.message);
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{word} {check:NAME$} {message}");
            let docs = finding.docs.map(|page| format!("   docs: {page}"));
            if let Some(remedy) = &finding.remedy {
                let _ = writeln!(text, "{:15}fix: {remedy}{}", "", docs.unwrap_or_default());
            }
        }
        let failed = self.count(Verdict::Fail);
        let warnings = match self.count(Verdict::Warn) {
            1 => "1 warning".to_owned(),
            other => format!("{other} warnings"),
        };
        let _ = writeln!(
            text,
            "{failed} failed, {warnings}, {} passed",
            self.count(Verdict::Pass)
        );
        text
    }

    /// For scripts.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "checks": self.0.iter().map(Finding::to_json).collect::<Vec<_>>(),
            "failed": self.count(Verdict::Fail),
            "warnings": self.count(Verdict::Warn),
            "passed": self.count(Verdict::Pass),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_in_one_look() {
        let report = Report(vec![
            Finding::pass("config", "signet.toml, 2 keys set, none unknown"),
            Finding::warn("mail", "mail.url is not set", "set it").docs("configuration.md#mail"),
            Finding::fail("discovery", "nobody answers", "start it"),
        ]);
        assert_eq!(
            report.to_text(),
            "PASS config    signet.toml, 2 keys set, none unknown\n\
             WARN mail      mail.url is not set\n               fix: set it   docs: configuration.md#mail\n\
             FAIL discovery nobody answers\n               fix: start it\n\
             1 failed, 1 warning, 1 passed\n"
        );
        assert_eq!(report.to_json()["checks"][2]["verdict"], "fail");
    }
}
