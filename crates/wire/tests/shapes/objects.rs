//! What is rendered in these tests.

use model::application::Application;
use model::channel::{PrivateChannel, PrivateChannelView, PrivateKind};
use model::embed::{Embed, EmbedAuthor, EmbedField, EmbedFooter, EmbedMedia};
use model::message::{Message, MessageKind, MessageReference, MessageView, Nonce};
use model::reaction::{ReactionEmoji, ReactionTally};
use model::user::{Account, User};
use model::{ApplicationId, ChannelId, EmojiId, MessageId, Timestamp, UserId};
use serde_json::Value;

pub(crate) fn user(id: u64, bot: bool) -> User {
    User {
        id: UserId::new(id).unwrap(),
        username: format!("user{id}"),
        global_name: (!bot).then(|| "Some One".into()),
        avatar: None,
        bot,
        bot_owner: bot.then(|| UserId::new(1).unwrap()),
        flags: 0,
        accent_color: Some(0x00ff_8800),
    }
}

pub(crate) fn message(id: u64) -> MessageView {
    MessageView {
        message: Message {
            id: MessageId::new(1_300_000_000_000_000_000 + id).unwrap(),
            channel: ChannelId::new(77).unwrap(),
            author: UserId::new(1).unwrap(),
            kind: MessageKind::Default,
            content: "hello \"there\"\n👍".into(),
            edited: None,
            tts: false,
            mention_everyone: false,
            mentions: vec![],
            mention_roles: vec![],
            webhook: None,
            flags: 0,
            embeds: vec![],
            reference: None,
            pinned: false,
        },
        author: user(1, false),
        mentions: vec![],
        reactions: vec![],
        referenced: None,
        nonce: None,
        thread: None,
    }
}

pub(crate) fn rich() -> MessageView {
    let mut view = message(2);
    view.message.kind = MessageKind::Reply;
    view.message.edited = Some(Timestamp::from_micros(1_700_000_000_123_456));
    view.message.mentions = vec![UserId::new(2).unwrap()];
    view.message.reference =
        Some(MessageReference { channel: view.message.channel, message: message(1).message.id });
    view.message.embeds = vec![Embed {
        title: Some("t".into()),
        description: Some("d".into()),
        url: Some("https://example.org/".into()),
        timestamp: Some(Timestamp::from_millis(1_700_000_000_000)),
        color: Some(0x00ff_ffff),
        footer: Some(EmbedFooter { text: "f".into(), icon_url: None }),
        image: Some(EmbedMedia { url: "https://example.org/i.png".into() }),
        thumbnail: Some(EmbedMedia { url: "https://example.org/t.png".into() }),
        author: Some(EmbedAuthor { name: "a".into(), url: None, icon_url: None }),
        fields: vec![EmbedField { name: "n".into(), value: "v".into(), inline: true }],
    }];
    view.mentions = vec![user(2, true)];
    view.reactions = vec![
        ReactionTally { emoji: ReactionEmoji::Unicode("👍".into()), count: 3, me: true },
        ReactionTally {
            emoji: ReactionEmoji::Custom {
                id: EmojiId::new(9).unwrap(),
                name: "blob".into(),
                animated: true,
            },
            count: 1,
            me: false,
        },
    ];
    view.referenced = Some(Some(Box::new(message(1))));
    view.nonce = Some(Nonce::Text("1234567890123456789".into()));
    view
}

pub(crate) fn account(user: User) -> Account {
    Account { user, email: None, bio: "b".into(), pronouns: "p".into() }
}

pub(crate) fn dm() -> PrivateChannelView {
    PrivateChannelView {
        channel: PrivateChannel {
            id: ChannelId::new(77).unwrap(),
            kind: PrivateKind::Dm,
            participants: vec![UserId::new(1).unwrap(), UserId::new(2).unwrap()],
            owner: None,
            name: None,
            icon: None,
        },
        recipients: vec![user(2, true)],
        last_message: None,
        last_pin: None,
    }
}

pub(crate) fn group() -> PrivateChannelView {
    let mut view = dm();
    view.channel.kind = PrivateKind::Group;
    view.channel.owner = UserId::new(1);
    view.channel.name = Some("g".into());
    view.last_message = MessageId::new(5);
    view.last_pin = Some(Timestamp::from_millis(1));
    view
}

pub(crate) fn application() -> Application {
    Application {
        id: ApplicationId::new(2).unwrap(),
        owner: UserId::new(1).unwrap(),
        name: "app".into(),
        description: String::new(),
        bot_public: true,
        flags: model::application::CHANGEABLE_FLAGS,
        verify_key: "ab".repeat(32),
        tags: vec!["fun".into()],
    }
}

/// As clients get it.
pub(crate) fn shown(value: impl serde::Serialize) -> Value {
    serde_json::from_str(&serde_json::to_string(&value).unwrap()).unwrap()
}
