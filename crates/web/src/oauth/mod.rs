//! The protocol's endpoints.

pub(crate) mod authorize;
pub(crate) mod discovery;
pub(crate) mod jwks;
pub(crate) mod logout;
pub(crate) mod token;
pub(crate) mod userinfo;
