//! What a member may do, against a second model that was written from the protocol's section D alone: a million cases.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use model::guild::{Guild, GuildChannel, GuildChannelKind, GuildState, Overwrite, OverwriteTarget, Role};
use model::permissions::{Rank, Subject, base, in_channel, in_guild, in_thread};
use model::{ChannelId, GuildId, Permissions, RoleId, Timestamp, UserId};

/// The protocol's algorithm on plain numbers, bit by bit where the real one uses sets.
mod reference {
    pub(super) struct Input<'a> {
        pub(super) owner: bool,
        pub(super) everyone: u64,
        /// The member's roles, as (id, permissions).
        pub(super) roles: &'a [(u64, u64)],
        /// Of the channel: (kind of target, id, allow, deny).
        pub(super) overwrites: &'a [(u8, u64, u64, u64)],
        pub(super) guild: u64,
        pub(super) user: u64,
        pub(super) timed_out: bool,
        pub(super) voice: bool,
        pub(super) thread: bool,
    }

    const ADMIN: u32 = 3;
    const VIEW: u32 = 10;
    const SEND: u32 = 11;
    const HISTORY: u32 = 16;
    const CONNECT: u32 = 20;
    const SEND_IN_THREADS: u32 = 38;
    /// MENTION_EVERYONE, SEND_TTS_MESSAGES, ATTACH_FILES, EMBED_LINKS, SEND_POLLS, SEND_VOICE_MESSAGES.
    const NEED_SEND: [u32; 6] = [17, 12, 15, 14, 49, 46];

    fn has(set: u64, bit: u32) -> bool {
        set >> bit & 1 == 1
    }

    /// 0 to 46 and 48 to 52.
    pub(super) fn all() -> u64 {
        (0..=52).filter(|bit| *bit != 47).fold(0, |set, bit| set | 1 << bit)
    }

    pub(super) fn base(input: &Input<'_>) -> u64 {
        if input.owner {
            return all();
        }
        let granted = input.roles.iter().fold(input.everyone, |set, (_, permissions)| set | permissions);
        if has(granted, ADMIN) { all() } else { granted }
    }

    pub(super) fn in_guild(input: &Input<'_>) -> u64 {
        let base = base(input);
        if input.timed_out && !has(base, ADMIN) { base & (1 << VIEW | 1 << HISTORY) } else { base }
    }

    pub(super) fn in_channel(input: &Input<'_>) -> u64 {
        let base = base(input);
        if has(base, ADMIN) {
            return all();
        }
        let said = said(input);
        let decided = (0..64).filter(|bit| decide(&said, has(base, *bit), *bit));
        let mut result = decided.fold(0, |set, bit| set | 1 << bit);
        if input.thread {
            result = if has(result, SEND_IN_THREADS) { result | 1 << SEND } else { result & !(1 << SEND) };
        }
        // An ADMINISTRATOR that comes of an overwrite spares from the timeout's loss, but grants nothing else.
        if input.timed_out && !has(result, ADMIN) {
            result &= 1 << VIEW | 1 << HISTORY;
        }
        if !has(result, VIEW) {
            return 0;
        }
        if input.voice && !has(result, CONNECT) {
            return 1 << VIEW;
        }
        if !has(result, SEND) {
            result = NEED_SEND.iter().fold(result, |set, bit| set & !(1 << bit));
        }
        result
    }

    /// What overwrites say, the strongest first: of the member, of its roles, of everyone, each as (allowed, denied).
    fn said(input: &Input<'_>) -> [(u64, u64); 3] {
        let mut said = [(0, 0); 3];
        for (kind, id, allow, deny) in input.overwrites {
            let rank = match kind {
                1 if *id == input.user => 0,
                0 if *id == input.guild => 2,
                0 if input.roles.iter().any(|(role, _)| role == id) => 1,
                _ => continue,
            };
            said[rank].0 |= allow;
            said[rank].1 |= deny;
        }
        said
    }

    /// One bit, by the strongest that says something about it; allowing beats denying.
    fn decide(said: &[(u64, u64); 3], start: bool, bit: u32) -> bool {
        for (allow, deny) in said {
            if has(*allow, bit) {
                return true;
            }
            if has(*deny, bit) {
                return false;
            }
        }
        start
    }
}

/// A sequence of numbers that looks random and is the same each time (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// Few bits, those that decide something more often than others, and seldom the administrator's.
    fn bits(&mut self) -> u64 {
        const TELLING: [u32; 10] = [10, 11, 16, 17, 14, 12, 20, 38, 4, 28];
        let mut set = 0;
        for _ in 0..self.below(6) {
            set |= 1 << TELLING[self.below(10) as usize];
        }
        match self.below(24) {
            0 => set | 1 << 3,
            1..=8 => set | self.next(),
            _ => set,
        }
    }

    /// As [`Self::bits`], but random sets do not have the administrator's bit in half of all cases.
    fn granted(&mut self) -> u64 {
        let bits = self.bits();
        if self.below(12) == 0 { bits } else { bits & !(1 << 3) }
    }
}

const GUILD: u64 = 50;
const ROLES: u64 = 6;
const USERS: u64 = 4;

fn role(id: u64, permissions: u64, position: u16) -> Role {
    Role {
        id: RoleId::new(id).unwrap(),
        name: String::new(),
        permissions: Permissions::from_bits(permissions),
        position,
        color: 0,
        hoist: false,
        mentionable: false,
        bot: None,
        icon: None,
        unicode_emoji: None,
    }
}

fn channel(kind: GuildChannelKind, overwrites: Vec<Overwrite>) -> GuildChannel {
    GuildChannel {
        id: ChannelId::new(900).unwrap(),
        guild: GuildId::new(GUILD).unwrap(),
        kind,
        name: String::new(),
        position: 0,
        parent: None,
        topic: None,
        nsfw: false,
        slowmode: 0,
        bitrate: 0,
        user_limit: 0,
        default_auto_archive: 60,
        flags: 0,
        overwrites,
        thread: None,
    }
}

fn state(roles: Vec<Role>, owner: u64) -> GuildState {
    GuildState {
        guild: Guild::new(GuildId::new(GUILD).unwrap(), UserId::new(owner).unwrap(), String::new()),
        roles,
        channels: Vec::new(),
        emojis: Vec::new(),
        version: 1,
    }
}

#[test]
fn a_million_members_may_do_what_the_protocol_says() {
    let mut random = Random(1);
    let now = Timestamp::from_millis(1_000_000);
    let mut cases = 0_u32;
    let (mut views, mut sends) = (0_u32, 0_u32);
    while cases < 1_000_000 {
        // Role 50 is everyone's; 51 to 56 are others; one of them is in no guild.
        let permissions: Vec<u64> = (0..=ROLES).map(|_| random.granted()).collect();
        let roles = (0..ROLES).map(|n| role(GUILD + n, permissions[n as usize], n as u16)).collect();
        let state = state(roles, 1);
        let mut overwrites: Vec<(u8, u64, u64, u64)> = Vec::new();
        for _ in 0..random.below(6) {
            let kind = random.below(3).min(1) as u8 ^ 1;
            let id = if kind == 0 { GUILD + random.below(ROLES + 1) } else { 1 + random.below(USERS) };
            if !overwrites.iter().any(|other| other.0 == kind && other.1 == id) {
                overwrites.push((kind, id, random.bits(), random.bits()));
            }
        }
        let set = overwrites.iter().map(|(kind, id, allow, deny)| Overwrite {
            target: match kind {
                0 => OverwriteTarget::Role(RoleId::new(*id).unwrap()),
                _ => OverwriteTarget::Member(UserId::new(*id).unwrap()),
            },
            allow: Permissions::from_bits(*allow),
            deny: Permissions::from_bits(*deny),
        });
        let set: Vec<Overwrite> = set.collect();
        let (text, voice) =
            (channel(GuildChannelKind::Text, set.clone()), channel(GuildChannelKind::Voice, set));
        for _ in 0..20 {
            let user = 1 + random.below(USERS);
            let has = random.next();
            let ids: Vec<u64> = (1..=ROLES).filter(|n| has >> n & 1 == 1).map(|n| GUILD + n).collect();
            let timeout = match random.below(6) {
                0 => Some(Timestamp::from_millis(1_000_001)),
                1 => Some(now),
                _ => None,
            };
            let held: Vec<RoleId> = ids.iter().map(|id| RoleId::new(*id).unwrap()).collect();
            let subject = Subject { user: UserId::new(user).unwrap(), roles: &held, timeout };
            // A role that the guild does not have grants nothing.
            let known: Vec<(u64, u64)> = ids
                .iter()
                .map(|id| (*id, if *id < GUILD + ROLES { permissions[(*id - GUILD) as usize] } else { 0 }))
                .collect();
            let shape = random.below(3);
            let input = reference::Input {
                owner: user == 1,
                everyone: permissions[0],
                roles: &known,
                overwrites: &overwrites,
                guild: GUILD,
                user,
                timed_out: timeout.is_some_and(|until| until > now),
                voice: shape == 1,
                thread: shape == 2,
            };
            let may = match shape {
                0 => in_channel(&state, &text, subject, now),
                1 => in_channel(&state, &voice, subject, now),
                _ => in_thread(&state, &text, subject, now),
            };
            let told = || format!("{:x?} {overwrites:x?} {subject:?} shape {shape}", permissions);
            assert_eq!(may.bits(), reference::in_channel(&input), "{}", told());
            assert_eq!(in_guild(&state, subject, now).bits(), reference::in_guild(&input), "{}", told());
            assert_eq!(base(&state, subject).bits(), reference::base(&input), "{}", told());
            cases += 1;
            views += u32::from(may.contains(Permissions::VIEW_CHANNEL));
            sends += u32::from(may.contains(Permissions::SEND_MESSAGES));
        }
    }
    // The cases are worth something only if both answers are frequent.
    assert!((cases / 10..cases / 10 * 9).contains(&views), "{views} of {cases} may view");
    assert!((cases / 20..cases / 10 * 9).contains(&sends), "{sends} of {cases} may send");
}

#[test]
fn every_named_bit_is_in_all_and_has_discords_number() {
    assert_eq!(Permissions::ALL.bits(), reference::all());
    assert_eq!(Permissions::NAMES.len(), 52);
    let of = |name: &str| Permissions::NAMES.iter().find(|(other, _)| *other == name).unwrap().1.bits();
    assert_eq!(of("ADMINISTRATOR"), 8);
    assert_eq!(of("PIN_MESSAGES"), 1 << 51);
    assert_eq!(of("SET_VOICE_CHANNEL_STATUS"), 1 << 48);
}

#[test]
fn who_is_higher_stands_above_and_nobody_above_the_owner() {
    // Two roles share a position: the older one, with the lower id, is the higher one.
    let state = state(vec![role(50, 0, 0), role(51, 0, 1), role(52, 0, 1), role(53, 0, 2)], 1);
    let rank = |user: u64, roles: &[u64]| {
        let roles: Vec<RoleId> = roles.iter().map(|id| RoleId::new(*id).unwrap()).collect();
        Rank::of(&state, Subject { user: UserId::new(user).unwrap(), roles: &roles, timeout: None })
    };
    let above = |a: Rank, b: Rank| a.is_above(b);
    let (owner, none) = (rank(1, &[]), rank(2, &[]));
    let ladder = [none, rank(2, &[52]), rank(2, &[51]), rank(2, &[53]), owner];
    for (i, a) in ladder.iter().enumerate() {
        for (j, b) in ladder.iter().enumerate() {
            assert_eq!(above(*a, *b), i > j, "{a:?} above {b:?}");
        }
    }
    // The highest role counts, in whatever order they come, and roles that are gone do not.
    assert_eq!(rank(2, &[51, 53, 52]), rank(2, &[53]));
    assert_eq!(rank(2, &[99]), none);
    assert_eq!(rank(1, &[51]), owner);
    let lowest = Rank::of_role(state.role(RoleId::new(50).unwrap()).unwrap());
    assert!(!above(none, lowest) && above(rank(2, &[52]), lowest));
}
