//! Why an act was refused. HTTP statuses and Discord's texts are one table in the HTTP crate.

use crate::form::FormErrors;
use ports::StoreError;
use std::time::Duration;

/// What every act answers.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an act did nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The token is missing, unknown or revoked.
    #[error("unauthorized")]
    Unauthorized,
    /// A rule says no.
    #[error("{0:?}")]
    Refused(Refusal),
    /// The input is not what it must be.
    #[error("invalid form: {0:?}")]
    Form(FormErrors),
    /// Too many attempts.
    #[error("throttled for {retry_after:?}")]
    Throttled {
        /// When to try again.
        retry_after: Duration,
    },
    /// 429/20016: the channel's slow mode.
    #[error("slow mode for {retry_after:?}")]
    SlowMode {
        /// When to try again.
        retry_after: Duration,
    },
    /// Overloaded, or an engine is away; try again.
    #[error("unavailable")]
    Unavailable,
    /// A defect or a damaged store.
    #[error("internal: {0}")]
    Internal(String),
    /// No room to store anything.
    #[error("storage is full")]
    Full,
}

/// Discord's named refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// 404/10002.
    UnknownApplication,
    /// 404/10005.
    UnknownIntegration,
    /// 404/10006: also for one that ended.
    UnknownInvite,
    /// 404/10007.
    UnknownMember,
    /// 404/10009.
    UnknownOverwrite,
    /// 404/10011.
    UnknownRole,
    /// 404/10015.
    UnknownWebhook,
    /// 404/10026.
    UnknownBan,
    /// 404/10065: in no voice channel, or in one that is not the actor's to see.
    UnknownVoiceState,
    /// 404/10069: nothing is shown to who comes in.
    UnknownWelcomeScreen,
    /// 400/30001.
    TooManyGuilds,
    /// 400/30005.
    TooManyRoles,
    /// 400/30007.
    TooManyWebhooks,
    /// 400/30008.
    TooManyEmojis,
    /// 400/30013.
    TooManyChannels,
    /// 400/30016.
    TooManyInvites,
    /// 400/30018.
    TooManyAnimatedEmojis,
    /// 400/30033.
    TooManyThreadMembers,
    /// 400/30060.
    TooManyOverwrites,
    /// 403/40007: banned from the guild.
    BannedFromGuild,
    /// 400/40032: in no voice channel of the guild.
    NotInVoice,
    /// 400/40033.
    AlreadyCrossposted,
    /// 400/50016: not 2 to 100 messages.
    BulkDeleteCount,
    /// 400/50020: a vanity code that is taken or none.
    InviteCodeTaken,
    /// 400/50024.
    WrongChannelType,
    /// 401/50027.
    InvalidWebhookToken,
    /// 403/50028.
    InvalidRole,
    /// 400/50034: older than 14 days.
    TooOldToBulkDelete,
    /// 400/50046: no image, or not one that is taken.
    InvalidImage,
    /// 400/50055: the owner cannot leave, only delete or hand over.
    InvalidGuild,
    /// 400/50083.
    ThreadArchived,
    /// 400/50138.
    ImageTooLarge,
    /// 400/160002: who cannot read history cannot reply.
    CannotReplyWithoutHistory,
    /// 400/160004.
    ThreadExists,
    /// 400/160005.
    ThreadLocked,
    /// 400/160006.
    TooManyThreads,
    /// 400/500000.
    NobodyBanned,
    /// 404/10003: absent, or not the actor's to see. The same answer, so that it tells nothing.
    UnknownChannel,
    /// 404/10008.
    UnknownMessage,
    /// 404/10013.
    UnknownUser,
    /// 400/10014: nobody can react with it.
    UnknownEmoji,
    /// 404/10014: the guild has no such emoji.
    UnknownGuildEmoji,
    /// 404/10004.
    UnknownGuild,
    /// 404/10020.
    UnknownSession,
    /// 403/20001: people only.
    BotsNotAllowed,
    /// 403/20002: bots only.
    OnlyBots,
    /// 400/30002.
    TooManyFriends,
    /// 400/30003.
    TooManyPins,
    /// 400/30004: in a group.
    TooManyRecipients,
    /// 400/30010.
    TooManyReactions,
    /// 400/30030.
    TooManyApplications,
    /// 403/50001.
    MissingAccess,
    /// 403/50003: not in a direct message.
    NotInDm,
    /// 403/50005.
    NotYourMessage,
    /// 400/50006.
    EmptyMessage,
    /// 403/50007: not friends, or a block. It does not say which.
    CannotMessage,
    /// 403/50013.
    MissingPermissions,
    /// 400/50018: the password is not right.
    PasswordMismatch,
    /// 403/50021: not on a message made by the system.
    SystemMessage,
    /// 400/50033.
    InvalidRecipients,
    /// 409/50035: the key of the send was used before with other content.
    KeyConflict,
    /// 400/50035: a key in the server's own form that was not issued to this user.
    KeyForeign,
    /// 403/0: nobody may register.
    RegistrationClosed,
    /// 400/80000: the target takes no requests (also said to somebody who is blocked, so that it tells nothing).
    RequestsRefused,
    /// 400/80001: unblock first.
    Blocking,
    /// 400/80003.
    SelfRequest,
    /// 400/80004: nobody has this username.
    NoSuchUsername,
    /// 400/80007.
    AlreadyFriends,
    /// 403/90001: blocked from reacting.
    ReactionBlocked,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<FormErrors> for Error {
    fn from(errors: FormErrors) -> Self {
        Self::Form(errors)
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(why) => {
                tracing::info!(why, "a store is unavailable");
                Self::Unavailable
            }
            StoreError::Full(_) => Self::Full,
            StoreError::Corrupt(why) => Self::Internal(why),
        }
    }
}
