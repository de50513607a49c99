//! A guild as a bot keeps it in memory: made by GUILD_CREATE, and changed by every event that tells of a change. That it is
//! right in the end shows that no event lacked and none said too much.

use std::collections::{BTreeMap, BTreeSet};
use twilight_model::gateway::event::DispatchEvent;
use twilight_model::gateway::payload::incoming::GuildCreate;
use twilight_model::guild::Guild;
use twilight_model::id::Id;
use twilight_model::id::marker::{
    ChannelMarker, EmojiMarker, GuildMarker, MessageMarker, RoleMarker, UserMarker,
};

/// The nickname and the roles of a member.
type Names = (Option<String>, Vec<Id<RoleMarker>>);

/// What is known of the guild.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) guild: Option<Id<GuildMarker>>,
    pub(crate) name: String,
    /// Names of channels, and their topics.
    pub(crate) channels: BTreeMap<Id<ChannelMarker>, (String, Option<String>)>,
    /// Names of threads that are not archived.
    pub(crate) threads: BTreeMap<Id<ChannelMarker>, String>,
    pub(crate) roles: BTreeMap<Id<RoleMarker>, String>,
    pub(crate) emojis: BTreeMap<Id<EmojiMarker>, String>,
    pub(crate) members: BTreeMap<Id<UserMarker>, Names>,
    pub(crate) bans: BTreeSet<Id<UserMarker>>,
    pub(crate) invites: BTreeSet<String>,
    /// Texts of messages by channel.
    pub(crate) messages: BTreeMap<(Id<ChannelMarker>, Id<MessageMarker>), String>,
    /// How often each event came.
    pub(crate) heard: BTreeMap<&'static str, usize>,
}

impl Picture {
    pub(crate) fn hear(&mut self, event: &DispatchEvent) {
        if let Some(name) = event.kind().name() {
            *self.heard.entry(name).or_default() += 1;
        }
        match event {
            DispatchEvent::GuildCreate(created) => {
                if let GuildCreate::Available(guild) = &**created {
                    self.begin(guild);
                }
            }
            DispatchEvent::GuildUpdate(guild) => self.name.clone_from(&guild.name),
            DispatchEvent::ChannelCreate(channel) => self.channel(channel),
            DispatchEvent::ChannelUpdate(channel) => self.channel(channel),
            DispatchEvent::ChannelDelete(channel) => {
                self.channels.remove(&channel.id);
                self.messages.retain(|(held, _), _| *held != channel.id);
            }
            DispatchEvent::ThreadCreate(thread) => self.thread(thread),
            DispatchEvent::ThreadUpdate(thread) => self.thread(thread),
            DispatchEvent::ThreadDelete(thread) => {
                self.threads.remove(&thread.id);
                self.messages.retain(|(held, _), _| *held != thread.id);
            }
            DispatchEvent::RoleCreate(created) => {
                self.roles.insert(created.role.id, created.role.name.clone());
            }
            DispatchEvent::RoleUpdate(updated) => {
                self.roles.insert(updated.role.id, updated.role.name.clone());
            }
            DispatchEvent::RoleDelete(deleted) => {
                self.roles.remove(&deleted.role_id);
                for (_, roles) in self.members.values_mut() {
                    roles.retain(|role| *role != deleted.role_id);
                }
            }
            DispatchEvent::GuildEmojisUpdate(update) => {
                self.emojis = update.emojis.iter().map(|emoji| (emoji.id, emoji.name.clone())).collect();
            }
            DispatchEvent::BanAdd(ban) => {
                self.bans.insert(ban.user.id);
            }
            DispatchEvent::BanRemove(ban) => {
                self.bans.remove(&ban.user.id);
            }
            DispatchEvent::InviteCreate(invite) => {
                self.invites.insert(invite.code.clone());
            }
            DispatchEvent::InviteDelete(invite) => {
                self.invites.remove(&invite.code);
            }
            _ => self.hear_of_people(event),
        }
    }

    fn hear_of_people(&mut self, event: &DispatchEvent) {
        match event {
            DispatchEvent::MemberAdd(added) => {
                self.member(added.member.user.id, added.member.nick.as_ref(), &added.member.roles);
            }
            DispatchEvent::MemberChunk(chunk) => {
                for member in &chunk.members {
                    self.member(member.user.id, member.nick.as_ref(), &member.roles);
                }
            }
            DispatchEvent::MemberUpdate(updated) => {
                self.member(updated.user.id, updated.nick.as_ref(), &updated.roles);
            }
            DispatchEvent::MemberRemove(removed) => {
                self.members.remove(&removed.user.id);
            }
            DispatchEvent::MessageCreate(message) => {
                self.messages.insert((message.channel_id, message.id), message.content.clone());
            }
            DispatchEvent::MessageUpdate(message) => {
                self.messages.insert((message.channel_id, message.id), message.content.clone());
            }
            DispatchEvent::MessageDelete(deleted) => {
                self.messages.remove(&(deleted.channel_id, deleted.id));
            }
            DispatchEvent::MessageDeleteBulk(deleted) => {
                for id in &deleted.ids {
                    self.messages.remove(&(deleted.channel_id, *id));
                }
            }
            _ => {}
        }
    }

    fn begin(&mut self, guild: &Guild) {
        self.guild = Some(guild.id);
        self.name.clone_from(&guild.name);
        for channel in &guild.channels {
            self.channel(channel);
        }
        for thread in &guild.threads {
            self.thread(thread);
        }
        self.roles = guild.roles.iter().map(|role| (role.id, role.name.clone())).collect();
        self.emojis = guild.emojis.iter().map(|emoji| (emoji.id, emoji.name.clone())).collect();
        for member in &guild.members {
            self.member(member.user.id, member.nick.as_ref(), &member.roles);
        }
    }

    fn channel(&mut self, channel: &twilight_model::channel::Channel) {
        let name = channel.name.clone().unwrap_or_default();
        self.channels.insert(channel.id, (name, channel.topic.clone()));
    }

    fn thread(&mut self, thread: &twilight_model::channel::Channel) {
        if thread.thread_metadata.as_ref().is_some_and(|metadata| metadata.archived) {
            self.threads.remove(&thread.id);
        } else {
            self.threads.insert(thread.id, thread.name.clone().unwrap_or_default());
        }
    }

    fn member(&mut self, user: Id<UserMarker>, nick: Option<&String>, roles: &[Id<RoleMarker>]) {
        let mut roles = roles.to_vec();
        roles.sort_unstable();
        self.members.insert(user, (nick.cloned(), roles));
    }
}
