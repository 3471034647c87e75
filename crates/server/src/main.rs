//! The binary `signet`; everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::main()
}
