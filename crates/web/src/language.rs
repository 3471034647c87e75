//! In which language the pages of a request are written. Owns the wishes that came with it, and those learned on the way.
//!
//! A page is drawn far below where a request arrives, and nobody in between has to do with its language. So the wishes
//! travel beside the request, as its log lines know its correlation id, and whoever learns of a nearer one says so here.

use std::cell::Cell;
use std::future::Future;

use actix_web::HttpRequest;
use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderValue};
use i18n::{Language, Wishes, accepted, first_known};
use identity::User;
use kernel::Ctx;

use crate::cookies;

tokio::task_local! {
    static READER: Reader;
}

/// Who reads the pages of a request, as far as that says in which language.
pub(crate) struct Reader {
    /// Read when a page is drawn: what programs send is not worth looking at.
    accept: Option<HeaderValue>,
    wishes: Cell<Wishes>,
}

impl Reader {
    /// Of a request that just arrived.
    pub(crate) fn of(request: &HttpRequest, ctx: &Ctx) -> Self {
        let wishes = Wishes {
            chosen: cookies::language(request, ctx),
            ..Wishes::default()
        };
        Self {
            accept: request.headers().get(ACCEPT_LANGUAGE).cloned(),
            wishes: Cell::new(wishes),
        }
    }

    /// Runs what answers this reader.
    pub(crate) async fn reads<F: Future>(self, answer: F) -> F::Output {
        READER.scope(self, answer).await
    }

    fn wishes(&self) -> Wishes {
        let header = self.accept.as_ref().and_then(|header| header.to_str().ok());
        Wishes {
            browser: header.and_then(accepted),
            ..self.wishes.get()
        }
    }
}

/// The wishes that hold for the page at hand. None outside of a request.
pub(crate) fn wishes() -> Wishes {
    READER.try_with(Reader::wishes).unwrap_or_default()
}

/// The app asked for these languages, in order of preference (`ui_locales`).
pub(crate) fn app_wishes<'a>(tags: impl IntoIterator<Item = &'a str>) {
    learn(|wishes| wishes.app = first_known(tags));
}

/// The page at hand says something that is in this language alone.
pub(crate) fn said_in(language: Language) {
    learn(|wishes| wishes.app = Some(language));
}

/// The person at the browser is known.
pub(crate) fn reader_is(user: &User) {
    learn(|wishes| wishes.person = own(user));
}

/// The language somebody has chosen for themselves, if it is one of ours.
pub(crate) fn own(user: &User) -> Option<Language> {
    first_known(user.profile.locale.as_deref())
}

/// The language of a letter that follows from the request at hand: the person's own, else that of its pages.
pub(crate) fn of_letters(user: &User) -> Language {
    own(user).unwrap_or_else(|| wishes().settle())
}

fn learn(what: impl FnOnce(&mut Wishes)) {
    // Outside of a request nobody reads.
    let _ = READER.try_with(|reader| {
        let mut wishes = reader.wishes.get();
        what(&mut wishes);
        reader.wishes.set(wishes);
    });
}
