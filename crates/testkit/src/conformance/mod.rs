//! The contract of every port, one function a sentence. Each takes a fresh engine; a panic is how a contract fails.

pub mod directory;
