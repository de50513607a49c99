//! What a new gateway session starts with.

use crate::accounts::lookup::Users;
use crate::accounts::sessions::id_hash;
use crate::guilds::visible;
use crate::{Actor, Error, Result, World, channels, relationships};
use model::application::Application;
use model::channel::PrivateChannelView;
use model::guild::Member;
use model::presence::{Presence, SessionPresence};
use model::read_state::{ReadMark, ReadState};
use model::relationship::{Relationship, RelationshipKind};
use model::settings::{GuildSettings, Settings};
use model::user::{Account, User};
use model::{ChannelId, GuildId, MessageId, UserId, limits};
use ports::messages::Called;
use std::collections::{HashMap, HashSet};

/// The state that READY carries. For bots the lists are empty (protocol A.11).
#[derive(Debug, Clone)]
pub struct Ready {
    /// The own account.
    pub account: Account,
    /// The bot's application; `None` for people.
    pub bot: Option<Application>,
    /// Settings.
    pub settings: Settings,
    /// What one is told of in these guilds and in private channels, where it was ever changed.
    pub guild_settings: Vec<GuildSettings>,
    /// Friends, requests and blocks.
    pub relationships: Vec<(Relationship, User)>,
    /// Private channels in the own list.
    pub channels: Vec<PrivateChannelView>,
    /// The guilds that one is in, by id; what a session is shown of each is in [`crate::guilds::local`].
    pub guilds: Vec<(GuildId, Member)>,
    /// How far they are read: private channels, and those of guilds in which something is unread or was read.
    pub read_states: Vec<ReadState>,
    /// Friends and own bots who are online.
    pub presences: Vec<(Presence, User)>,
    /// The own sessions.
    pub sessions: Vec<SessionPresence>,
    /// The name of this device.
    pub auth_session_id_hash: String,
}

/// Gathers it.
///
/// # Errors
/// `Unauthorized` if the account is gone.
pub async fn ready(world: &World, actor: &Actor) -> Result<Ready> {
    let directory = &world.ports.directory;
    let account = directory.account(actor.user()).await?.ok_or(Error::Unauthorized)?;
    let auth_session_id_hash = id_hash(actor.device());
    let guilds = directory.memberships(actor.user()).await?;
    if actor.is_bot() {
        let bot = directory.application(actor.user().application()).await?.ok_or(Error::Unauthorized)?;
        return Ok(Ready {
            account,
            bot: Some(bot),
            settings: Settings::default(),
            guild_settings: Vec::new(),
            relationships: Vec::new(),
            channels: Vec::new(),
            guilds,
            read_states: Vec::new(),
            presences: Vec::new(),
            sessions: Vec::new(),
            auth_session_id_hash,
        });
    }
    let settings = directory.settings(actor.user()).await?;
    let mut guild_settings = directory.guild_settings(actor.user()).await?;
    let is_in: HashSet<GuildId> = guilds.iter().map(|(guild, _)| *guild).collect();
    guild_settings.retain(|settings| settings.guild.is_none_or(|guild| is_in.contains(&guild)));
    let relationships = relationships::list(world, actor).await?;
    let channels = channels::list(world, actor).await?;
    let read_states = read_states(world, actor.user(), &channels, &guilds).await?;
    let presences = presences(world, actor.user(), &relationships, &channels).await?;
    let sessions = world.ports.presence.sessions(actor.user()).await?;
    Ok(Ready {
        account,
        bot: None,
        settings,
        guild_settings,
        relationships,
        channels,
        guilds,
        read_states,
        presences,
        sessions,
        auth_session_id_hash,
    })
}

async fn read_states(
    world: &World,
    user: UserId,
    channels: &[PrivateChannelView],
    guilds: &[(GuildId, Member)],
) -> Result<Vec<ReadState>> {
    let messages = &world.ports.messages;
    let marks: HashMap<ChannelId, ReadMark> =
        messages.read_marks(user).await?.into_iter().map(|mark| (mark.channel, mark)).collect();
    let mut states = Vec::with_capacity(channels.len());
    for view in channels {
        let channel = view.channel.id;
        let message = marks.get(&channel).map(|mark| mark.message);
        let mentions = match (view.last_message, message) {
            (None, _) => 0,
            (Some(last), Some(read)) if last <= read => 0,
            (Some(_), read) => messages.unread(channel, user, read, limits::UNREAD).await?,
        };
        states.push(ReadState { channel, message, mentions });
    }
    for (guild, member) in guilds {
        read_states_of(world, *guild, member, &marks, &mut states).await?;
    }
    Ok(states)
}

/// How many of the newest messages of a channel are looked at for what calls for somebody.
const CALLS_LOOKED_AT: u32 = 200;

/// Marks of the channels of a guild that its member may view. What calls for it is counted only where something is unread;
/// a channel that was never read counts from when the member came.
async fn read_states_of(
    world: &World,
    guild: GuildId,
    member: &Member,
    marks: &HashMap<ChannelId, ReadMark>,
    states: &mut Vec<ReadState>,
) -> Result<()> {
    let Some(state) = world.ports.directory.guild_state(guild).await? else { return Ok(()) };
    let messages = &world.ports.messages;
    let joined = visible::joined(world, &state, member.user).await?;
    let now = world.ports.clock.now();
    let seen: Vec<ChannelId> =
        visible::of_guild(&state, member, &joined, now).map(|channel| channel.id).collect();
    let heads: HashMap<ChannelId, MessageId> = messages
        .heads(&seen)
        .await?
        .into_iter()
        .filter_map(|head| Some((head.channel, head.last_message?)))
        .collect();
    let came = MessageId::new(model::snowflake::at_ms(member.joined.millis()));
    let called = Called { user: member.user, roles: member.roles.clone() };
    for channel in seen {
        let message = marks.get(&channel).map(|mark| mark.message).or(came);
        let unread = heads.get(&channel).is_some_and(|last| message.is_none_or(|read| *last > read));
        let mentions =
            if unread { messages.calls(channel, &called, message, CALLS_LOOKED_AT).await? } else { 0 };
        states.push(ReadState { channel, message, mentions });
    }
    Ok(())
}

async fn presences(
    world: &World,
    me: UserId,
    relationships: &[(Relationship, User)],
    channels: &[PrivateChannelView],
) -> Result<Vec<(Presence, User)>> {
    let friends = relationships
        .iter()
        .filter(|(row, _)| row.kind == RelationshipKind::Friend)
        .map(|(row, _)| row.other);
    let bots = channels
        .iter()
        .flat_map(|view| &view.recipients)
        .filter(|user| user.bot_owner == Some(me))
        .map(|user| user.id);
    let ids: HashSet<UserId> = friends.chain(bots).collect();
    let ids: Vec<UserId> = ids.into_iter().collect();
    let presences = world.ports.presence.merged(&ids).await?;
    let users = Users::load(world, presences.iter().map(|presence| presence.user)).await?;
    Ok(presences
        .into_iter()
        .map(|presence| {
            let user = users.get(presence.user);
            (presence, user)
        })
        .collect())
}

/// The channels, private and of guilds, that the actor may hear of now: what a resuming session's buffer is filtered by.
///
/// # Errors
/// Store errors only.
pub async fn visible_channels(world: &World, actor: &Actor) -> Result<HashSet<ChannelId>> {
    let mut channels: HashSet<ChannelId> =
        world.ports.directory.private_memberships(actor.user()).await?.into_iter().collect();
    channels.extend(visible::channels(world, actor.user()).await?);
    Ok(channels)
}
