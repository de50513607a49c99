//! Close codes (protocol A.5).

/// Why the server closes a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Close {
    /// 4000: lost heartbeats, slow readers, restarts, defects. Every library resumes after it.
    UnknownError,
    /// 4001: an opcode that does not exist, or a payload that is not what the opcode needs.
    UnknownOpcode,
    /// 4002: not JSON, or too large.
    DecodeError,
    /// 4003: something before IDENTIFY, or no IDENTIFY in time.
    NotAuthenticated,
    /// 4004: the token is wrong or void.
    AuthenticationFailed,
    /// 4005: a second IDENTIFY.
    AlreadyAuthenticated,
    /// 4007: a sequence number that was never sent.
    InvalidSequence,
    /// 4008: too many frames.
    RateLimited,
    /// 4010: a shard that cannot be.
    InvalidShard,
    /// 4011: more guilds than one shard may have.
    ShardingRequired,
    /// 4012: a version that is not spoken here.
    InvalidVersion,
    /// 4013: intents that do not exist or are not for bots.
    InvalidIntents,
    /// 4014: privileged intents that are not switched on.
    DisallowedIntents,
    /// 1002: the peer does not speak the WebSocket protocol.
    Protocol,
    /// 1007: text that is not UTF-8.
    InvalidText,
}

impl Close {
    /// The number on the wire.
    pub const fn code(self) -> u16 {
        match self {
            Self::UnknownError => 4000,
            Self::UnknownOpcode => 4001,
            Self::DecodeError => 4002,
            Self::NotAuthenticated => 4003,
            Self::AuthenticationFailed => 4004,
            Self::AlreadyAuthenticated => 4005,
            Self::InvalidSequence => 4007,
            Self::RateLimited => 4008,
            Self::InvalidShard => 4010,
            Self::ShardingRequired => 4011,
            Self::InvalidVersion => 4012,
            Self::InvalidIntents => 4013,
            Self::DisallowedIntents => 4014,
            Self::Protocol => 1002,
            Self::InvalidText => 1007,
        }
    }

    /// Discord's words for it.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::UnknownError => "Unknown error.",
            Self::UnknownOpcode => "Unknown opcode.",
            Self::DecodeError => "Error while decoding payload.",
            Self::NotAuthenticated => "Not authenticated.",
            Self::AuthenticationFailed => "Authentication failed.",
            Self::AlreadyAuthenticated => "Already authenticated.",
            Self::InvalidSequence => "Invalid seq.",
            Self::RateLimited => "Rate limited.",
            Self::InvalidShard => "Invalid shard.",
            Self::ShardingRequired => "Sharding required.",
            Self::InvalidVersion => "Invalid API version.",
            Self::InvalidIntents => "Invalid intent(s).",
            Self::DisallowedIntents => "Disallowed intent(s).",
            Self::Protocol => "Protocol error.",
            Self::InvalidText => "Invalid UTF-8.",
        }
    }
}
