//! What a scope means to the person who is asked for it. What it means to a token is not decided here.

use i18n::{Filled, Form, Markup, Said, Say, Words, WordsFault};

/// One line of the consent page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeLine {
    /// What is asked for, in a few words.
    pub title: ScopeTitle,
    /// What that reveals or permits, in sentences.
    pub details: Vec<ScopeDetail>,
    /// Asked for now, but not the last time this app was allowed in.
    pub is_new: bool,
}

/// What a scope is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScopeTitle {
    /// By us, in a message of this name.
    Ours(&'static str),
    /// By an operator, or by its own name.
    Theirs(String),
}

/// A sentence about a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScopeDetail {
    /// Ours, in a message of this name.
    Ours(&'static str),
    /// An operator's.
    Theirs(String),
    /// The APIs it means something to, by name.
    CountsAt(Vec<String>),
}

impl Said for ScopeTitle {
    fn said(&self, words: &Words, form: Form, markup: Markup) -> Result<Filled, WordsFault> {
        match self {
            ScopeTitle::Ours(key) => Say::new(key).said(words, form, markup),
            ScopeTitle::Theirs(text) => text.said(words, form, markup),
        }
    }
}

impl Said for ScopeDetail {
    fn said(&self, words: &Words, form: Form, markup: Markup) -> Result<Filled, WordsFault> {
        match self {
            ScopeDetail::Ours(key) => Say::new(key).said(words, form, markup),
            ScopeDetail::Theirs(text) => text.said(words, form, markup),
            ScopeDetail::CountsAt(apis) => Say::new("scope-counts-at")
                .with("apis", apis)
                .said(words, form, markup),
        }
    }
}

impl ScopeLine {
    /// The line for a standard scope (OpenID Connect Core 5.4 and 11); `None` for all others, which an operator
    /// describes, or which belong to an API.
    pub fn standard(scope: &str) -> Option<Self> {
        let (title, detail) = match scope {
            "openid" => ("scope-openid", "scope-openid-means"),
            "profile" => ("scope-profile", "scope-profile-means"),
            "email" => ("scope-email", "scope-email-means"),
            "address" => ("scope-address", "scope-address-means"),
            "phone" => ("scope-phone", "scope-phone-means"),
            "groups" => ("scope-groups", "scope-groups-means"),
            "roles" => ("scope-roles", "scope-roles-means"),
            "offline_access" => ("scope-offline_access", "scope-offline_access-means"),
            _ => return None,
        };
        Some(Self {
            title: ScopeTitle::Ours(title),
            details: vec![ScopeDetail::Ours(detail)],
            is_new: false,
        })
    }

    /// The line for a scope nobody has described: its name as it was asked for.
    pub fn undescribed(scope: &str) -> Self {
        Self {
            title: ScopeTitle::Theirs(scope.to_owned()),
            details: Vec::new(),
            is_new: false,
        }
    }

    /// The line for a scope of an operator's own: what they wrote about it, else its name.
    pub fn described(scope: &str, description: Option<&str>) -> Self {
        Self::undescribed(description.unwrap_or(scope))
    }

    /// The same line with another sentence: where the scope counts, or what else it reveals.
    pub fn with(mut self, detail: ScopeDetail) -> Self {
        self.details.push(detail);
        self
    }

    /// The same line, marked as new.
    pub fn new_since_last_time(self) -> Self {
        Self { is_new: true, ..self }
    }
}
