//! The messages of one language, parsed once, when somebody first wants to read it.

#[cfg(feature = "testing")]
use std::borrow::Cow;
use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

use crate::language::{Direction, Language};

/// The files of a language. A message may stand in any of them; where it does is for those who read them.
macro_rules! files {
    ($($tag:literal => $name:ident),* $(,)?) => {
        $(const $name: [&str; 7] = [
            include_str!(concat!("../locales/", $tag, "/common.ftl")),
            include_str!(concat!("../locales/", $tag, "/sign-in.ftl")),
            include_str!(concat!("../locales/", $tag, "/consent.ftl")),
            include_str!(concat!("../locales/", $tag, "/account.ftl")),
            include_str!(concat!("../locales/", $tag, "/password.ftl")),
            include_str!(concat!("../locales/", $tag, "/errors.ftl")),
            include_str!(concat!("../locales/", $tag, "/mail.ftl")),
        ];)*
    };
}

files! { "en" => ENGLISH, "de" => GERMAN, "ar" => ARABIC }

/// A message that cannot be said. Tests make sure that there is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the message {key} cannot be said in {tag}: {reason}")]
pub struct WordsFault {
    key: String,
    tag: &'static str,
    reason: String,
}

/// The messages of a language.
pub struct Words {
    tag: &'static str,
    direction: Direction,
    bundle: FluentBundle<FluentResource>,
    frame: Frame,
}

/// What stands around a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frame {
    Nothing,
    /// Only the pseudo-locale shows where its messages begin and end.
    #[cfg(feature = "testing")]
    Brackets,
}

impl Words {
    /// Those of a language. The first caller waits until they are parsed.
    pub fn of(language: Language) -> &'static Self {
        static PARSED: [OnceLock<Words>; Language::ALL.len()] =
            [const { OnceLock::new() }; Language::ALL.len()];
        let (place, files) = match language {
            Language::English => (&PARSED[0], &ENGLISH),
            Language::German => (&PARSED[1], &GERMAN),
            Language::Arabic => (&PARSED[2], &ARABIC),
        };
        place.get_or_init(|| Self::parse(language.tag(), language, files))
    }

    fn parse(tag: &'static str, language: Language, files: &[&str]) -> Self {
        let locale: LanguageIdentifier = language.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // What is put into a gap is isolated where that makes a difference; see `gap`.
        bundle.set_use_isolating(false);
        for file in files {
            // What cannot be parsed is left out, and whoever wants to say it is told. Tests see to it that nothing is.
            let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(rest, _)| rest);
            bundle.add_resource_overriding(resource);
        }
        Self {
            tag,
            direction: language.direction(),
            bundle,
            frame: Frame::Nothing,
        }
    }

    /// The pseudo-locale: English with accents, two fifths longer, in brackets. What appears without them on a page was
    /// never translated.
    #[cfg(feature = "testing")]
    pub fn pseudo() -> &'static Self {
        static PARSED: OnceLock<Words> = OnceLock::new();
        PARSED.get_or_init(|| {
            let mut words = Self::parse("en-XA", Language::English, &ENGLISH);
            words.bundle.set_transform(Some(strange));
            words.frame = Frame::Brackets;
            words
        })
    }

    /// The language's tag (RFC 5646).
    pub fn tag(&self) -> &'static str {
        self.tag
    }

    /// Where its lines begin.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// The message `key` with its gaps filled.
    ///
    /// # Errors
    /// [`WordsFault`] when there is no such message, or one of its gaps is not filled.
    pub(crate) fn fill(&self, key: &str, args: &FluentArgs<'_>) -> Result<String, WordsFault> {
        let fault = |reason: String| WordsFault {
            key: key.to_owned(),
            tag: self.tag,
            reason,
        };
        let message = self.bundle.get_message(key);
        let pattern = message
            .and_then(|message| message.value())
            .ok_or_else(|| fault("there is none".to_owned()))?;
        let mut faults = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(args), &mut faults);
        match faults.first() {
            None => Ok(text.into_owned()),
            Some(first) => Err(fault(first.to_string())),
        }
    }

    /// A whole message, as it is shown.
    pub(crate) fn framed(&self, text: String) -> String {
        match self.frame {
            Frame::Nothing => text,
            #[cfg(feature = "testing")]
            Frame::Brackets => format!("\u{27e6}{text}\u{27e7}"),
        }
    }
}

/// Every letter accented, every vowel twice.
#[cfg(feature = "testing")]
fn strange(text: &str) -> Cow<'_, str> {
    const PLAIN: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const ACCENTED: &str = "áƀçďéƒǧĥíĵķĺḿńóṕɋŕšţúṽŵẋýžÁƁÇĎÉƑǦĤÍĴĶĹḾŃÓṔɊŔŠŢÚṼŴẊÝŽ";
    let mut out = String::with_capacity(2 * text.len());
    for letter in text.chars() {
        let found = PLAIN
            .chars()
            .zip(ACCENTED.chars())
            .find(|(plain, _)| *plain == letter);
        let accented = found.map_or(letter, |(_, accented)| accented);
        out.push(accented);
        if "aeiouAEIOU".contains(letter) {
            out.push(accented);
        }
    }
    out.into()
}
