//! A client comes into a voice channel, moves, changes what it shows, or leaves.

use super::tell::{tell_ended, tell_there};
use crate::access::{self, GuildMember};
use crate::guilds::local::member_views;
use crate::{Actor, Error, Refusal, Result, World};
use model::event::MemberView;
use model::guild::{GuildChannel, GuildChannelKind};
use model::voice::{VoiceFlags, VoiceState};
use model::{ChannelId, GuildId, Permissions};
use ports::voice::{Entered, Which};

/// What a client wants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// In which guild; without one it leaves wherever its session is.
    pub guild: Option<GuildId>,
    /// Where it wants to be; `None` to leave.
    pub channel: Option<ChannelId>,
    /// What it shows of itself.
    pub flags: VoiceFlags,
}

/// Where a member is in voice, for one who is told nothing else.
#[derive(Debug, Clone)]
pub struct Place {
    /// In which guild.
    pub guild: GuildId,
    /// Where; `None` if nowhere.
    pub state: Option<VoiceState>,
    /// Who.
    pub member: MemberView,
}

/// Does it for a session, and tells. Where nothing came of it, the answer says where the user is as it was; `None` also for
/// guilds that it is not in.
///
/// Joining needs a voice channel, VIEW_CHANNEL and CONNECT, and room unless MOVE_MEMBERS.
///
/// # Errors
/// Store errors only.
pub async fn update(world: &World, actor: &Actor, session: &str, asked: Asked) -> Result<Option<Place>> {
    let Some(channel) = asked.channel else {
        return leave(world, actor, session, asked.guild).await;
    };
    // A channel without a guild is a private call; there are none.
    let Some(guild) = asked.guild else { return Ok(None) };
    let Some(me) = member(world, actor, guild).await? else { return Ok(None) };
    let Some(channel) = me.state().channel(channel).filter(|channel| may_join(&me, channel)).cloned() else {
        return place(world, &me).await.map(Some);
    };
    if show(world, &me, session, &channel, asked.flags).await? {
        return Ok(None);
    }
    join(world, &me, session, &channel, asked.flags).await
}

async fn member(world: &World, actor: &Actor, guild: GuildId) -> Result<Option<GuildMember>> {
    match access::member(world, actor, guild).await {
        Ok(me) => Ok(Some(me)),
        Err(Error::Refused(Refusal::UnknownGuild)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn may_join(me: &GuildMember, channel: &GuildChannel) -> bool {
    let needed = Permissions::VIEW_CHANNEL | Permissions::CONNECT;
    channel.kind.is_voice() && me.permissions_in(channel).contains(needed)
}

/// Where the actor is in this guild.
async fn place(world: &World, me: &GuildMember) -> Result<Place> {
    let (guild, user) = (me.guild(), me.actor().user());
    let states = world.ports.voice.of_user(user).await?;
    let state = states.into_iter().find(|state| state.guild == guild);
    Ok(Place { guild, state, member: view(world, me).await? })
}

async fn view(world: &World, me: &GuildMember) -> Result<MemberView> {
    let views = member_views(world, vec![me.member().clone()]).await?;
    views.into_iter().next().ok_or_else(|| Refusal::UnknownGuild.into())
}

async fn leave(world: &World, actor: &Actor, session: &str, guild: Option<GuildId>) -> Result<Option<Place>> {
    // Its own alone: clients say at their start that they are nowhere, while another one may be in a channel.
    let which = Which { guild, channel: None, session: Some(session) };
    let ended = world.ports.voice.end(actor.user(), which).await?;
    if !ended.is_empty() {
        tell_ended(world, &ended).await?;
        return Ok(None);
    }
    let Some(guild) = guild else { return Ok(None) };
    let Some(me) = member(world, actor, guild).await? else { return Ok(None) };
    place(world, &me).await.map(Some)
}

/// Changes what a session shows that is in the channel already; false if it is not.
async fn show(
    world: &World,
    me: &GuildMember,
    session: &str,
    channel: &GuildChannel,
    flags: VoiceFlags,
) -> Result<bool> {
    let (guild, user, here) = (me.guild(), me.actor().user(), channel.id);
    let states = world.ports.voice.of_user(user).await?;
    let is_in =
        |state: &VoiceState| state.guild == guild && state.channel == here && state.session == session;
    if !states.iter().any(is_in) {
        return Ok(false);
    }
    let own = session.to_owned();
    let edit = move |state: &mut VoiceState| {
        if state.session == own {
            state.show(flags);
        }
    };
    let Some((before, after)) = world.ports.voice.change(user, guild, Box::new(edit)).await? else {
        return Ok(false);
    };
    if !is_in(&after) {
        // Somebody moved it meanwhile, and what it wants is to be here.
        return Ok(false);
    }
    if before != after {
        tell_there(world, me.versions(), None, &after, Some(&view(world, me).await?));
    }
    Ok(true)
}

async fn join(
    world: &World,
    me: &GuildMember,
    session: &str,
    channel: &GuildChannel,
    flags: VoiceFlags,
) -> Result<Option<Place>> {
    let actor = me.actor();
    let mut state = VoiceState {
        user: actor.user(),
        guild: me.guild(),
        channel: channel.id,
        session: session.to_owned(),
        bot: actor.is_bot(),
        self_mute: false,
        self_deaf: false,
        self_video: false,
        // Who comes to a stage listens.
        suppress: channel.kind == GuildChannelKind::Stage,
        asks_since: None,
    };
    state.show(flags);
    let limited = channel.user_limit > 0 && !me.permissions_in(channel).contains(Permissions::MOVE_MEMBERS);
    let most = limited.then_some(channel.user_limit);
    let Entered::Entered { before, left } = world.ports.voice.enter(state.clone(), most).await? else {
        return place(world, me).await.map(Some);
    };
    tell_ended(world, &left).await?;
    // Once more, now that whoever removes the member or the channel would find it there.
    let still = member(world, actor, state.guild).await?;
    let Some(me) = still.filter(|me| me.state().channel(channel.id).is_some()) else {
        let which = Which { guild: Some(state.guild), channel: Some(channel.id), session: Some(session) };
        let ended = world.ports.voice.end(actor.user(), which).await?;
        tell_ended(world, &before.into_iter().chain(ended).collect::<Vec<_>>()).await?;
        return Ok(None);
    };
    let before = before.map(|before| before.channel);
    tell_there(world, me.versions(), before, &state, Some(&view(world, &me).await?));
    Ok(None)
}
