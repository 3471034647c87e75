//! What a scope means to the person who is asked for it. What it means to a token is not decided here.

/// One line of the consent page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScopeLine<'a> {
    /// What is asked for, in a few words.
    pub title: &'a str,
    /// What that reveals or permits, in a sentence.
    pub detail: &'a str,
    /// Asked for now, but not the last time this app was allowed in.
    pub is_new: bool,
}

impl<'a> ScopeLine<'a> {
    /// The line for a standard scope (OpenID Connect Core 5.4 and 11); `None` for all others, which belong to an API
    /// and are described where it is registered.
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
            detail,
            is_new: false,
        })
    }

    /// The line for a scope nobody has described: its name as it was asked for.
    pub fn undescribed(scope: &'a str) -> Self {
        Self {
            title: scope,
            detail: "",
            is_new: false,
        }
    }

    /// The same line, marked as new.
    pub fn new_since_last_time(self) -> Self {
        Self { is_new: true, ..self }
    }
}
