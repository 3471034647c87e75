//! The authorization endpoint: from raw parameters to a code, or to a question for the person.

pub mod checks;
pub mod decide;
pub mod hub;
pub mod interaction;
pub mod issue;
pub mod request;

pub use checks::{PageFault, Refusal};
pub use decide::{Consented, LoginReason};
pub use hub::{Step, Visitor};
pub use interaction::{Interaction, Pending};
pub use request::{AuthorizationRequest, Prompt};
