//! VOICE_STATE_UPDATE: where somebody is in voice. `channel_id` is null when it left, and for those who do not see where it is
//! now.

use super::Rendered;
use crate::voice::{self, VoiceStateObject};
use model::event::MemberView;
use model::voice::VoiceState;
use model::{GuildId, UserId};

/// The event's name.
pub const NAME: &str = "VOICE_STATE_UPDATE";

/// The payload.
pub fn d<'a>(state: &'a VoiceState, gone: bool, member: Option<&'a MemberView>) -> VoiceStateObject<'a> {
    let shown = voice::render(state, member);
    if gone { shown.gone() } else { shown }
}

/// The event for a client whose wish came to nothing: where its user is.
pub fn as_it_is(state: &VoiceState, member: &MemberView) -> Rendered {
    super::json(NAME, &d(state, false, Some(member)))
}

/// The same, of one who is nowhere.
pub fn nowhere(guild: GuildId, user: UserId, member: &MemberView, session: &str) -> Rendered {
    super::json(NAME, &voice::nowhere(guild, user, member, session))
}
