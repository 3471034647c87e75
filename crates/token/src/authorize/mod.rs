//! The authorization endpoint: from raw parameters to a code, or to a question for the person.

pub mod account;
pub mod checks;
pub mod chooser;
pub mod claims_request;
pub mod decide;
pub mod hub;
pub mod interaction;
pub mod issue;
pub mod prompt;
pub mod request;
#[cfg(test)]
pub(crate) mod scene;

pub use account::{Choice, Meant};
pub use checks::{PageFault, Refusal};
pub use claims_request::{ClaimWish, ClaimsRequest};
pub use decide::{Consented, LoginReason};
pub use hub::{Step, Visitor};
pub use interaction::{Destination, Interaction, Pending};
pub use prompt::Prompt;
pub use request::AuthorizationRequest;
