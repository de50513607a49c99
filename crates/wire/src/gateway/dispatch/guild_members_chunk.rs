//! GUILD_MEMBERS_CHUNK: who is in a guild (protocol A.9).

use super::Rendered;
use crate::list::list;
use crate::member::Members;
use crate::presence;
use crate::sf::{Sf, Sfs};
use model::event::MemberView;
use model::presence::Presence;
use model::{GuildId, UserId};
use serde::{Serialize, Serializer};
use std::collections::HashSet;

/// The event's name.
pub const NAME: &str = "GUILD_MEMBERS_CHUNK";

/// The most members in one chunk.
pub const MEMBERS: usize = 1000;

#[derive(Serialize)]
struct GuildMembersChunk<'a> {
    guild_id: Sf<u64>,
    members: Members<'a>,
    chunk_index: usize,
    chunk_count: usize,
    not_found: Sfs<'a, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    presences: Option<Presences<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
}

#[derive(Clone, Copy)]
struct Presences<'a> {
    guild: GuildId,
    presences: &'a [Presence],
}

impl Serialize for Presences<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        list(self.presences, |presence| presence::render(presence).in_guild(self.guild)).serialize(serializer)
    }
}

/// What was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// In which guild.
    pub guild: GuildId,
    /// Who is in it, of those who were asked for.
    pub members: &'a [MemberView],
    /// Presences of those who are not offline, if they were asked for.
    pub presences: Option<&'a [Presence]>,
    /// The asked for who are not in it.
    pub not_found: &'a [UserId],
    /// Echoed.
    pub nonce: Option<&'a str>,
}

/// One of `count` chunks, the one at `index`. discord.py matches it by guild and nonce.
pub fn chunk(found: &Found<'_>, index: usize, count: usize) -> Rendered {
    let not_found: Vec<u64> = found.not_found.iter().map(|user| user.get()).collect();
    let chunk = GuildMembersChunk {
        guild_id: Sf(found.guild.get()),
        members: Members(found.members),
        chunk_index: index,
        chunk_count: count,
        not_found: Sfs(&not_found),
        presences: found.presences.map(|presences| Presences { guild: found.guild, presences }),
        nonce: found.nonce,
    };
    super::json(NAME, &chunk)
}

/// All chunks of an answer, at least one: without an answer clients wait until they time out. A chunk has the presences
/// of its own members.
pub fn chunks(found: &Found<'_>) -> Vec<Rendered> {
    let parts: Vec<&[MemberView]> =
        if found.members.is_empty() { vec![&[]] } else { found.members.chunks(MEMBERS).collect() };
    let count = parts.len();
    parts
        .into_iter()
        .enumerate()
        .map(|(index, members)| {
            let inside: HashSet<UserId> = members.iter().map(|view| view.member.user).collect();
            let presences: Option<Vec<Presence>> = found
                .presences
                .map(|all| all.iter().filter(|presence| inside.contains(&presence.user)).cloned().collect());
            let not_found = if index == 0 { found.not_found } else { &[] };
            let part = Found { members, presences: presences.as_deref(), not_found, ..*found };
            chunk(&part, index, count)
        })
        .collect()
}

/// The one empty chunk of a guild that the receiver is not in.
pub fn empty(guild: u64, users: &[u64], nonce: Option<&str>) -> Rendered {
    let chunk = GuildMembersChunk {
        guild_id: Sf(guild),
        members: Members(&[]),
        chunk_index: 0,
        chunk_count: 1,
        not_found: Sfs(users),
        presences: None,
        nonce,
    };
    super::json(NAME, &chunk)
}
