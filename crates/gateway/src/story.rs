//! What became of messages lately, so that nobody is told of an older state after a newer one.
//!
//! Two nodes may change one message shortly one after the other, and what they tell arrives in any order; a node that was
//! paused tells half a minute late. A client believes what it hears last: an edit that was overwritten, or a message that is
//! gone, would stay on its screen. So would a message that is told of after its deletion: a node that was paused may have
//! had it to tell.

use model::event::Event;
use model::{MessageId, Timestamp};
use std::collections::{HashMap, VecDeque};

/// Messages that are remembered.
const REMEMBERED: usize = 16_384;

/// The newest state that was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Edited(Option<Timestamp>),
    Deleted,
}

/// What to do with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// It tells of no older state than what was told before it.
    On,
    /// It tells of a new message whose later text was told already: whoever hears of it must hear of that again.
    Behind,
    /// It is not to be told any more.
    Back,
}

/// The newest states that were told of the messages that changed last.
#[derive(Debug, Default)]
pub(crate) struct Story {
    states: HashMap<MessageId, State>,
    order: VecDeque<MessageId>,
}

impl Story {
    /// What to do with an event; if it tells of a change of a message, that is remembered. What is about no message always
    /// goes on.
    pub(crate) fn goes_on(&mut self, event: &Event) -> Turn {
        let (id, state) = match event {
            Event::MessageCreate { view, .. } => {
                let state = State::Edited(view.message.edited);
                return match self.states.get(&view.message.id) {
                    Some(State::Deleted) => Turn::Back,
                    Some(told) if *told > state => Turn::Behind,
                    _ => Turn::On,
                };
            }
            Event::MessageUpdate { view, .. } => (view.message.id, State::Edited(view.message.edited)),
            Event::MessageDelete { id, .. } => (*id, State::Deleted),
            Event::MessageDeleteBulk { ids, .. } => {
                for id in ids {
                    self.told(*id, State::Deleted);
                }
                return Turn::On;
            }
            _ => return Turn::On,
        };
        if self.told(id, state) { Turn::On } else { Turn::Back }
    }

    /// Remembers that this is told; whether nothing newer was.
    fn told(&mut self, id: MessageId, state: State) -> bool {
        if let Some(told) = self.states.get_mut(&id) {
            let newest = state >= *told;
            *told = state.max(*told);
            return newest;
        }
        self.states.insert(id, state);
        self.order.push_back(id);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.states.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use model::message::{Message, MessageKind, MessageView};
    use model::user::User;
    use model::{ChannelId, UserId};

    fn deleted(n: u64) -> Event {
        Event::MessageDelete {
            id: MessageId::new(n).unwrap(),
            channel: ChannelId::new(1).unwrap(),
            guild: None,
        }
    }

    /// A message of Ada's.
    pub(crate) fn view(id: u64, channel: u64, edited: Option<i64>) -> MessageView {
        let author = UserId::new(1).unwrap();
        let message = Message {
            id: MessageId::new(id).unwrap(),
            channel: ChannelId::new(channel).unwrap(),
            author,
            kind: MessageKind::Default,
            content: String::new(),
            edited: edited.map(Timestamp::from_millis),
            tts: false,
            mention_everyone: false,
            mentions: vec![],
            mention_roles: vec![],
            webhook: None,
            flags: 0,
            embeds: vec![],
            reference: None,
            pinned: false,
        };
        MessageView {
            message,
            author: User {
                id: author,
                username: "ada".into(),
                global_name: None,
                avatar: None,
                bot: false,
                bot_owner: None,
                flags: 0,
                accent_color: None,
            },
            mentions: vec![],
            reactions: vec![],
            referenced: None,
            nonce: None,
            thread: None,
        }
    }

    fn edited(n: u64, at: i64) -> Event {
        Event::MessageUpdate { view: Box::new(view(n, 1, Some(at))), channel_type: 1, guild: None }
    }

    #[test]
    fn what_was_overwritten_or_deleted_is_not_told_any_more() {
        let mut story = Story::default();
        use Turn::{Back, Behind, On};
        let created = |n| {
            let view = Box::new(view(n, 1, None));
            Event::MessageCreate { view, channel_type: 1, guild: None }
        };
        assert_eq!(story.goes_on(&created(1)), On);
        assert_eq!(story.goes_on(&edited(1, 10)), On);
        assert_eq!(story.goes_on(&edited(1, 30)), On);
        assert_eq!(story.goes_on(&edited(1, 20)), Back);
        // The same state told again: something else changed, a pin say.
        assert_eq!(story.goes_on(&edited(1, 30)), On);
        // Whoever had it to tell was paused.
        assert_eq!(story.goes_on(&created(1)), Behind);
        assert_eq!(story.goes_on(&deleted(1)), On);
        assert_eq!(story.goes_on(&edited(1, 40)), Back);
        assert_eq!(story.goes_on(&created(1)), Back);
        assert_eq!(story.goes_on(&edited(2, 5)), On, "another message");
        let (ids, channel) = ([3, 4].map(|n| MessageId::new(n).unwrap()).into(), ChannelId::new(1).unwrap());
        let guild = model::GuildId::new(1).unwrap();
        assert_eq!(story.goes_on(&Event::MessageDeleteBulk { ids, channel, guild }), On);
        assert_eq!([3, 4, 5].map(|n| story.goes_on(&created(n))), [Back, Back, On]);
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let mut story = Story::default();
        for n in 1..=2 * REMEMBERED as u64 {
            assert_eq!(story.goes_on(&deleted(n)), Turn::On);
        }
        assert_eq!(story.states.len(), REMEMBERED);
    }
}
