//! GUILD_MEMBERS_CHUNK: who is in a guild.

use super::Rendered;
use crate::Sf;
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "GUILD_MEMBERS_CHUNK";

#[derive(Serialize)]
struct GuildMembersChunk<'a> {
    guild_id: Sf<u64>,
    members: [(); 0],
    chunk_index: u32,
    chunk_count: u32,
    not_found: &'a [Sf<u64>],
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
}

/// The one empty chunk of a guild that the receiver is not in. Without it clients wait until they time out; discord.py
/// matches it by guild and nonce.
pub fn empty(guild: u64, users: &[u64], nonce: Option<&str>) -> Rendered {
    let not_found: Vec<Sf<u64>> = users.iter().copied().map(Sf).collect();
    let chunk = GuildMembersChunk {
        guild_id: Sf(guild),
        members: [],
        chunk_index: 0,
        chunk_count: 1,
        not_found: &not_found,
        nonce,
    };
    super::json(NAME, &chunk)
}
