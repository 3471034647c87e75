//! Who is signed in at a browser.

use identity::{User, Users};
use kernel::secret::BrowserSecret;
use kernel::{Plain, StorageFault};

use crate::browser::Session;
use crate::ports::Sessions;

/// The sessions of the browser that presented `secret`, with their people, oldest first. Sessions that are idle or too
/// old are still among them: the caller judges by the time.
///
/// # Errors
/// Storage.
pub fn people_at(
    tx: &mut (impl Sessions + Users + ?Sized),
    secret: Option<&Plain<BrowserSecret>>,
) -> Result<Vec<(Session, User)>, StorageFault> {
    let Some(secret) = secret else {
        return Ok(Vec::new());
    };
    let Some(browser) = tx.browser(&secret.digest())? else {
        return Ok(Vec::new());
    };
    let mut people = Vec::new();
    for session in tx.sessions_of_browser(browser.id)? {
        if let Some(user) = tx.user(session.user)? {
            people.push((session, user));
        }
    }
    Ok(people)
}
