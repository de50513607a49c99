//! Typed Snowflakes. An id is never zero, and always fits a positive `i64` so that SQL can hold it.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

/// Text that is not a Snowflake: empty, not canonical decimal digits, zero, or above `i64::MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a snowflake")
    }
}

impl std::error::Error for NotAnId {}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(NonZeroU64);

        impl $name {
            /// The id with this value; `None` for zero and for values above `i64::MAX`.
            pub const fn new(value: u64) -> Option<Self> {
                if value > i64::MAX as u64 {
                    return None;
                }
                match NonZeroU64::new(value) {
                    Some(value) => Some(Self(value)),
                    None => None,
                }
            }

            /// The value; never zero, at most `i64::MAX`.
            pub const fn get(self) -> u64 {
                self.0.get()
            }

            /// The value as SQL stores it.
            pub const fn as_i64(self) -> i64 {
                self.0.get() as i64
            }

            /// The id that SQL stored; `None` for zero and negative values.
            pub const fn from_i64(value: i64) -> Option<Self> {
                if value > 0 { Self::new(value as u64) } else { None }
            }

            /// Milliseconds since the Unix epoch at which this id was minted.
            pub const fn created_ms(self) -> i64 {
                crate::snowflake::unix_ms(self.0.get())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            /// Canonical decimal only: no sign, no leading zero, no white space.
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                parse(text).and_then(Self::new).ok_or(NotAnId)
            }
        }
    )+};
}

ids! {
    /// A person's or a bot's account.
    UserId,
    /// A signed-in client of a user; also the id of its token. It persists over restarts.
    DeviceId,
    /// A direct-message channel, a group or a guild's channel.
    ChannelId,
    /// A message.
    MessageId,
    /// An application. Its bot user has the same value, as several old bots assume.
    ApplicationId,
    /// A guild ("server").
    GuildId,
    /// A role of a guild.
    RoleId,
    /// A custom emoji.
    EmojiId,
    /// A webhook. Its messages' author has the same value.
    WebhookId,
    /// A row of an audit log.
    AuditId,
}

impl ApplicationId {
    /// The application's bot user.
    pub const fn bot(self) -> UserId {
        UserId(self.0)
    }
}

impl GuildId {
    /// The role that everybody in the guild has.
    pub const fn everyone(self) -> RoleId {
        RoleId(self.0)
    }
}

impl WebhookId {
    /// The author that its messages have.
    pub const fn author(self) -> UserId {
        UserId(self.0)
    }
}

impl UserId {
    /// The application that this user would be the bot of.
    pub const fn application(self) -> ApplicationId {
        ApplicationId(self.0)
    }
}

fn parse(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    let canonical =
        matches!(bytes, [b'1'..=b'9', rest @ ..] if rest.len() <= 19 && rest.iter().all(u8::is_ascii_digit));
    if canonical { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_decimals_are_ids() {
        assert_eq!("175928847299117063".parse::<UserId>().unwrap().get(), 175928847299117063);
        for bad in [
            "",
            "0",
            "01",
            "-1",
            "+1",
            " 1",
            "1 ",
            "1e3",
            "１",
            "9223372036854775808",
            "18446744073709551616",
            "1.0",
        ] {
            assert_eq!(bad.parse::<UserId>(), Err(NotAnId), "{bad:?}");
        }
        assert!("9223372036854775807".parse::<UserId>().is_ok());
    }
}
