//! Which channels belong to guilds: what never changes is asked for once.

use crate::{Result, World};
use model::{ChannelId, GuildId};
use parking_lot::RwLock;
use std::collections::HashMap;

/// Channels that are remembered in one half; the older half is forgotten when the newer one is full.
const HALF: usize = 65_536;

/// The guilds of channels, as far as they were asked for. Only what exists is remembered: a channel that is not there may
/// come to be.
#[derive(Debug, Default)]
pub struct Places(RwLock<Halves>);

#[derive(Debug, Default)]
struct Halves {
    newer: HashMap<ChannelId, Option<GuildId>>,
    older: HashMap<ChannelId, Option<GuildId>>,
}

impl Places {
    fn find(&self, channel: ChannelId) -> Option<Option<GuildId>> {
        {
            let halves = self.0.read();
            if let Some(found) = halves.newer.get(&channel) {
                return Some(*found);
            }
            halves.older.get(&channel)?;
        }
        let found = self.0.read().older.get(&channel).copied()?;
        self.learn(channel, found);
        Some(found)
    }

    /// Remembers a channel that exists; `None` for a private one.
    pub(crate) fn learn(&self, channel: ChannelId, guild: Option<GuildId>) {
        if self.0.read().newer.contains_key(&channel) {
            return;
        }
        let mut halves = self.0.write();
        if halves.newer.len() >= HALF {
            halves.older = std::mem::take(&mut halves.newer);
        }
        halves.newer.insert(channel, guild);
    }
}

/// The guild of a channel; `None` for what is no guild's channel, private or absent.
pub(crate) async fn guild_of(world: &World, channel: ChannelId) -> Result<Option<GuildId>> {
    if let Some(known) = world.places.find(channel) {
        return Ok(known);
    }
    let found = world.ports.directory.guild_of(channel).await?;
    if found.is_some() {
        world.places.learn(channel, found);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_stays_and_the_rest_is_forgotten() {
        let places = Places::default();
        let channel = |n: usize| ChannelId::new(n as u64 + 1).unwrap();
        let guild = GuildId::new(7);
        places.learn(channel(0), guild);
        for n in 1..HALF * 3 {
            places.learn(channel(n), None);
            if n % 1000 == 0 {
                assert_eq!(places.find(channel(0)), Some(guild));
            }
        }
        assert_eq!(places.find(channel(1)), None);
        assert!(places.0.read().newer.len() + places.0.read().older.len() <= 2 * HALF);
    }
}
