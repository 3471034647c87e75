//! The post of a running server, which may be handed to another mail server.

use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};

use identity::notice::{Letter, NoPost, Post};
use mail::{Mailer, Successor, Unsent};

/// Passes letters on to what is in force.
pub(crate) struct PostOffice {
    in_force: RwLock<Carriage>,
    /// Mailers of before, while they have letters to hand back.
    retired: Mutex<Vec<Mailer>>,
}

/// How letters leave.
pub(crate) enum Carriage {
    /// By a mail server.
    Mailer(Mailer),
    /// Not at all: no mail server is configured.
    None(NoPost),
    /// Not any more: the end has come.
    Closed,
}

impl PostOffice {
    /// With that to carry letters.
    pub(crate) fn new(carriage: Carriage) -> Self {
        Self {
            in_force: RwLock::new(carriage),
            retired: Mutex::default(),
        }
    }

    /// From now on letters go there, those among them that the mailer of before has not sent.
    pub(crate) fn replace(self: &Arc<Self>, carriage: Carriage) {
        let successor = match carriage {
            Carriage::Mailer(_) => {
                let here = Arc::downgrade(self);
                Successor::Takes(Box::new(move |unsent| take_back(&here, unsent)))
            }
            Carriage::None(_) | Carriage::Closed => Successor::Nobody,
        };
        if let Carriage::Mailer(mut old) = self.exchange(carriage) {
            old.retire(successor);
            let mut retired = self.retired.lock().unwrap_or_else(PoisonError::into_inner);
            retired.retain(|mailer| !mailer.is_done());
            retired.push(old);
        }
    }

    /// Sends what is left, or says in the log that it could not; nothing is taken any more.
    pub(crate) fn close(&self) {
        let retired = std::mem::take(&mut *self.retired.lock().unwrap_or_else(PoisonError::into_inner));
        // First: they may still have letters for the one in force.
        drop(retired);
        drop(self.exchange(Carriage::Closed));
    }

    /// Nobody else holds what is handed back: letters are passed on under the lock.
    fn exchange(&self, carriage: Carriage) -> Carriage {
        let mut in_force = self.in_force.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *in_force, carriage)
    }
}

/// A letter of a mailer of before goes to whatever is in force by now.
fn take_back(office: &Weak<PostOffice>, unsent: Unsent) -> Result<(), &'static str> {
    let office = office.upgrade().ok_or(STOPS)?;
    match &*office.in_force.read().unwrap_or_else(PoisonError::into_inner) {
        Carriage::Mailer(mailer) => {
            mailer.take_over(unsent);
            Ok(())
        }
        Carriage::None(_) => Err("no mail server is configured any more"),
        Carriage::Closed => Err(STOPS),
    }
}

const STOPS: &str = "the server stops";

impl Post for PostOffice {
    fn send(&self, letter: Letter) {
        match &*self.in_force.read().unwrap_or_else(PoisonError::into_inner) {
            Carriage::Mailer(mailer) => mailer.send(letter),
            Carriage::None(none) => none.send(letter),
            Carriage::Closed => {
                let notice = letter.notice.kind();
                tracing::error!(notice, reason = STOPS, "letter lost");
            }
        }
    }

    fn delivers(&self) -> bool {
        let in_force = self.in_force.read().unwrap_or_else(PoisonError::into_inner);
        matches!(&*in_force, Carriage::Mailer(_))
    }
}
