//! From a letter to a message (RFC 5322) in two parts (RFC 2046 5.1.4). What is sent and what `signet dev` catches both come
//! from here.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use askama::Template;
use i18n::filters::Reading;
use i18n::{Form, Language, Say, Sayable as _, With as _, Words, WordsFault, first_known};
use identity::notice::Letter;
use kernel::{Ctx, Entropy, Timestamp};
use lettre::address::Envelope;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, MultiPartKind, SinglePart};
use url::Url;

use crate::sender::{self, Sender};
use crate::views::{Html, Text, Told};
use crate::words;

/// Writes letters.
#[derive(Debug, Clone)]
pub(crate) struct Composer {
    ctx: Arc<Ctx>,
    from: Sender,
    /// The issuer's host and port, for people.
    place: String,
    /// The issuer's host, for machines.
    host: String,
}

/// A letter, ready to go.
#[derive(Debug)]
pub(crate) struct Composed {
    /// With its envelope: one sender, one recipient.
    pub(crate) message: Message,
    /// Finds the message in the logs of mail servers.
    pub(crate) message_id: String,
    /// Its date.
    pub(crate) at: Timestamp,
    /// What its text part says.
    pub(crate) text: String,
    /// What its HTML part says.
    pub(crate) html: String,
}

/// What a letter says, before it has an envelope.
struct Written {
    subject: String,
    text: String,
    html: String,
}

/// Why a letter cannot be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ComposeFault {
    /// What the person's account holds as address is none, or more than one.
    #[error("the recipient is not one e-mail address")]
    Recipient,
    /// The template.
    #[error("a part could not be written: {0}")]
    Template(#[from] askama::Error),
    /// The subject.
    #[error(transparent)]
    Words(#[from] WordsFault),
    /// The library.
    #[error("the message could not be put together: {0}")]
    Message(#[from] lettre::error::Error),
}

impl Composer {
    /// For letters of this issuer.
    pub(crate) fn new(ctx: Arc<Ctx>, from: Sender) -> Self {
        let issuer = Url::parse(ctx.issuer.as_str()).ok();
        let host = issuer.as_ref().and_then(Url::host_str).unwrap_or("localhost");
        let port = issuer.as_ref().and_then(Url::port);
        Self {
            place: port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
            host: host.to_owned(),
            ctx,
            from,
        }
    }

    /// The issuer's host.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The present moment.
    pub(crate) fn now(&self) -> Timestamp {
        self.ctx.now()
    }

    /// Writes a letter, with that date.
    ///
    /// # Errors
    /// [`ComposeFault`]; a letter that failed once always will.
    pub(crate) fn compose(&self, letter: &Letter, at: Timestamp) -> Result<Composed, ComposeFault> {
        let recipient = sender::address(&letter.to).ok_or(ComposeFault::Recipient)?;
        let name = words::spoken(&letter.name);
        let Written { subject, text, html } = self.write(letter, name)?;
        let envelope = Envelope::new(Some(self.from.mailbox().email.clone()), vec![recipient.clone()])?;
        let message_id = format!("<{}@{}>", token(&*self.ctx.entropy), self.host);
        let message = Message::builder()
            .envelope(envelope)
            .from(self.from.mailbox().clone())
            .to(Mailbox::new(name.map(str::to_owned), recipient))
            .subject(subject)
            .message_id(Some(message_id.clone()))
            .date(UNIX_EPOCH + Duration::from_millis(u64::try_from(at.as_millis()).unwrap_or(0)))
            .header(AutoSubmitted)
            .multipart(self.alternative(&text, &html))?;
        Ok(Composed {
            message,
            message_id,
            at,
            text,
            html,
        })
    }

    /// What a letter says, in the language of whoever reads it.
    fn write(&self, letter: &Letter, name: Option<&str>) -> Result<Written, ComposeFault> {
        let words = Words::of(first_known(letter.language.as_deref()).unwrap_or(Language::English));
        let told = &Told::of(&letter.notice);
        let (place, issuer) = (self.place.as_str(), self.ctx.issuer.as_str());
        let subject = "letter-subject"
            .with("headline", &Say::new(told.headline()))
            .with("place", &place)
            .say(words, Form::Text)?;
        let text = Text {
            name,
            place,
            issuer,
            told,
        };
        let html = Html {
            tag: words.tag(),
            direction: words.direction().as_str(),
            subject: &subject,
            name,
            place,
            issuer,
            told,
        };
        let reading = Reading::new(words);
        Ok(Written {
            text: text.render_with_values(&reading)?,
            html: html.render_with_values(&reading)?,
            subject,
        })
    }

    /// Plain text first: the last part a reader can show is the one it should (RFC 2046 5.1.4).
    fn alternative(&self, text: &str, html: &str) -> MultiPart {
        MultiPart::builder()
            .kind(MultiPartKind::Alternative)
            .boundary(token(&*self.ctx.entropy))
            .singlepart(part(ContentType::TEXT_PLAIN, text))
            .singlepart(part(ContentType::TEXT_HTML, html))
    }
}

fn part(of: ContentType, text: &str) -> SinglePart {
    SinglePart::builder().header(of).body(text.to_owned())
}

/// 128 random bits in hexadecimal, which is an atom (RFC 5322 3.2.3) and cannot be a line of a letter.
fn token(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Says that no person wrote this, so that no program answers (RFC 3834 5).
#[derive(Debug, Clone, Copy)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests;
