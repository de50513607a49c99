//! What is a string in JSON and a number here.

use model::{GuildId, MessageId, UserId};
use serde_json::Value;
use wire::permissions::Perms;
use wire::{Sf, Ts};

/// A Snowflake that can be read prints as it was, and means the same for every kind of id, in text and in JSON.
///
/// # Panics
/// It does not.
pub fn snowflakes(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let id = text.parse::<UserId>().ok();
    if let Some(id) = id {
        assert_eq!(id.to_string(), text);
        assert_eq!(UserId::new(id.get()), Some(id));
        assert_eq!(UserId::from_i64(id.as_i64()), Some(id));
        assert!(id.created_ms() >= model::snowflake::EPOCH_MS);
        assert!(model::snowflake::at_ms(id.created_ms()) <= id.get());
    }
    let value = id.map(UserId::get);
    assert_eq!(text.parse::<GuildId>().ok().map(GuildId::get), value);
    assert_eq!(text.parse::<MessageId>().ok().map(MessageId::get), value);
    // As a JSON string it is read as the bare text is.
    let quoted = Value::String(text.clone().into_owned()).to_string();
    let read = serde_json::from_str::<Sf<UserId>>(&quoted).ok();
    assert_eq!(read.map(|Sf(id)| id), id);
    if let Some(read) = read {
        assert_eq!(serde_json::to_string(&read).ok(), Some(quoted));
    }
    // As any other JSON: what is read is written as a string that reads the same.
    if let Ok(read) = serde_json::from_slice::<Sf<UserId>>(data) {
        let written = serde_json::to_string(&read).unwrap_or_default();
        assert_eq!(written, format!("\"{}\"", read.0));
        assert_eq!(serde_json::from_str::<Sf<UserId>>(&written).ok(), Some(read));
    }
}

/// Permissions keep every bit, on the way through text and through JSON; nothing but digits is read.
///
/// # Panics
/// They do not.
pub fn permissions(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let read = wire::permissions::parse(&text);
    // What digits say, and nothing else, to the last bit.
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    assert_eq!(read.map(|Perms(bits)| bits.bits()), text.parse().ok().filter(|_| digits));
    let quoted = Value::String(text.into_owned()).to_string();
    assert_eq!(serde_json::from_str::<Perms>(&quoted).ok(), read);
    for read in read.into_iter().chain(serde_json::from_slice::<Perms>(data).ok()) {
        let written = serde_json::to_string(&read).unwrap_or_default();
        assert_eq!(written, format!("\"{}\"", read.0.bits()));
        assert_eq!(serde_json::from_str::<Perms>(&written).ok(), Some(read));
        // Every name stands for its bit, with or without all others.
        for (name, bit) in model::Permissions::NAMES {
            let has = read.0.bits() & bit.bits() != 0;
            assert_eq!(read.0.contains(*bit), has, "{name}");
        }
    }
}

/// A moment that can be read prints in one spelling, which reads as the same moment.
///
/// # Panics
/// It does not.
pub fn timestamps(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let read = Ts::parse(&text);
    let quoted = Value::String(text.into_owned()).to_string();
    let in_json = serde_json::from_str::<Ts>(&quoted).ok();
    assert_eq!(in_json, read);
    if let Some(read) = read {
        let written = read.to_string();
        assert_eq!((written.len(), written.ends_with("+00:00")), (32, true), "{written}");
        assert_eq!(Ts::parse(&written), Some(read), "{written}");
    }
}
