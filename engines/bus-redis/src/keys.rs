//! Names of keys, and which slot they are in.

use crate::routes::Scope;
use model::{GuildId, UserId};

/// Slots of a cluster.
pub(crate) const SLOTS: u16 = 16_384;

/// Names keys. Numbers only, so that nothing that a client said is ever part of one.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    prefix: String,
}

impl Keys {
    pub(crate) fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned() }
    }

    /// What a node hears.
    pub(crate) fn stream(&self, stream: u64) -> String {
        format!("{}:{{{stream:x}}}:in", self.prefix)
    }

    /// On which nodes a user, or members of a guild, are connected.
    pub(crate) fn routes(&self, scope: Scope) -> String {
        match scope {
            Scope::User(user) => format!("{}:r:{:x}", self.prefix, user.get()),
            Scope::Guild(guild) => format!("{}:g:{:x}", self.prefix, guild.get()),
        }
    }

    /// A user's presences.
    pub(crate) fn presences(&self, user: UserId) -> String {
        format!("{}:p:{:x}", self.prefix, user.get())
    }

    /// Who is in voice in a guild.
    pub(crate) fn voice_of_guild(&self, guild: GuildId) -> String {
        format!("{}:v:{:x}", self.prefix, guild.get())
    }

    /// In which guilds a user is in voice.
    pub(crate) fn voice_of_user(&self, user: UserId) -> String {
        format!("{}:u:{:x}", self.prefix, user.get())
    }

    /// A parked session.
    pub(crate) fn session(&self, id: u128) -> String {
        format!("{}:s:{id:x}", self.prefix)
    }

    /// The same for who took it: in the slot of [`Self::session`].
    pub(crate) fn taken(&self, id: u128, by: (u64, u64)) -> String {
        format!("{{{}}}:{:x}:{:x}", self.session(id), by.0, by.1)
    }

    /// Attempts under a key, by its hash.
    pub(crate) fn attempts(&self, hash: u128) -> String {
        format!("{}:l:{hash:x}", self.prefix)
    }

    /// One of the keys whose absence tells that a member lost its data.
    pub(crate) fn sentinel(&self, publisher: u64, n: u32) -> String {
        format!("{}:w:{publisher:x}:{n}", self.prefix)
    }

    /// What a node announced.
    pub(crate) fn announced(&self, publisher: u64) -> String {
        format!("{}:a:{{{publisher:x}}}", self.prefix)
    }

    /// That somebody told what a lost node had announced. In the same slot.
    pub(crate) fn settled(&self, publisher: u64) -> String {
        format!("{}:a:{{{publisher:x}}}:settled", self.prefix)
    }

    /// That somebody is telling it.
    pub(crate) fn turn(&self, publisher: u64) -> String {
        format!("{}:a:{{{publisher:x}}}:turn", self.prefix)
    }

    /// All nodes.
    pub(crate) fn nodes(&self) -> String {
        format!("{}:nodes", self.prefix)
    }
}

/// Which slot a key is in: CRC-16/XMODEM of what stands in its first braces, or of all of it.
pub(crate) fn slot(key: &str) -> u16 {
    let tag = key
        .split_once('{')
        .and_then(|(_, rest)| rest.split_once('}'))
        .map(|(tag, _)| tag)
        .filter(|tag| !tag.is_empty());
    let crc = tag.unwrap_or(key).bytes().fold(0u16, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(byte) << 8), |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    });
    crc % SLOTS
}

/// A random number that no two processes have in common.
pub(crate) fn random() -> Result<u64, getrandom::Error> {
    getrandom::u64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_those_of_redis() {
        assert_eq!(slot("123456789"), 0x31C3);
        assert_eq!(slot("foo"), 12_182);
        assert_eq!(slot("a{foo}b"), 12_182);
        assert_eq!(slot("{}foo"), slot("{}foo"));
    }
}
