//! What one look found: good, doubtful or wrong, in a sentence, and what to do.

use serde_json::{Value, json};

/// How a look ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// As it should be.
    Pass,
    /// It works, and somebody may regret it.
    Warn,
    /// It does not work.
    Fail,
}

impl Verdict {
    /// The word in JSON.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Warn => "warn",
            Verdict::Fail => "fail",
        }
    }
}

/// One finding. Holds no secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// What was looked at, in one word.
    pub(crate) check: &'static str,
    /// How it ended.
    pub(crate) verdict: Verdict,
    /// What was seen.
    pub(crate) message: String,
    /// What to do; none where nothing is to be done.
    pub(crate) remedy: Option<String>,
    /// Where to read more, below `docs`.
    pub(crate) docs: Option<&'static str>,
}

impl Finding {
    /// As it should be.
    pub(crate) fn pass(check: &'static str, message: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Pass,
            message: message.into(),
            remedy: None,
            docs: None,
        }
    }

    /// It works, and somebody may regret it.
    pub(crate) fn warn(check: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Warn,
            remedy: Some(remedy.into()),
            ..Self::pass(check, message)
        }
    }

    /// It does not work.
    pub(crate) fn fail(check: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Fail,
            ..Self::warn(check, message, remedy)
        }
    }

    /// Names a page, where there is something to do.
    pub(crate) fn docs(self, page: &'static str) -> Self {
        let docs = self.remedy.is_some().then_some(page);
        Self { docs, ..self }
    }

    /// For scripts.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "check": self.check,
            "verdict": self.verdict.as_str(),
            "message": self.message,
            "remedy": self.remedy,
            "docs": self.docs,
        })
    }
}
