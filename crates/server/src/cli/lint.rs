//! `signet lint`: prints what is worth changing about the server and its clients. The rules are [`admin::lint`]'s.

use std::fmt::Write as _;

use admin::lint::{self, Finding, Severity};
use serde_json::json;

use super::options::Options;
use super::output::{Answer, printable};
use super::verb::actor;
use crate::exit::Failure;
use crate::installation::Installation;
use crate::outgoing::UrlJudge;

/// Looks at everything. Errors and warnings fail the command, notes do not.
pub(crate) fn run(options: &Options) -> Result<Answer, Failure> {
    let config = options.load()?;
    let installation = Installation::open(&config)?;
    let urls = UrlJudge::new(config.outbound_allow.clone());
    let plan = config.key_plan.clone();
    let findings = installation.read(move |ports, ctx| lint::look(ports, ctx, &actor(), &urls, &plan))?;
    let answer = Answer::Text(text(&findings), json!(findings));
    let wrong = findings.iter().any(|finding| finding.severity != Severity::Note);
    Ok(if wrong {
        Answer::Objection(Box::new(answer))
    } else {
        answer
    })
}

fn text(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let word = match finding.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARN ",
            Severity::Note => "NOTE ",
        };
        let Finding { rule, spec, .. } = finding;
        let [subject, reason, remedy] =
            [&finding.subject, &finding.reason, &finding.remedy].map(|it| printable(it));
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "{word} {subject}: {rule} ({spec})\n      {reason}\n      fix: {remedy}\n"
        );
    }
    let count = |severity| {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let counts = [
        (count(Severity::Error), "error"),
        (count(Severity::Warning), "warning"),
        (count(Severity::Note), "note"),
    ];
    let counts = counts.map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }));
    let _ = writeln!(text, "{}", counts.join(", "));
    text
}
