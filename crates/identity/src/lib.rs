//! Who a person is: users, groups, passwords and how often somebody may guess.
//!
//! Knows nothing of OAuth, HTTP or SQL. Storage is asked through the ports in [`ports`].

pub mod group;
pub mod hasher;
pub mod inbox;
pub mod login_key;
pub mod notice;
pub mod own_language;
pub mod password;
pub mod ports;
pub mod profile;
pub mod recovery;
pub mod sign_in;
pub mod user;
pub mod validate;

pub use group::Group;
pub use hasher::{Hasher, HasherSize, Overloaded};
pub use login_key::LoginKey;
pub use password::{Password, PasswordPolicy};
pub use ports::{Groups, Throttle, Users};
pub use profile::Profile;
pub use recovery::{PasswordReset, PasswordResets};
pub use user::{PasswordHash, User, UserState};
