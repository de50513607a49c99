#![allow(unused_variables, missing_docs)]
//! Archiving threads in which nothing was said for long.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;

/// How far the job came.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sweep {
    /// The last thread that was looked at; `None`: the next part begins at the beginning.
    pub after: Option<ChannelId>,
}

/// Looks at the next threads, up to 500, and archives those that were silent for as long as they say. To be called about
/// once a minute, on any number of nodes.
///
/// # Errors
/// Store errors only.
pub async fn archive(world: &World, sweep: &mut Sweep) -> Result<usize> { crate::error::unfinished() }