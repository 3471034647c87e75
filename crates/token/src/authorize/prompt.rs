//! The values of `prompt` (OpenID Connect Core 3.1.2.1): what the client wants the person to be asked.

use serde::{Deserialize, Serialize};

/// A legal combination of the values of `prompt`. The default, none of them, asks only where something is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Prompt {
    none: bool,
    login: bool,
    consent: bool,
    select_account: bool,
}

/// Why `prompt` makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PromptFault {
    /// A word the specification does not know.
    #[error("prompt has a value that is not offered here")]
    Unknown,
    /// `none` together with something else.
    #[error("prompt=none stands alone")]
    NoneWithOthers,
}

impl Prompt {
    /// The words of `prompt` on the wire.
    pub const VALUES: [&str; 4] = ["none", "login", "consent", "select_account"];

    /// Reads a space-separated list; an empty one is the default.
    ///
    /// # Errors
    /// [`PromptFault`].
    pub fn parse(text: &str) -> Result<Self, PromptFault> {
        let mut prompt = Self::default();
        for word in text.split_ascii_whitespace() {
            match word {
                "none" => prompt.none = true,
                "login" => prompt.login = true,
                "consent" => prompt.consent = true,
                "select_account" => prompt.select_account = true,
                _ => return Err(PromptFault::Unknown),
            }
        }
        if prompt.none && (prompt.login || prompt.consent || prompt.select_account) {
            return Err(PromptFault::NoneWithOthers);
        }
        Ok(prompt)
    }

    /// Whether nothing may be asked: where something is missing, the client is told instead.
    pub fn is_silent(self) -> bool {
        self.none
    }

    /// Whether a fresh authentication is demanded.
    pub fn demands_login(self) -> bool {
        self.login
    }

    /// Whether consent must be shown even if remembered.
    pub fn demands_consent(self) -> bool {
        self.consent
    }

    /// Whether the person must say which account they mean.
    pub fn demands_choice(self) -> bool {
        self.select_account
    }
}

impl TryFrom<String> for Prompt {
    type Error = PromptFault;
    fn try_from(text: String) -> Result<Self, PromptFault> {
        Self::parse(&text)
    }
}

impl From<Prompt> for String {
    fn from(prompt: Prompt) -> Self {
        let said = [prompt.none, prompt.login, prompt.consent, prompt.select_account];
        let words = Prompt::VALUES.into_iter().zip(said);
        let words: Vec<&str> = words.filter(|(_, said)| *said).map(|(word, _)| word).collect();
        words.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination_says_what_it_demands() {
        for bits in 0..8_u8 {
            let has = [bits & 1 != 0, bits & 2 != 0, bits & 4 != 0];
            let words = Prompt::VALUES[1..].iter().zip(has).filter(|(_, has)| *has);
            let text = words.map(|(word, _)| *word).collect::<Vec<_>>().join(" ");
            let prompt = Prompt::parse(&text).unwrap();
            let demands = [
                prompt.demands_login(),
                prompt.demands_consent(),
                prompt.demands_choice(),
            ];
            assert_eq!(demands, has, "{text}");
            assert!(!prompt.is_silent());
            assert_eq!(String::from(prompt), text);
        }
        assert!(Prompt::parse("none").unwrap().is_silent());
    }

    #[test]
    fn order_and_repetition_do_not_matter() {
        assert_eq!(
            Prompt::parse("consent login login"),
            Prompt::parse("login  consent")
        );
        assert_eq!(Prompt::parse("none none"), Prompt::parse("none"));
        assert_eq!(Prompt::parse(""), Ok(Prompt::default()));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["none login", "consent none", "select_account none"] {
            assert_eq!(Prompt::parse(text), Err(PromptFault::NoneWithOthers), "{text}");
        }
        for text in ["sometimes", "Login", "login,consent", "create"] {
            assert_eq!(Prompt::parse(text), Err(PromptFault::Unknown), "{text}");
        }
    }

    #[test]
    fn it_is_kept_as_it_is_written() {
        let prompt = Prompt::parse("select_account login").unwrap();
        let kept = serde_json::to_string(&prompt).unwrap();
        assert_eq!(kept, r#""login select_account""#);
        assert_eq!(serde_json::from_str::<Prompt>(&kept).unwrap(), prompt);
        assert!(serde_json::from_str::<Prompt>(r#""none login""#).is_err());
    }
}
