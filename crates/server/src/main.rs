//! The `guildhall` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    guildhall::cli::main()
}
