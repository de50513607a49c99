//! GUILD_MEMBER_LIST_UPDATE: the list of members beside a channel, for people (protocol A.10).

use super::Rendered;
use crate::Sf;
use crate::member::{self, MemberObject};
use crate::presence::{self, PresenceObject};
use model::event::MemberView;
use model::presence::Presence;
use model::{GuildId, RoleId};
use serde::{Serialize, Serializer};

/// The event's name.
pub const NAME: &str = "GUILD_MEMBER_LIST_UPDATE";

/// A group of members in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Those who are online and whose highest role that is listed apart is this one.
    Role(RoleId),
    /// Others who are online.
    Online,
    /// Those who are not.
    Offline,
}

impl Serialize for Group {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Role(role) => Sf(*role).serialize(serializer),
            Self::Online => serializer.serialize_str("online"),
            Self::Offline => serializer.serialize_str("offline"),
        }
    }
}

/// A group with how many are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct GroupCount {
    /// Which group.
    pub id: Group,
    /// How many.
    pub count: usize,
}

/// A row of the list: a group's head, or a member.
#[derive(Debug, Clone, Copy)]
pub enum Item<'a> {
    /// The head of a group; its members follow.
    Group(GroupCount),
    /// A member with its presence.
    Member(&'a MemberView, &'a Presence),
}

/// A change of the list.
#[derive(Debug, Clone)]
pub enum Op<'a> {
    /// These are the rows from `range.0` to `range.1`.
    Sync {
        /// First and last row.
        range: (usize, usize),
        /// The rows; fewer than the range where the list ends.
        items: Vec<Item<'a>>,
    },
    /// A row came in.
    Insert {
        /// Where.
        index: usize,
        /// The row.
        item: Item<'a>,
    },
    /// A row changed.
    Update {
        /// Where.
        index: usize,
        /// The row.
        item: Item<'a>,
    },
    /// A row is gone.
    Delete {
        /// Where it was.
        index: usize,
    },
    /// These rows are not kept up to date any more.
    Invalidate {
        /// First and last row.
        range: (usize, usize),
    },
}

/// A list and what changed of it.
#[derive(Debug, Clone)]
pub struct ListUpdate<'a> {
    /// Whose members.
    pub guild: GuildId,
    /// Which list: `everyone` where everybody may view the channel.
    pub id: &'a str,
    /// How many members of the guild are online.
    pub online_count: usize,
    /// How many members the guild has.
    pub member_count: usize,
    /// The groups, in the list's order; empty ones left out.
    pub groups: &'a [GroupCount],
    /// What changed.
    pub ops: &'a [Op<'a>],
}

#[derive(Serialize)]
struct GuildMemberListUpdate<'a> {
    guild_id: Sf<GuildId>,
    id: &'a str,
    online_count: usize,
    member_count: usize,
    groups: &'a [GroupCount],
    ops: Vec<OpObject<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "op", rename_all = "UPPERCASE")]
enum OpObject<'a> {
    Sync { range: (usize, usize), items: Vec<ItemObject<'a>> },
    Insert { index: usize, item: ItemObject<'a> },
    Update { index: usize, item: ItemObject<'a> },
    Delete { index: usize },
    Invalidate { range: (usize, usize) },
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum ItemObject<'a> {
    Group(GroupCount),
    Member(Box<ListMember<'a>>),
}

#[derive(Serialize)]
struct ListMember<'a> {
    #[serde(flatten)]
    member: MemberObject<'a>,
    presence: PresenceObject<'a>,
}

/// The event.
pub fn render(update: &ListUpdate<'_>) -> Rendered {
    let ops = update.ops.iter().map(|op| match op {
        Op::Sync { range, items } => OpObject::Sync {
            range: *range,
            items: items.iter().map(|row| item(update.guild, *row)).collect(),
        },
        Op::Insert { index, item: row } => OpObject::Insert { index: *index, item: item(update.guild, *row) },
        Op::Update { index, item: row } => OpObject::Update { index: *index, item: item(update.guild, *row) },
        Op::Delete { index } => OpObject::Delete { index: *index },
        Op::Invalidate { range } => OpObject::Invalidate { range: *range },
    });
    super::json(
        NAME,
        &GuildMemberListUpdate {
            guild_id: Sf(update.guild),
            id: update.id,
            online_count: update.online_count,
            member_count: update.member_count,
            groups: update.groups,
            ops: ops.collect(),
        },
    )
}

fn item(guild: GuildId, item: Item<'_>) -> ItemObject<'_> {
    match item {
        Item::Group(group) => ItemObject::Group(group),
        Item::Member(view, shown) => ItemObject::Member(Box::new(ListMember {
            member: member::render(view),
            presence: presence::render(shown).in_guild(guild),
        })),
    }
}
