//! The languages there are. A new one is a variant here and a folder in `locales/`; see docs/languages.md.

/// A language pages and letters are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, which everybody gets who asks for nothing we have.
    English,
    /// German.
    German,
    /// Arabic.
    Arabic,
}

/// Where lines of a language begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// At the left.
    LeftToRight,
    /// At the right.
    RightToLeft,
}

impl Language {
    /// All of them, in the order in which people choose from them.
    pub const ALL: [Language; 3] = [Language::English, Language::German, Language::Arabic];

    /// Its tag (RFC 5646).
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::German => "de",
            Language::Arabic => "ar",
        }
    }

    /// What its speakers call it.
    pub fn name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::German => "Deutsch",
            Language::Arabic => "العربية",
        }
    }

    /// Where its lines begin.
    pub fn direction(self) -> Direction {
        match self {
            Language::English | Language::German => Direction::LeftToRight,
            Language::Arabic => Direction::RightToLeft,
        }
    }

    /// The language of exactly this tag.
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(tag))
    }
}

impl Direction {
    /// As HTML's `dir` says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::LeftToRight => "ltr",
            Direction::RightToLeft => "rtl",
        }
    }
}
