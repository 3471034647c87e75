//! More people and requests than there is room for: what is kept stays bounded, and who needs no password waits for none.

mod abandoned;
mod crowds;
mod hashing;
mod inputs;
mod traces;
