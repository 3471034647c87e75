//! The binary `signet`; everything it does is in the library.

fn main() {}
