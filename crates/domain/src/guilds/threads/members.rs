#![allow(unused_variables, missing_docs)]
//! Who is in a thread.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::event::{MemberView, ThreadMember};

/// Comes in.
///
/// # Errors
/// 10003; 50083; 30033; 50024 for what is no thread.
pub async fn join(world: &World, actor: &Actor, thread: ChannelId) -> Result<()> { crate::error::unfinished() }

/// Adds another member of the guild who may view the parent.
///
/// # Errors
/// 10003; 50083; 50013 without SEND_MESSAGES_IN_THREADS or if the thread is not invitable; 10007; 30033.
pub async fn add(world: &World, actor: &Actor, thread: ChannelId, user: UserId) -> Result<()> { crate::error::unfinished() }

/// Leaves.
///
/// # Errors
/// 10003; 50083.
pub async fn leave(world: &World, actor: &Actor, thread: ChannelId) -> Result<()> { crate::error::unfinished() }

/// Takes another out: MANAGE_THREADS, or the owner of a private thread.
///
/// # Errors
/// 10003; 50083; 50013; 10007.
pub async fn remove(world: &World, actor: &Actor, thread: ChannelId, user: UserId) -> Result<()> { crate::error::unfinished() }

/// One member of a thread.
///
/// # Errors
/// 10003; 10007.
pub async fn member(
    world: &World,
    actor: &Actor,
    thread: ChannelId,
    user: UserId,
) -> Result<(ThreadMember, MemberView)> { crate::error::unfinished() }

/// Members of a thread by id.
///
/// # Errors
/// 10003; a form error for a limit outside 1 to 100.
pub async fn members(
    world: &World,
    actor: &Actor,
    thread: ChannelId,
    after: Option<UserId>,
    limit: usize,
) -> Result<Vec<(ThreadMember, MemberView)>> { crate::error::unfinished() }