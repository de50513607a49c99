//! Private channels.

use crate::guild_channel::{self, GuildChannelObject};
use crate::sf::Sf;
use crate::timestamp::Ts;
use crate::user::Users;
use model::channel::{ChannelView, PrivateChannelView, PrivateKind};
use model::{ChannelId, MessageId, UserId};
use serde::{Deserialize, Serialize};

/// A direct message channel or a group as one of its participants sees it: protocol C.3.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct PrivateChannelObject<'a> {
    id: Sf<ChannelId>,
    #[serde(rename = "type")]
    kind: u8,
    flags: u32,
    last_message_id: Option<Sf<MessageId>>,
    last_pin_timestamp: Option<Ts>,
    recipients: Users<'a>,
    #[serde(flatten)]
    group: Option<GroupPart<'a>>,
}

/// What only groups have.
#[derive(Debug, Clone, Copy, Serialize)]
struct GroupPart<'a> {
    name: Option<&'a str>,
    icon: Option<&'a str>,
    owner_id: Option<Sf<UserId>>,
}

/// Shows a private channel; its recipients do not hold the viewer.
pub fn render(view: &PrivateChannelView) -> PrivateChannelObject<'_> {
    let channel = &view.channel;
    PrivateChannelObject {
        id: Sf(channel.id),
        kind: channel.kind as u8,
        flags: 0,
        last_message_id: view.last_message.map(Sf),
        last_pin_timestamp: view.last_pin.map(Ts),
        recipients: Users(&view.recipients),
        group: (channel.kind == PrivateKind::Group).then(|| GroupPart {
            name: channel.name.as_deref(),
            icon: channel.icon.as_deref(),
            owner_id: channel.owner.map(Sf),
        }),
    }
}

/// A channel of either kind.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum ChannelObject<'a> {
    /// A direct message or a group.
    Private(PrivateChannelObject<'a>),
    /// A guild's.
    Guild(Box<GuildChannelObject<'a>>),
}

/// Shows a channel of either kind.
pub fn any(view: &ChannelView) -> ChannelObject<'_> {
    match view {
        ChannelView::Private(view) => ChannelObject::Private(render(view)),
        ChannelView::Guild(view) => ChannelObject::Guild(Box::new(guild_channel::view(view))),
    }
}

/// Body of `POST /users/@me/channels`: bots name one recipient, people a list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ChannelOpen {
    /// The one recipient.
    pub recipient_id: Option<Sf<UserId>>,
    /// The recipients.
    pub recipients: Option<Vec<Sf<UserId>>>,
}

impl ChannelOpen {
    /// Everybody named, each once, in the order of the request.
    pub fn users(&self) -> Vec<UserId> {
        let mut users = Vec::new();
        for Sf(user) in self.recipients.iter().flatten().chain(&self.recipient_id) {
            if !users.contains(user) {
                users.push(*user);
            }
            // More than a group holds is refused anyway; the rest need not be looked at.
            if users.len() > model::limits::GROUP_RECIPIENTS {
                break;
            }
        }
        users
    }
}
