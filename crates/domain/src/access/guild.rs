//! Rights in guilds.

use super::places;
use crate::audience::{Hearers, Stage};
use crate::{Actor, Refusal, Result, World};
use model::event::{GuildAudience, GuildFilter};
use model::guild::{GuildAuthority, GuildChannel, GuildChannelKind, GuildState, Member, Role, Versions};
use model::permissions::{self, Rank};
use model::{ChannelId, GuildId, Permissions, Timestamp, UserId, limits};
use std::sync::Arc;

/// Proof that the actor is a member of a guild.
#[derive(Debug, Clone)]
pub struct GuildMember {
    actor: Actor,
    authority: Arc<Authority>,
}

#[derive(Debug)]
struct Authority {
    state: Arc<GuildState>,
    member: Member,
    versions: Versions,
    permissions: Permissions,
    now: Timestamp,
}

/// Proof that the actor has the permissions that were asked for, in a guild or in one of its channels.
#[derive(Debug, Clone)]
pub struct Holder {
    member: GuildMember,
}

/// A guild's channel or thread that the actor may see.
#[derive(Debug, Clone)]
pub struct GuildPlace {
    member: GuildMember,
    channel: GuildChannel,
    permissions: Permissions,
    /// Of a private thread.
    participants: Option<Arc<[UserId]>>,
}

/// The actor as a member of this guild.
///
/// # Errors
/// 10004, also for a guild that exists without the actor: the answers are the same.
pub async fn member(world: &World, actor: &Actor, guild: GuildId) -> Result<GuildMember> {
    found(world, actor, guild).await?.ok_or_else(|| Refusal::UnknownGuild.into())
}

/// The actor as a member who has all of these permissions in the guild.
///
/// # Errors
/// 10004 as for [`member`]; 50013.
pub async fn holding(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    permissions: Permissions,
) -> Result<Holder> {
    member(world, actor, guild).await?.holding(permissions)
}

async fn found(world: &World, actor: &Actor, guild: GuildId) -> Result<Option<GuildMember>> {
    let authority = world.ports.directory.guild_authority(guild, actor.user()).await?;
    let Some(GuildAuthority { state, member: Some(member), versions }) = authority else { return Ok(None) };
    let now = world.ports.clock.now();
    let permissions = permissions::in_guild(&state, (&member).into(), now);
    let authority = Arc::new(Authority { state, member, versions, permissions, now });
    Ok(Some(GuildMember { actor: *actor, authority }))
}

/// The channel as the actor sees it; `None` if it does not.
pub(super) async fn place(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    channel: ChannelId,
) -> Result<Option<GuildPlace>> {
    let Some(member) = found(world, actor, guild).await? else { return Ok(None) };
    let Some(channel) = channel_of(world, member.state(), channel).await? else { return Ok(None) };
    let permissions = member.permissions_in(&channel);
    if !permissions.contains(Permissions::VIEW_CHANNEL) {
        return Ok(None);
    }
    let participants = participants(world, &channel).await?;
    if let Some(participants) = &participants
        && !permissions.contains(Permissions::MANAGE_THREADS)
        && !participants.contains(&actor.user())
    {
        return Ok(None);
    }
    Ok(Some(GuildPlace { member, channel, permissions, participants }))
}

/// A channel of a guild, or a thread of it, archived or not.
pub(crate) async fn channel_of(
    world: &World,
    state: &GuildState,
    channel: ChannelId,
) -> Result<Option<GuildChannel>> {
    if let Some(found) = state.channel(channel) {
        return Ok(Some(found.clone()));
    }
    let thread = world.ports.directory.thread(channel).await?;
    Ok(thread.filter(|thread| {
        thread.guild == state.guild.id && thread.parent.is_some_and(|parent| state.channel(parent).is_some())
    }))
}

/// Who is in a private thread; `None` for every other channel.
pub(crate) async fn participants(world: &World, channel: &GuildChannel) -> Result<Option<Arc<[UserId]>>> {
    if channel.kind != GuildChannelKind::PrivateThread {
        return Ok(None);
    }
    let members = world.ports.directory.thread_members(channel.id, None, limits::THREAD_MEMBERS).await?;
    Ok(Some(members.into_iter().map(|member| member.user).collect()))
}

impl GuildMember {
    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The guild.
    pub fn guild(&self) -> GuildId {
        self.authority.state.guild.id
    }

    /// All of it but its members.
    pub fn state(&self) -> &Arc<GuildState> {
        &self.authority.state
    }

    /// The actor's membership.
    pub fn member(&self) -> &Member {
        &self.authority.member
    }

    /// The versions of what is known here.
    pub fn versions(&self) -> Versions {
        self.authority.versions
    }

    /// When the proof was made.
    pub fn now(&self) -> Timestamp {
        self.authority.now
    }

    /// What the actor may do in the guild.
    pub fn permissions(&self) -> Permissions {
        self.authority.permissions
    }

    /// What the actor may do in a channel or thread of the guild.
    pub fn permissions_in(&self, channel: &GuildChannel) -> Permissions {
        permissions_in(self.state(), channel, self.member(), self.now())
    }

    /// Whether the actor has all of these permissions.
    pub fn holds(&self, permissions: Permissions) -> bool {
        self.permissions().contains(permissions)
    }

    /// That the actor has all of these permissions.
    ///
    /// # Errors
    /// 50013.
    pub fn holding(self, permissions: Permissions) -> Result<Holder> {
        if self.holds(permissions) {
            Ok(Holder { member: self })
        } else {
            Err(Refusal::MissingPermissions.into())
        }
    }

    /// That the actor has any of these permissions.
    ///
    /// # Errors
    /// 50013.
    pub fn holding_any(self, permissions: Permissions) -> Result<Holder> {
        if self.permissions().intersects(permissions) {
            Ok(Holder { member: self })
        } else {
            Err(Refusal::MissingPermissions.into())
        }
    }

    /// That the actor owns the guild.
    ///
    /// # Errors
    /// 50013.
    pub fn owner(self) -> Result<Holder> {
        if self.is_owner() { Ok(Holder { member: self }) } else { Err(Refusal::MissingPermissions.into()) }
    }

    /// Whether the actor owns the guild.
    pub fn is_owner(&self) -> bool {
        self.state().guild.owner == self.actor.user()
    }

    /// How high the actor stands.
    pub fn rank(&self) -> Rank {
        Rank::of(self.state(), self.member().into())
    }
}

impl Holder {
    pub(super) fn made_of(member: GuildMember) -> Self {
        Self { member }
    }

    /// The membership that it was made of.
    pub fn member(&self) -> &GuildMember {
        &self.member
    }

    /// The guild.
    pub fn guild(&self) -> GuildId {
        self.member.guild()
    }

    /// All of it but its members.
    pub fn state(&self) -> &Arc<GuildState> {
        self.member.state()
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        self.member.actor()
    }

    /// That the actor stands above a member.
    ///
    /// # Errors
    /// 50013; always for the owner and for oneself.
    pub fn above_member(&self, other: &Member) -> Result<()> {
        let state = self.state();
        if self.member.rank().is_above(Rank::of(state, other.into())) {
            Ok(())
        } else {
            Err(Refusal::MissingPermissions.into())
        }
    }

    /// That the actor stands above a role.
    ///
    /// # Errors
    /// 50013.
    pub fn above_role(&self, role: &Role) -> Result<()> {
        if self.member.rank().is_above(Rank::of_role(role)) {
            Ok(())
        } else {
            Err(Refusal::MissingPermissions.into())
        }
    }
}

impl GuildPlace {
    /// The actor's membership.
    pub fn member(&self) -> &GuildMember {
        &self.member
    }

    /// The channel or thread.
    pub fn channel(&self) -> &GuildChannel {
        &self.channel
    }

    /// The guild.
    pub fn guild(&self) -> GuildId {
        self.member.guild()
    }

    /// What the actor may do here.
    pub fn permissions(&self) -> Permissions {
        self.permissions
    }

    /// Whether the actor has all of these permissions here.
    pub fn holds(&self, permissions: Permissions) -> bool {
        self.permissions.contains(permissions)
    }

    /// Who is in it, if it is a private thread.
    pub fn participants(&self) -> Option<&Arc<[UserId]>> {
        self.participants.as_ref()
    }

    /// Who hears of what happens here.
    pub(crate) fn hearers(&self) -> Hearers {
        let audience = audience(&self.channel, self.member.versions(), self.participants.clone());
        let sight = Some(permissions::sight(self.member.state(), &self.channel));
        Hearers::of_guild(GuildAudience { sight, ..audience }, self.channel())
    }

    /// Where messages are told.
    pub(crate) fn stage(&self) -> Stage {
        Stage::of_guild(&self.channel, self.hearers())
    }

    pub(super) fn may_write(&self) -> Result<()> {
        if !self.channel.kind.has_messages() {
            return Err(Refusal::WrongChannelType.into());
        }
        if !self.holds(Permissions::SEND_MESSAGES) {
            return Err(Refusal::MissingPermissions.into());
        }
        let locked = self.channel.thread.as_ref().is_some_and(|thread| thread.locked);
        if locked && !self.holds(Permissions::MANAGE_THREADS) {
            return Err(Refusal::ThreadArchived.into());
        }
        Ok(())
    }
}

/// What a member may do in a channel or thread of its guild, private threads as if it were in them.
pub(crate) fn permissions_in(
    state: &GuildState,
    channel: &GuildChannel,
    member: &Member,
    now: Timestamp,
) -> Permissions {
    if channel.kind.is_thread() {
        let parent = channel.parent.and_then(|parent| state.channel(parent));
        return parent
            .map_or(Permissions::NONE, |parent| permissions::in_thread(state, parent, member.into(), now));
    }
    permissions::in_channel(state, channel, member.into(), now)
}

/// Who hears of what happens in a channel or thread.
pub(crate) fn audience(
    channel: &GuildChannel,
    versions: Versions,
    participants: Option<Arc<[UserId]>>,
) -> GuildAudience {
    let parent = channel.parent.filter(|_| channel.kind.is_thread());
    let filter = match (parent, participants) {
        (Some(parent), Some(members)) => GuildFilter::PrivateThread { parent, members },
        (Some(parent), None) => GuildFilter::Channel(parent),
        (None, _) => GuildFilter::Channel(channel.id),
    };
    GuildAudience { guild: channel.guild, versions, filter, sight: None }
}

/// The guild of a channel; `None` for what is no guild's channel.
pub(crate) async fn guild_of(world: &World, channel: ChannelId) -> Result<Option<GuildId>> {
    places::guild_of(world, channel).await
}
