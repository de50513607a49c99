//! What comes late: events that waited on their way while people came and read.

use super::support::Server;
use model::event::{Envelope, Event};
use model::message::{Message, MessageView};
use ports::messages::{Appended, EditedText, MessageEdit};
use serde_json::Value;
use std::time::Duration;
use testkit::conformance::messages::says;

/// An event that waits for a member of Redis that failed comes to who came meanwhile, and read on. What that one read is told behind
/// it, for the change itself went nowhere near it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_so_late_that_its_hearer_may_have_read_on_is_followed_by_what_became_of_it() {
    let server = Server::start().await;
    let (alice, bob, dm) = server.pair().await;
    let (world, channel) = (&server.running.world, dm.parse().unwrap());
    let author = world.ports.directory.users(&[alice.id.parse().unwrap()]).await.unwrap().remove(0);
    let say = async |text: &str| {
        let new = says(channel, author.id, text);
        match world.ports.messages.append(new, None, Box::new(|_| {})).await.unwrap() {
            Appended::Created(message) => message,
            other => panic!("{other:?}"),
        }
    };
    let edit = async |message: &Message, text: &str| {
        let content = Some(EditedText { text: text.into(), ..EditedText::default() });
        let edit = MessageEdit { content, edited: Some(world.ports.clock.now()), ..MessageEdit::default() };
        let edited = world.ports.messages.edit(channel, message.id, edit, Box::new(|_| {})).await.unwrap();
        edited.unwrap()
    };
    let view = |message: Message| {
        let author = author.clone();
        let view = MessageView {
            message,
            author,
            mentions: vec![],
            reactions: vec![],
            referenced: None,
            nonce: None,
            thread: None,
        };
        Box::new(view)
    };
    let created = |message| Event::MessageCreate { view: view(message), channel_type: 1, guild: None };
    let updated = |message| Event::MessageUpdate { view: view(message), channel_type: 1, guild: None };
    // Stored, and what is told of it waits somewhere.
    let [once, gone, kept, twice] =
        [say("once").await, say("gone").await, say("kept").await, say("twice").await];
    let older = edit(&twice, "older").await;
    edit(&once, "edited").await;
    edit(&twice, "newest").await;
    world.ports.messages.delete(channel, gone.id, Box::new(|_| {})).await.unwrap();
    let ids = [&once, &gone, &kept, &twice].map(|message| message.id.to_string());
    let to: model::event::Audience = [&alice, &bob].iter().map(|person| person.id.parse().unwrap()).collect();
    let waited = [created(once), created(gone), created(kept), updated(older)];
    let waited = waited.map(|event| Envelope {
        to: to.clone(),
        event: std::sync::Arc::new(event),
        guild: None,
        channel: Some(channel),
        version: 0,
        stored_by: None,
    });
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let mut socket = server.online(&bob).await;
    socket.event("READY").await;
    waited.into_iter().for_each(|envelope| world.ports.bus.publish(envelope));
    let mut told: Vec<(String, Value, Value)> = Vec::new();
    while told.len() < 7 {
        let frame = socket.dispatch().await;
        if frame["t"].as_str().unwrap().starts_with("MESSAGE_") {
            let id = frame["d"]["id"].as_str().unwrap().to_owned();
            told.push((id, frame["t"].clone(), frame["d"]["content"].clone()));
        }
    }
    let of = |n: usize| -> Vec<(&str, &str)> {
        let of = told.iter().filter(|(id, ..)| *id == ids[n]);
        of.map(|(_, name, text)| (name.as_str().unwrap(), text.as_str().unwrap_or_default())).collect()
    };
    assert_eq!(of(0), [("MESSAGE_CREATE", "once"), ("MESSAGE_UPDATE", "edited")]);
    assert_eq!(of(1), [("MESSAGE_CREATE", "gone"), ("MESSAGE_DELETE", "")]);
    assert_eq!(of(2), [("MESSAGE_CREATE", "kept")]);
    assert_eq!(of(3), [("MESSAGE_UPDATE", "older"), ("MESSAGE_UPDATE", "newest")]);
}
