//! The contract of [`ports::voice::VoiceStates`]. An engine runs it with [`voice_contract`](crate::voice_contract).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a contract fails"
)]

use super::presence::Passing;
use model::voice::{VoiceFlags, VoiceState};
use model::{ChannelId, GuildId, Timestamp, UserId, limits};
use ports::voice::{Entered, Swept, VoiceStates, Which};
use std::sync::Arc;

/// Makes one `#[tokio::test]` of every sentence of the contract. `$fresh` is an expression, awaited inside each test,
/// that gives an `Arc<dyn VoiceStates>` without states and something that is
/// [`Passing`](crate::conformance::presence::Passing).
#[macro_export]
macro_rules! voice_contract {
    ($fresh:expr) => {
        $crate::contract!(
            voice,
            $fresh,
            [
                who_enters_is_there_as_it_said,
                entering_again_replaces_and_tells_what_was,
                a_person_is_in_one_channel_over_all_guilds,
                a_bot_is_in_a_channel_of_each_guild,
                people_who_enter_two_guilds_at_once_are_in_one,
                a_full_channel_takes_nobody_else,
                of_many_who_enter_at_once_so_many_fit,
                a_guild_holds_only_so_many,
                changing_keeps_what_is_not_changed,
                changes_at_once_are_all_made,
                who_is_not_there_is_not_changed,
                ending_ends_what_applies_and_tells_once,
                a_state_ends_after_three_heartbeats,
                keeping_alive_keeps_the_states_of_one_session,
                keeping_alive_brings_nothing_back,
                what_ran_out_is_told_once,
                what_ran_out_and_was_not_told_is_replaced,
                guilds_and_users_are_kept_apart,
            ]
        );
    };
}

type Fresh<P> = (Arc<dyn VoiceStates>, P);

fn user(n: u64) -> UserId {
    UserId::new(n).unwrap()
}

fn guild(n: u64) -> GuildId {
    // As large as ids are: engines must not take them for floating point numbers.
    GuildId::new((1 << 62) + n).unwrap()
}

fn channel(n: u64) -> ChannelId {
    ChannelId::new((1 << 62) + 100 + n).unwrap()
}

/// User `u` in channel `c` of guild `g`.
fn state(u: u64, g: u64, c: u64) -> VoiceState {
    VoiceState {
        user: user(u),
        guild: guild(g),
        channel: channel(c),
        session: format!("s{u}"),
        bot: false,
        self_mute: true,
        self_deaf: false,
        self_video: true,
        suppress: false,
        asks_since: Some(Timestamp::from_micros(1_234_567)),
    }
}

fn entered(before: Option<VoiceState>, left: &[VoiceState]) -> Entered {
    Entered::Entered { before, left: left.to_vec() }
}

async fn in_guild(voice: &Arc<dyn VoiceStates>, g: u64) -> Vec<VoiceState> {
    let mut all = voice.of_guild(guild(g)).await.unwrap();
    all.sort_by_key(|state| state.user);
    all
}

/// A state is found by its user and by its guild.
pub async fn who_enters_is_there_as_it_said(fresh: Fresh<impl Passing>) {
    let (voice, _) = fresh;
    assert_eq!(in_guild(&voice, 1).await, []);
    assert_eq!(voice.of_user(user(1)).await.unwrap(), []);
    assert_eq!(voice.enter(state(1, 1, 1), None).await.unwrap(), entered(None, &[]));
    assert_eq!(voice.enter(state(2, 1, 2), None).await.unwrap(), entered(None, &[]));
    assert_eq!(in_guild(&voice, 1).await, [state(1, 1, 1), state(2, 1, 2)]);
    assert_eq!(voice.of_user(user(2)).await.unwrap(), [state(2, 1, 2)]);
}

/// In a guild somebody is in one channel; whoever moves learns from where, also by another session.
pub async fn entering_again_replaces_and_tells_what_was(fresh: Fresh<impl Passing>) {
    let (voice, _) = fresh;
    voice.enter(state(1, 1, 1), None).await.unwrap();
    let second = VoiceState { session: "other".into(), self_deaf: true, ..state(1, 1, 2) };
    assert_eq!(voice.enter(second.clone(), None).await.unwrap(), entered(Some(state(1, 1, 1)), &[]));
    assert_eq!(voice.enter(second.clone(), None).await.unwrap(), entered(Some(second.clone()), &[]));
    assert_eq!(in_guild(&voice, 1).await, [second]);
}

/// Entering in one guild leaves the channel in another.
pub async fn a_person_is_in_one_channel_over_all_guilds(fresh: Fresh<impl Passing>) {
    let (voice, _) = fresh;
    voice.enter(state(1, 1, 1), None).await.unwrap();
    assert_eq!(voice.enter(state(1, 2, 5), None).await.unwrap(), entered(None, &[state(1, 1, 1)]));
    assert_eq!(in_guild(&voice, 1).await, []);
    assert_eq!(voice.of_user(user(1)).await.unwrap(), [state(1, 2, 5)]);
}

/// Bots play music in many guilds.
pub async fn a_bot_is_in_a_channel_of_each_guild(fresh: Fresh<impl Passing>) {
    let (voice, _) = fresh;
    let bot = |g, c| VoiceState { bot: true, ..state(1, g, c) };
    voice.enter(bot(1, 1), None).await.unwrap();
    assert_eq!(voice.enter(bot(2, 2), None).await.unwrap(), entered(None, &[]));
    assert_eq!(voice.of_user(user(1)).await.unwrap(), [bot(1, 1), bot(2, 2)]);
    let ended = voice.end(user(1), Which { guild: Some(guild(1)), ..Which::default() }).await.unwrap();
    assert_eq!(ended, [bot(1, 1)]);
    assert_eq!(voice.of_user(user(1)).await.unwrap(), [bot(2, 2)]);
}

/// Whatever comes first: one of them is left, and every other that was there is told to have been left.
pub async fn people_who_enter_two_guilds_at_once_are_in_one(fresh: Fresh<impl Passing>) {
    let (voice, _) = fresh;
    for n in 1..=20 {
        let (a, b) = tokio::join!(voice.enter(state(n, 1, 1), None), voice.enter(state(n, 2, 2), None));
        let left = [a.unwrap(), b.unwrap()].map(|entered| match entered {
            Entered::Entered { before: None, left } => left,
            other => panic!("{other:?}"),
        });
        let now = voice.of_user(user(n)).await.unwrap();
        let [now] = now.as_slice() else { panic!("{now:?}") };
        let other = if *now == state(n, 1, 1) { state(n, 2, 2) } else { state(n, 1, 1) };
        assert_eq!(left.concat(), [other]);
    }
    assert_eq!(in_guild(&voice, 1).await.len() + in_guild(&voice, 2).await.len(), 20);
}

/// The limit counts others in the channel; who is in it comes in again, and who is let in without a limit does.
pub async fn a_full_channel_takes_nobody_else(fresh: Fresh<impl Passing>) {
    let (voice, time) = fresh;
    voice.enter(state(1, 1, 1), Some(2)).await.unwrap();
    voice.enter(state(9, 1, 9), Some(1)).await.unwrap();
    voice.enter(state(2, 1, 1), Some(2)).await.unwrap();
    voice.enter(state(3, 1, 3), None).await.unwrap();
    assert_eq!(voice.enter(state(3, 1, 1), Some(2)).await.unwrap(), Entered::Full);
    assert_eq!(voice.of_user(user(3)).await.unwrap(), [state(3, 1, 3)]);
    // Also out of another guild nothing is left for it.
    voice.enter(state(4, 2, 4), None).await.unwrap();
    assert_eq!(voice.enter(state(4, 1, 1), Some(2)).await.unwrap(), Entered::Full);
    assert_eq!(voice.of_user(user(4)).await.unwrap(), [state(4, 2, 4)]);
    let again = VoiceState { session: "other".into(), ..state(2, 1, 1) };
    assert_eq!(voice.enter(again, Some(1)).await.unwrap(), entered(Some(state(2, 1, 1)), &[]));
    assert_eq!(voice.enter(state(3, 1, 1), None).await.unwrap(), entered(Some(state(3, 1, 3)), &[]));
    // Who ran out takes no room.
    time.pass(time.heartbeat() * 4).await;
    assert_eq!(voice.enter(state(5, 1, 1), Some(1)).await.unwrap(), entered(None, &[]));
}

/// The limit holds when many come at the same time.
pub async fn of_many_who_enter_at_once_so_many_fit(fresh: Fresh<impl Passing>) {
    let (voice, _) = fresh;
    let mut tasks = tokio::task::JoinSet::new();
    for n in 1..=30 {
        let voice = voice.clone();
        tasks.spawn(async move { voice.enter(state(n, 1, 1), Some(7)).await.unwrap() });
    }
    let all = tasks.join_all().await;
    assert_eq!(all.iter().filter(|one| **one == entered(None, &[])).count(), 7);
    assert_eq!(all.iter().filter(|one| **one == Entered::Full).count(), 23);
    assert_eq!(in_guild(&voice, 1).await.len(), 7);
}

/// Lists of a guild have an end.
pub async fn a_guild_holds_only_so_many(fresh: Fresh<impl Passing>) {
    let (voice, _) = fresh;
    let most = limits::GUILD_IN_VOICE as u64;
    for n in 1..=most {
        assert_eq!(voice.enter(state(n, 1, n % 50), None).await.unwrap(), entered(None, &[]));
    }
    assert_eq!(voice.enter(state(most + 1, 1, 60), None).await.unwrap(), Entered::Full);
    assert_eq!(in_guild(&voice, 1).await.len(), limits::GUILD_IN_VOICE);
    // Who is there moves.
    assert_eq!(voice.enter(state(7, 1, 60), None).await.unwrap(), entered(Some(state(7, 1, 7)), &[]));
}

/// A change carries both sides, and is made of what is there.
pub async fn changing_keeps_what_is_not_changed(fresh: Fresh<impl Passing>) {
    let (voice, time) = fresh;
    voice.enter(state(1, 1, 1), None).await.unwrap();
    time.pass(time.heartbeat()).await;
    let flags = VoiceFlags { mute: false, deaf: true, video: false };
    let changed = voice.change(user(1), guild(1), Box::new(move |state| state.show(flags))).await.unwrap();
    let after = VoiceState { self_mute: false, self_deaf: true, self_video: false, ..state(1, 1, 1) };
    assert_eq!(changed, Some((state(1, 1, 1), after.clone())));
    let moved = voice.change(user(1), guild(1), Box::new(|state| state.channel = channel(2))).await.unwrap();
    let there = VoiceState { channel: channel(2), ..after.clone() };
    assert_eq!(moved, Some((after, there.clone())));
    assert_eq!(in_guild(&voice, 1).await, std::slice::from_ref(&there));
    // It takes room where it is now.
    assert_eq!(voice.enter(state(2, 1, 2), Some(1)).await.unwrap(), Entered::Full);
    // A change prolongs nothing.
    time.pass(time.heartbeat() * 5 / 2).await;
    assert_eq!(in_guild(&voice, 1).await, []);
}

/// Nothing is lost between two who change.
pub async fn changes_at_once_are_all_made(fresh: Fresh<impl Passing>) {
    let (voice, _) = fresh;
    let start = VoiceState { self_mute: false, self_deaf: false, self_video: false, ..state(1, 1, 1) };
    voice.enter(start.clone(), None).await.unwrap();
    let (a, b, c) = tokio::join!(
        voice.change(user(1), guild(1), Box::new(|state| state.self_mute = true)),
        voice.change(user(1), guild(1), Box::new(|state| state.self_deaf = true)),
        voice.change(user(1), guild(1), Box::new(|state| state.suppress = true)),
    );
    assert!(a.unwrap().is_some() && b.unwrap().is_some() && c.unwrap().is_some());
    let all = VoiceState { self_mute: true, self_deaf: true, suppress: true, ..start };
    assert_eq!(in_guild(&voice, 1).await, [all]);
}

/// A change makes no state.
pub async fn who_is_not_there_is_not_changed(fresh: Fresh<impl Passing>) {
    let (voice, time) = fresh;
    voice.enter(state(1, 1, 1), None).await.unwrap();
    let mute = || Box::new(|state: &mut VoiceState| state.self_mute = false);
    assert_eq!(voice.change(user(1), guild(2), mute()).await.unwrap(), None);
    assert_eq!(voice.change(user(2), guild(1), mute()).await.unwrap(), None);
    time.pass(time.heartbeat() * 4).await;
    assert_eq!(voice.change(user(1), guild(1), mute()).await.unwrap(), None);
    assert_eq!(in_guild(&voice, 1).await, []);
}

/// Guild, channel and session must all be right, and what is ended is told to one of two.
pub async fn ending_ends_what_applies_and_tells_once(fresh: Fresh<impl Passing>) {
    let (voice, _) = fresh;
    voice.enter(state(1, 1, 1), None).await.unwrap();
    let which = Which { guild: Some(guild(1)), channel: Some(channel(1)), session: Some("s1") };
    for other in [
        Which { guild: Some(guild(2)), ..which },
        Which { channel: Some(channel(2)), ..which },
        Which { session: Some("s2"), ..which },
    ] {
        assert_eq!(voice.end(user(1), other).await.unwrap(), []);
    }
    assert_eq!(voice.end(user(2), Which::default()).await.unwrap(), []);
    assert_eq!(in_guild(&voice, 1).await, [state(1, 1, 1)]);
    let (a, b) = tokio::join!(voice.end(user(1), which), voice.end(user(1), Which::default()));
    assert_eq!([a.unwrap(), b.unwrap()].concat(), [state(1, 1, 1)]);
    assert_eq!(in_guild(&voice, 1).await, []);
    assert_eq!(voice.of_user(user(1)).await.unwrap(), []);
    assert_eq!(voice.enter(state(1, 1, 1), None).await.unwrap(), entered(None, &[]));
}

/// A session that says nothing for three heartbeats is gone, and not before.
pub async fn a_state_ends_after_three_heartbeats(fresh: Fresh<impl Passing>) {
    let (voice, time) = fresh;
    voice.enter(state(1, 1, 1), None).await.unwrap();
    time.pass(time.heartbeat() * 5 / 2).await;
    assert_eq!(in_guild(&voice, 1).await.len(), 1);
    time.pass(time.heartbeat()).await;
    assert_eq!(in_guild(&voice, 1).await, []);
    assert_eq!(voice.of_user(user(1)).await.unwrap(), []);
}

/// A heartbeat is for one session, wherever it is now, for three more heartbeats.
pub async fn keeping_alive_keeps_the_states_of_one_session(fresh: Fresh<impl Passing>) {
    let (voice, time) = fresh;
    voice.enter(state(1, 1, 1), None).await.unwrap();
    voice.enter(state(2, 1, 1), None).await.unwrap();
    voice.change(user(1), guild(1), Box::new(|state| state.channel = channel(2))).await.unwrap();
    for _ in 0..5 {
        time.pass(time.heartbeat()).await;
        assert!(voice.keep_alive(user(1), "s1").await.unwrap());
        assert!(!voice.keep_alive(user(2), "s1").await.unwrap());
    }
    assert_eq!(in_guild(&voice, 1).await, [state(1, 1, 2)]);
}

/// Whoever was sent away, or ran out, does not come back by a heartbeat.
pub async fn keeping_alive_brings_nothing_back(fresh: Fresh<impl Passing>) {
    let (voice, time) = fresh;
    assert!(!voice.keep_alive(user(1), "s1").await.unwrap());
    voice.enter(state(1, 1, 1), None).await.unwrap();
    voice.end(user(1), Which::default()).await.unwrap();
    assert!(!voice.keep_alive(user(1), "s1").await.unwrap());
    assert_eq!(in_guild(&voice, 1).await, []);
    voice.enter(state(1, 1, 1), None).await.unwrap();
    voice.enter(VoiceState { session: "other".into(), ..state(1, 2, 2) }, None).await.unwrap();
    assert!(!voice.keep_alive(user(1), "s1").await.unwrap());
    assert_eq!(in_guild(&voice, 1).await, []);
    time.pass(time.heartbeat() * 4).await;
    assert!(!voice.keep_alive(user(1), "other").await.unwrap());
    assert_eq!(voice.of_user(user(1)).await.unwrap(), []);
}

/// The sweep gives what ran out to one caller, so that its end is told.
pub async fn what_ran_out_is_told_once(fresh: Fresh<impl Passing>) {
    let (voice, time) = fresh;
    assert_eq!(voice.sweep(guild(1)).await.unwrap(), Swept::default());
    voice.enter(state(1, 1, 1), None).await.unwrap();
    assert_eq!(voice.sweep(guild(1)).await.unwrap(), Swept { ended: vec![], others: true });
    time.pass(time.heartbeat() * 2).await;
    voice.enter(state(2, 1, 1), None).await.unwrap();
    time.pass(time.heartbeat() * 2).await;
    let (a, b) = tokio::join!(voice.sweep(guild(1)), voice.sweep(guild(1)));
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!([a.ended, b.ended].concat(), [state(1, 1, 1)]);
    assert!(a.others && b.others);
    voice.end(user(2), Which::default()).await.unwrap();
    assert_eq!(voice.sweep(guild(1)).await.unwrap(), Swept::default());
    assert_eq!(voice.enter(state(1, 1, 1), None).await.unwrap(), entered(None, &[]));
}

/// Those who still see somebody who ran out can be told that it is elsewhere now.
pub async fn what_ran_out_and_was_not_told_is_replaced(fresh: Fresh<impl Passing>) {
    let (voice, time) = fresh;
    voice.enter(state(1, 1, 1), None).await.unwrap();
    time.pass(time.heartbeat() * 4).await;
    assert_eq!(voice.enter(state(1, 1, 2), None).await.unwrap(), entered(Some(state(1, 1, 1)), &[]));
    assert_eq!(voice.sweep(guild(1)).await.unwrap(), Swept { ended: vec![], others: true });
    assert_eq!(in_guild(&voice, 1).await, [state(1, 1, 2)]);
}

/// Equal sessions of different users, and guilds beside each other.
pub async fn guilds_and_users_are_kept_apart(fresh: Fresh<impl Passing>) {
    let (voice, _) = fresh;
    let same = |u, g| VoiceState { session: "same".into(), ..state(u, g, 1) };
    voice.enter(same(1, 1), None).await.unwrap();
    voice.enter(same(2, 2), None).await.unwrap();
    assert_eq!(in_guild(&voice, 1).await, [same(1, 1)]);
    let ended = voice.end(user(1), Which { session: Some("same"), ..Which::default() }).await.unwrap();
    assert_eq!(ended, [same(1, 1)]);
    assert_eq!(in_guild(&voice, 2).await, [same(2, 2)]);
}
