//! Who is in a thread.

use crate::access::{self, GuildPlace};
use crate::audience::{Hearers, tell};
use crate::guilds::local;
use crate::guilds::members::may_list;
use crate::{Actor, FormErrors, Refusal, Result, World};
use model::event::{Event, GuildAudience, GuildFilter, MemberView, ThreadMember};
use model::guild::GuildChannelKind;
use model::{ChannelId, Permissions, UserId, limits};
use ports::directory::guilds::Added;
use std::sync::Arc;

/// Comes in.
///
/// # Errors
/// 10003; 50083; 30033; 50003 in a private channel; 50024 for what is no thread.
pub async fn join(world: &World, actor: &Actor, thread: ChannelId) -> Result<()> {
    let reader = access::reader(world, actor, thread).await?;
    let place = thread_of(reader.in_guild()?)?;
    super::awake(place)?;
    come_in(world, place, actor.user()).await.map(drop)
}

/// Adds another member of the guild who may view the parent.
///
/// # Errors
/// 10003; 50083; 50013 without SEND_MESSAGES_IN_THREADS or if the thread is not invitable; 10007; 30033.
pub async fn add(world: &World, actor: &Actor, thread: ChannelId, user: UserId) -> Result<()> {
    let reader = access::reader(world, actor, thread).await?;
    let place = thread_of(reader.in_guild()?)?;
    super::awake(place)?;
    // In threads SEND_MESSAGES follows from SEND_MESSAGES_IN_THREADS.
    reader.holding(Permissions::SEND_MESSAGES)?;
    let details = place.channel().thread.as_ref().ok_or(Refusal::WrongChannelType)?;
    let closed = place.channel().kind == GuildChannelKind::PrivateThread && !details.invitable;
    if closed && details.owner != actor.user() {
        reader.holding(Permissions::MANAGE_THREADS)?;
    }
    let member = place.member();
    let found = world.ports.directory.members_of(member.guild(), &[user]).await?;
    let found = found.into_iter().next().ok_or(Refusal::UnknownMember)?;
    let permissions = access::permissions_in(member.state(), place.channel(), &found, member.now());
    if !permissions.contains(Permissions::VIEW_CHANNEL) {
        return Err(Refusal::UnknownMember.into());
    }
    if come_in(world, place, user).await? && place.participants().is_some() {
        // To whom it was hidden so far, it appears.
        let event = Event::ThreadCreate { thread: Box::new(place.channel().clone()), newly: false };
        tell(world, &[user], event);
    }
    Ok(())
}

/// Leaves.
///
/// # Errors
/// 10003; 50083.
pub async fn leave(world: &World, actor: &Actor, thread: ChannelId) -> Result<()> {
    let reader = access::reader(world, actor, thread).await?;
    let place = thread_of(reader.in_guild()?)?;
    super::awake(place)?;
    let stays = place.holds(Permissions::MANAGE_THREADS);
    go_out(world, place, actor.user(), stays).await.map(drop)
}

/// Takes another out: MANAGE_THREADS, or the owner of a private thread.
///
/// # Errors
/// 10003; 50083; 50013; 10007.
pub async fn remove(world: &World, actor: &Actor, thread: ChannelId, user: UserId) -> Result<()> {
    if user == actor.user() {
        return leave(world, actor, thread).await;
    }
    let reader = access::reader(world, actor, thread).await?;
    let place = thread_of(reader.in_guild()?)?;
    super::awake(place)?;
    let owner = place.channel().thread.as_ref().is_some_and(|thread| thread.owner == actor.user());
    if !(owner && place.participants().is_some()) {
        reader.holding(Permissions::MANAGE_THREADS)?;
    }
    let member = place.member();
    let found = world.ports.directory.members_of(member.guild(), &[user]).await?;
    let stays = found.first().is_some_and(|found| {
        access::permissions_in(member.state(), place.channel(), found, member.now())
            .contains(Permissions::MANAGE_THREADS)
    });
    if go_out(world, place, user, stays).await? { Ok(()) } else { Err(Refusal::UnknownMember.into()) }
}

/// One member of a thread.
///
/// # Errors
/// 10003; 10007.
pub async fn member(
    world: &World,
    actor: &Actor,
    thread: ChannelId,
    user: UserId,
) -> Result<(ThreadMember, MemberView)> {
    let reader = access::reader(world, actor, thread).await?;
    let place = thread_of(reader.in_guild()?)?;
    let found = find(world, thread, user).await?.ok_or(Refusal::UnknownMember)?;
    views(world, place, vec![found]).await?.pop().ok_or_else(|| Refusal::UnknownMember.into())
}

/// Members of a thread by id.
///
/// # Errors
/// 10003; 50001 for bots without the members intent; a form error for a limit outside 1 to 100.
pub async fn members(
    world: &World,
    actor: &Actor,
    thread: ChannelId,
    after: Option<UserId>,
    limit: usize,
) -> Result<Vec<(ThreadMember, MemberView)>> {
    if !(1..=100).contains(&limit) {
        return Err(
            FormErrors::one("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.").into()
        );
    }
    let reader = access::reader(world, actor, thread).await?;
    let place = thread_of(reader.in_guild()?)?;
    may_list(world, actor).await?;
    let found = world.ports.directory.thread_members(thread, after, limit).await?;
    views(world, place, found).await
}

fn thread_of(place: &GuildPlace) -> Result<&GuildPlace> {
    if place.channel().kind.is_thread() { Ok(place) } else { Err(Refusal::WrongChannelType.into()) }
}

/// A user's membership of a thread.
pub(crate) async fn find(world: &World, thread: ChannelId, user: UserId) -> Result<Option<ThreadMember>> {
    let before = UserId::new(user.get().saturating_sub(1));
    let found = world.ports.directory.thread_members(thread, before, 1).await?;
    Ok(found.into_iter().find(|member| member.user == user))
}

async fn views(
    world: &World,
    place: &GuildPlace,
    found: Vec<ThreadMember>,
) -> Result<Vec<(ThreadMember, MemberView)>> {
    let users: Vec<UserId> = found.iter().map(|member| member.user).collect();
    let views = local::members_named(world, place.guild(), &users).await?;
    let with_view = |member: ThreadMember| {
        views.iter().find(|view| view.member.user == member.user).cloned().map(|view| (member, view))
    };
    Ok(found.into_iter().filter_map(with_view).collect())
}

/// Puts a user into a thread and tells those who see it; whether it was not in it before.
pub(super) async fn come_in(world: &World, place: &GuildPlace, user: UserId) -> Result<bool> {
    let thread = place.channel();
    if find(world, thread.id, user).await?.is_some() {
        return Ok(false);
    }
    let joined = ThreadMember { user, joined: world.ports.clock.now() };
    let hearers = with(place, |users| users.push(user));
    let _announced = hearers.announce(world).await;
    let count = match world.ports.directory.join_thread(thread.id, &joined, limits::THREAD_MEMBERS).await? {
        Added::Added(added) => added.value,
        Added::TooMany => return Err(Refusal::TooManyThreadMembers.into()),
        Added::Absent => return Err(Refusal::UnknownChannel.into()),
    };
    let added = views(world, place, vec![joined]).await?;
    let (thread, guild) = (thread.id, place.guild());
    hearers.tell(world, Event::ThreadMembersUpdate { thread, guild, count, added, removed: Vec::new() });
    Ok(true)
}

/// Takes a user out of a thread and tells those who see it; whether it was in it. Who does not see it any more (`stays`
/// says otherwise) is told that it is gone.
async fn go_out(world: &World, place: &GuildPlace, user: UserId, stays: bool) -> Result<bool> {
    let thread = place.channel();
    let hearers = place.hearers();
    let _announced = hearers.announce(world).await;
    let Some(count) = world.ports.directory.leave_thread(thread.id, user).await? else { return Ok(false) };
    let (id, guild, removed) = (thread.id, place.guild(), vec![user]);
    hearers.tell(world, Event::ThreadMembersUpdate { thread: id, guild, count, added: Vec::new(), removed });
    if place.participants().is_some() && !stays {
        tell(world, &[user], Event::ThreadDelete(Box::new(thread.clone())));
    }
    Ok(true)
}

/// Who hears of a thread whose members become others.
fn with(place: &GuildPlace, change: impl FnOnce(&mut Vec<UserId>)) -> Hearers {
    let participants: Option<Arc<[UserId]>> = place.participants().map(|users| {
        let mut users = users.to_vec();
        change(&mut users);
        users.into()
    });
    let audience: GuildAudience = access::audience(place.channel(), place.member().versions(), participants);
    debug_assert!(!matches!(audience.filter, GuildFilter::Everyone));
    Hearers::of_guild(audience, place.channel())
}
