//! A letter nobody has taken yet, with what is left of the patience for it. Which mail server it goes to is not part of it.

use identity::notice::Letter;
use kernel::Timestamp;

/// A letter on its way: it can be handed from one mailer to the next.
pub struct Unsent {
    pub(crate) letter: Letter,
    /// When it was first written: what it says of times counts from there. Nothing before that.
    pub(crate) written: Option<Timestamp>,
    /// How often it was refused for now.
    pub(crate) failures: usize,
}

impl Unsent {
    /// What the letter is about, for the log.
    pub fn kind(&self) -> &'static str {
        self.letter.notice.kind()
    }
}

impl From<Letter> for Unsent {
    fn from(letter: Letter) -> Self {
        Self {
            letter,
            written: None,
            failures: 0,
        }
    }
}
