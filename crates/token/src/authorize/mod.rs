//! The authorization endpoint: from raw parameters to a code, or to a question for the person.

pub mod interaction;
pub mod request;
