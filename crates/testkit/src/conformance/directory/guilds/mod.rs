//! [`ports::directory::guilds`].

mod bans;
mod channels;
mod invites;
mod members;
mod roles;
mod state;
mod things;
mod threads;

pub use bans::*;
pub use channels::*;
pub use invites::*;
pub use members::*;
pub use roles::*;
pub use state::*;
pub use things::*;
pub use threads::*;

use super::{NOW, channel};
use model::audit::{AuditAction, AuditChange, AuditEntry, AuditValue};
use model::guild::{
    Guild, GuildChannel, GuildChannelKind, GuildState, Invite, Member, Overwrite, OverwriteTarget, Role,
    Versions,
};
use model::{AuditId, ChannelId, GuildId, Permissions, RoleId, Timestamp, UserId};
use ports::directory::Directory;
use ports::directory::guilds::{Added, Joined, NewGuild, Raised};
use std::sync::Arc;

/// More than any test makes.
pub const PLENTY: usize = 1000;

/// A guild's id.
pub fn guild(n: u64) -> GuildId {
    GuildId::new((1 << 52) + (n << 22)).unwrap()
}

/// A role's id.
pub fn role(n: u64) -> RoleId {
    RoleId::new((1 << 53) + (n << 22)).unwrap()
}

/// The category of the guild with this number.
pub fn category(n: u64) -> ChannelId {
    channel(1000 * n)
}

/// The text channel of the guild with this number, in its category.
pub fn general(n: u64) -> ChannelId {
    channel(1000 * n + 1)
}

/// A role as it is made.
pub fn new_role(id: RoleId, name: &str) -> Role {
    Role {
        id,
        name: name.into(),
        permissions: Permissions::SEND_MESSAGES,
        position: 0,
        color: 0xff_00_ff,
        hoist: true,
        mentionable: false,
        bot: None,
        icon: None,
        unicode_emoji: Some("🦀".into()),
    }
}

/// A channel as it is made.
pub fn new_channel(of: GuildId, id: ChannelId, kind: GuildChannelKind) -> GuildChannel {
    GuildChannel {
        id,
        guild: of,
        kind,
        name: "käse".into(),
        position: 3,
        parent: None,
        topic: Some("a topic".into()),
        nsfw: true,
        slowmode: 5,
        bitrate: 64_000,
        user_limit: 7,
        default_auto_archive: 1440,
        flags: 1 << 4,
        overwrites: Vec::new(),
        thread: None,
    }
}

/// An overwrite for a role that gives and takes something.
pub fn overwrite(target: OverwriteTarget) -> Overwrite {
    Overwrite { target, allow: Permissions::from_bits(1 << 63), deny: Permissions::VIEW_CHANNEL }
}

/// A row of the audit log, and what it tells of.
pub fn entry(n: u64, actor: UserId, action: AuditAction) -> AuditEntry {
    let at = model::snowflake::at_ms(NOW.millis()) + (n << 22);
    AuditEntry {
        id: AuditId::new(at).unwrap(),
        actor: Some(actor),
        action,
        target: Some(n),
        changes: vec![AuditChange {
            key: "name".into(),
            old: None,
            new: Some(AuditValue::Text(format!("name {n}"))),
        }],
        options: vec![("count".into(), n.to_string())],
        reason: Some("because".into()),
    }
}

/// The guild with this number, as it is made.
pub fn new_guild(owner: UserId, n: u64) -> NewGuild {
    let id = guild(n);
    let mut text = new_channel(id, general(n), GuildChannelKind::Text);
    text.parent = Some(category(n));
    let everyone = Role { permissions: Permissions::DEFAULT, ..new_role(id.everyone(), "@everyone") };
    NewGuild {
        guild: Guild::new(id, owner, format!("guild {n}")),
        roles: vec![everyone],
        channels: vec![new_channel(id, category(n), GuildChannelKind::Category), text],
        at: NOW,
    }
}

/// Makes the guild with this number: a category with a text channel.
pub async fn make(directory: &dyn Directory, owner: UserId, n: u64) -> Arc<GuildState> {
    added(directory.create_guild(&new_guild(owner, n), PLENTY).await.unwrap()).value
}

/// What was added.
pub fn added<T: std::fmt::Debug>(answer: Added<T>) -> Raised<T> {
    match answer {
        Added::Added(raised) => raised,
        other => panic!("not added: {other:?}"),
    }
}

/// An invite into the guild with this number.
pub fn new_invite(n: u64, code: &str, inviter: UserId) -> Invite {
    Invite {
        code: code.into(),
        guild: guild(n),
        channel: general(n),
        inviter: Some(inviter),
        created: NOW,
        max_age: 0,
        max_uses: 0,
        uses: 0,
        temporary: false,
    }
}

/// Brings a user into the guild with this number.
pub async fn join(directory: &dyn Directory, n: u64, user: UserId) -> Member {
    let code = format!("way into {n}");
    let inviter = directory.guild_state(guild(n)).await.unwrap().unwrap().guild.owner;
    added(directory.create_invite(&new_invite(n, &code, inviter), PLENTY, vec![]).await.unwrap());
    match directory.join_by_invite(&code, user, NOW, PLENTY).await.unwrap() {
        Joined::Joined(raised) => raised.value,
        other => panic!("not joined: {other:?}"),
    }
}

/// Gives a member roles.
pub async fn give(directory: &dyn Directory, n: u64, user: UserId, roles: &[RoleId]) -> Raised<Member> {
    let roles = roles.to_vec();
    let edit = Box::new(move |member: &mut Member| member.roles.clone_from(&roles));
    directory.change_member(guild(n), user, edit, vec![]).await.unwrap().unwrap()
}

/// The versions as the authority knows them.
pub async fn versions(directory: &dyn Directory, n: u64) -> Versions {
    directory.guild_versions(&[guild(n)]).await.unwrap()[0].1
}

/// A membership as the authority knows it.
pub async fn member(directory: &dyn Directory, n: u64, user: UserId) -> Option<Member> {
    directory.guild_authority(guild(n), user).await.unwrap().unwrap().member
}

/// Later than everything else.
pub const fn later(seconds: i64) -> Timestamp {
    NOW.plus_seconds(seconds)
}
