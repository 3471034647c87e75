//! What a scope means to the person who is asked for it. What it means to a token is not decided here.

use std::borrow::Cow;

/// One line of the consent page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeLine<'a> {
    /// What is asked for, in a few words.
    pub title: &'a str,
    /// What that reveals or permits, in a sentence.
    pub detail: Cow<'a, str>,
    /// Asked for now, but not the last time this app was allowed in.
    pub is_new: bool,
}

impl<'a> ScopeLine<'a> {
    /// The line for a standard scope (OpenID Connect Core 5.4 and 11); `None` for all others, which an operator
    /// describes, or which belong to an API.
    pub fn standard(scope: &str) -> Option<Self> {
        let (title, detail) = match scope {
            "openid" => (
                "Know that it is you",
                "An identifier for your account that stays the same.",
            ),
            "profile" => ("Your profile", "Your name, username, picture and language."),
            "email" => (
                "Your e-mail address",
                "The address, and whether it has been confirmed.",
            ),
            "address" => ("Your postal address", "The address in your profile."),
            "phone" => (
                "Your phone number",
                "The number, and whether it has been confirmed.",
            ),
            "groups" => ("Your groups", "The names of the groups you belong to."),
            "roles" => ("Your roles", "What you may do in the apps of this place."),
            "offline_access" => ("Stay connected", "Keep this access while you are away."),
            _ => return None,
        };
        Some(Self {
            title,
            detail: detail.into(),
            is_new: false,
        })
    }

    /// The line for a scope nobody has described: its name as it was asked for.
    pub fn undescribed(scope: &'a str) -> Self {
        Self {
            title: scope,
            detail: "".into(),
            is_new: false,
        }
    }

    /// The line for a scope of an operator's own: what they wrote about it, else its name.
    pub fn described(scope: &'a str, description: Option<&'a str>) -> Self {
        Self::undescribed(description.unwrap_or(scope))
    }

    /// The same line with another sentence: where the scope counts, or what else it reveals.
    pub fn with(mut self, sentence: &str) -> Self {
        if !self.detail.is_empty() {
            self.detail.to_mut().push(' ');
        }
        self.detail.to_mut().push_str(sentence);
        self
    }

    /// The same line, marked as new.
    pub fn new_since_last_time(self) -> Self {
        Self { is_new: true, ..self }
    }
}
