//! The contract of [`ports::sessions::Sessions`]. An engine that has other nodes runs it with
//! [`sessions_contract`](crate::sessions_contract).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a contract fails"
)]

use model::event::{Envelope, Event, GuildAudience, GuildFilter};
use model::guild::Versions;
use model::presence::{ClientKind, SessionPresence, Status};
use model::{ChannelId, DeviceId, GuildId, MessageId, Timestamp, UserId};
use ports::bus::{Bus, Deliveries, Delivery, Mark, Position};
use ports::sessions::{ParkedEvent, ParkedSession, Sessions};
use std::sync::Arc;
use std::time::Duration;

/// Makes one `#[tokio::test]` of every sentence of the contract. `$fresh` is an expression, awaited inside each test,
/// that gives an `Arc<dyn Bus>` and an `Arc<dyn Sessions>` of one node.
#[macro_export]
macro_rules! sessions_contract {
    ($fresh:expr) => {
        $crate::contract!(
            sessions,
            $fresh,
            [
                a_parked_session_is_taken_once,
                parking_again_replaces,
                a_forgotten_session_is_gone,
                one_of_many_takers_gets_it,
                what_was_heard_after_a_place_is_read_again_in_order,
                what_others_heard_is_left_out,
                what_a_users_guilds_heard_is_among_it_in_order,
                a_stream_is_read_from_before_it_began_and_only_if_it_is_there,
            ]
        );
    };
}

const PATIENCE: Duration = Duration::from_secs(5);

type Fresh = (Arc<dyn Bus>, Arc<dyn Sessions>);

fn user(n: u64) -> UserId {
    UserId::new(n).unwrap()
}

fn guild(n: u64) -> GuildId {
    GuildId::new(n).unwrap()
}

fn parked(id: u128) -> ParkedSession {
    ParkedSession {
        id,
        user: user(7),
        device: DeviceId::new(8).unwrap(),
        bot: true,
        intents: u64::MAX,
        shard: (1, 2),
        last: 42,
        position: Position { stream: u64::MAX, entry: (1_767_225_600_000, 3) },
        tail: vec![
            None,
            Some(ParkedEvent {
                name: "TYPING_START".into(),
                d: "{\"ä\":\"\\u0000\"}".into(),
                channel: ChannelId::new(1),
                guild: Some((guild(3), GuildFilter::Channel(ChannelId::new(4).unwrap()))),
            }),
        ],
        told: vec![model::MessageId::new(9).unwrap()],
        presence: Some(SessionPresence {
            session: "ä".into(),
            client: ClientKind::Web,
            os: "\0:\"".into(),
            status: Status::Dnd,
            activities: vec![],
            afk: true,
        }),
        guilds: vec![(guild(3), 5), (guild(4), u64::MAX)],
        began: Some(Timestamp::from_micros(i64::MAX)),
        shown: None,
    }
}

fn event(to: &[u64], number: u64) -> Envelope {
    Envelope {
        to: to.iter().map(|n| user(*n)).collect(),
        guild: None,
        event: Arc::new(Event::MessageDelete {
            id: MessageId::new(number).unwrap(),
            channel: ChannelId::new(1).unwrap(),
            guild: None,
        }),
        channel: ChannelId::new(1),
        version: number,
        stored_by: None,
    }
}

fn guild_event(to: u64, number: u64) -> Envelope {
    Envelope {
        guild: Some(GuildAudience {
            guild: guild(to),
            versions: Versions { state: number, members: 1 },
            filter: GuildFilter::Everyone,
            sight: None,
        }),
        ..event(&[], number)
    }
}

fn number(envelope: &Envelope) -> u64 {
    match envelope.event.as_ref() {
        Event::MessageDelete { id, .. } => id.get(),
        other => panic!("{other:?}"),
    }
}

async fn next(deliveries: &mut Deliveries) -> (u64, Mark) {
    loop {
        let delivery = tokio::time::timeout(PATIENCE, deliveries.recv()).await;
        match delivery.expect("nothing arrived").expect("the subscription ended") {
            Delivery::Event(envelope, mark) => return (number(&envelope), mark.expect("no mark")),
            Delivery::Reached(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

async fn hears(bus: &Arc<dyn Bus>, users: &[u64]) -> Deliveries {
    for n in users {
        bus.attach(user(*n), DeviceId::new(*n).unwrap()).await.unwrap();
    }
    bus.subscribe()
}

/// It comes out as it went in, and then it is gone.
pub async fn a_parked_session_is_taken_once(fresh: Fresh) {
    let (_, sessions) = fresh;
    for id in [1, u128::MAX] {
        assert_eq!(sessions.take(id).await.unwrap(), None);
        sessions.park(&parked(id)).await.unwrap();
        assert_eq!(sessions.take(id).await.unwrap(), Some(parked(id)));
        assert_eq!(sessions.take(id).await.unwrap(), None);
    }
}

/// The last word counts.
pub async fn parking_again_replaces(fresh: Fresh) {
    let (_, sessions) = fresh;
    sessions.park(&parked(1)).await.unwrap();
    let later = ParkedSession { last: 43, presence: None, ..parked(1) };
    sessions.park(&later).await.unwrap();
    assert_eq!(sessions.take(1).await.unwrap(), Some(later));
}

/// And forgetting one that is not there is no fault.
pub async fn a_forgotten_session_is_gone(fresh: Fresh) {
    let (_, sessions) = fresh;
    sessions.park(&parked(1)).await.unwrap();
    sessions.park(&parked(2)).await.unwrap();
    sessions.forget(1).await.unwrap();
    sessions.forget(1).await.unwrap();
    assert_eq!(sessions.take(1).await.unwrap(), None);
    assert_eq!(sessions.take(2).await.unwrap(), Some(parked(2)));
}

/// Two nodes never have one session.
pub async fn one_of_many_takers_gets_it(fresh: Fresh) {
    let (_, sessions) = fresh;
    sessions.park(&parked(1)).await.unwrap();
    let takers: Vec<_> = (0..32)
        .map(|_| {
            let sessions = sessions.clone();
            tokio::spawn(async move { sessions.take(1).await.unwrap().is_some() })
        })
        .collect();
    let mut winners = 0;
    for taker in takers {
        winners += u32::from(taker.await.unwrap());
    }
    assert_eq!(winners, 1);
}

/// From every place that was told, with the same marks.
pub async fn what_was_heard_after_a_place_is_read_again_in_order(fresh: Fresh) {
    let (bus, sessions) = fresh;
    let mut deliveries = hears(&bus, &[1]).await;
    let mut live = Vec::new();
    for n in 1..=50 {
        bus.publish(event(&[1, 2], n));
    }
    for _ in 1..=50 {
        live.push(next(&mut deliveries).await);
    }
    for (place, (_, mark)) in live.iter().enumerate() {
        let heard = sessions
            .heard(user(1), &[], mark.position, Duration::ZERO)
            .await
            .unwrap()
            .expect("it can be read");
        let heard: Vec<_> = heard.iter().map(|(envelope, mark)| (number(envelope), *mark)).collect();
        assert_eq!(heard, live[place + 1..]);
    }
}

/// A user hears what was for them.
pub async fn what_others_heard_is_left_out(fresh: Fresh) {
    let (bus, sessions) = fresh;
    let mut deliveries = hears(&bus, &[1, 2]).await;
    bus.publish(event(&[1], 1));
    let (_, mark) = next(&mut deliveries).await;
    for (to, n) in [(&[2][..], 2), (&[1, 2], 3), (&[2], 4), (&[1], 5)] {
        bus.publish(event(to, n));
        next(&mut deliveries).await;
    }
    for (who, expected) in [(1, vec![3, 5]), (2, vec![2, 3, 4]), (3, vec![])] {
        let heard = sessions
            .heard(user(who), &[], mark.position, Duration::ZERO)
            .await
            .unwrap()
            .expect("it can be read");
        assert_eq!(heard.iter().map(|(envelope, _)| number(envelope)).collect::<Vec<_>>(), expected);
    }
}

/// Of the guilds that are asked for, and of no others.
pub async fn what_a_users_guilds_heard_is_among_it_in_order(fresh: Fresh) {
    let (bus, sessions) = fresh;
    let mut deliveries = hears(&bus, &[1, 2]).await;
    for n in [3, 4] {
        bus.attach_guild(guild(n)).await.unwrap();
    }
    bus.publish(event(&[1], 1));
    let (_, mark) = next(&mut deliveries).await;
    let sent = [event(&[1], 2), guild_event(3, 3), event(&[2], 4), guild_event(4, 5), guild_event(3, 6)];
    for envelope in sent {
        bus.publish(envelope);
        next(&mut deliveries).await;
    }
    for (who, guilds, expected) in [
        (1, &[][..], vec![2]),
        (1, &[guild(3)], vec![2, 3, 6]),
        (1, &[guild(3), guild(4)], vec![2, 3, 5, 6]),
        (2, &[guild(4), guild(9)], vec![4, 5]),
    ] {
        let heard = sessions.heard(user(who), guilds, mark.position, Duration::ZERO).await.unwrap();
        let heard = heard.expect("it can be read");
        assert_eq!(heard.iter().map(|(envelope, _)| number(envelope)).collect::<Vec<_>>(), expected);
        let of_guild = heard.iter().find_map(|(envelope, _)| envelope.guild.clone());
        assert_eq!(of_guild.map(|audience| audience.guild), guilds.iter().find(|g| g.get() < 9).copied());
    }
}

/// From before the beginning of a stream all of it is read, and nothing from one that is not there.
pub async fn a_stream_is_read_from_before_it_began_and_only_if_it_is_there(fresh: Fresh) {
    let (bus, sessions) = fresh;
    let mut deliveries = hears(&bus, &[1]).await;
    bus.publish(event(&[1], 1));
    let (_, mark) = next(&mut deliveries).await;
    let (ms, seq) = mark.position.entry;
    let position = Position { entry: (ms - 1_000_000, seq), ..mark.position };
    assert_eq!(
        sessions.heard(user(1), &[], position, Duration::ZERO).await.unwrap().map(|heard| heard.len()),
        Some(1)
    );
    let position = Position { stream: !mark.position.stream, ..mark.position };
    assert!(sessions.heard(user(1), &[], position, Duration::ZERO).await.unwrap().is_none());
}
