#![allow(unused_variables, missing_docs)]
//! Changing a channel.
