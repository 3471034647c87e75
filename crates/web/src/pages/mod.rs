//! The pages people meet: between an app and its answer, and around their own account.

pub(crate) mod account;
pub(crate) mod caught_mail;
pub(crate) mod choose;
pub(crate) mod consent;
pub(crate) mod home;
pub(crate) mod interaction;
pub(crate) mod language;
pub(crate) mod login;
pub(crate) mod reset;
