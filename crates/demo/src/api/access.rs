//! What a token must allow.

use guard::actix::RequiredScope;

/// The scopes that mean something to the API; to be registered with its resource at the provider.
pub const API_SCOPES: [&str; 2] = ["notes.read", "notes.write"];

/// May read the notes of the person the token speaks of.
pub(crate) struct NotesRead;

impl RequiredScope for NotesRead {
    const SCOPE: &str = API_SCOPES[0];
}

/// May pin notes to the board of that person.
pub(crate) struct NotesWrite;

impl RequiredScope for NotesWrite {
    const SCOPE: &str = API_SCOPES[1];
}
