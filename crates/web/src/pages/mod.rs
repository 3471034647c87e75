//! The pages people meet between an app and its answer.

pub(crate) mod caught_mail;
pub(crate) mod consent;
pub(crate) mod home;
pub(crate) mod interaction;
pub(crate) mod login;
