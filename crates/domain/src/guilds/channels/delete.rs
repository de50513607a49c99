#![allow(unused_variables, missing_docs)]
//! Deleting a channel.
