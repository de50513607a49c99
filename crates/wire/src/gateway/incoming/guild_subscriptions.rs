//! Ops 14 and 37: what people want to hear of guilds (protocol A.10).

use serde_json::Value;
use serde_json::value::RawValue;

/// The most guilds that one command may name.
const GUILDS: usize = 200;
/// The most channels whose lists are shown at once.
const CHANNELS: usize = 5;
/// The most stretches of a list.
const RANGES: usize = 5;
/// The most users besides.
const MEMBERS: usize = 100;
/// The longest stretch, in rows: clients ask for hundreds.
const ROWS: u64 = 100;

/// First and last row of a stretch of a list.
pub type Rows = (usize, usize);

/// What a person wants to hear of a guild. What a command does not name stays as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GuildSubscription {
    /// Which guild.
    pub guild: u64,
    /// Who types.
    pub typing: Option<bool>,
    /// What people do.
    pub activities: Option<bool>,
    /// Threads.
    pub threads: Option<bool>,
    /// Presences of these users.
    pub members: Option<Vec<u64>>,
    /// The stretches of the lists of members beside these channels, first and last row.
    pub channels: Option<Vec<(u64, Vec<Rows>)>>,
}

/// Reads op 14; `None` if it names no guild.
pub fn one(d: Option<&RawValue>) -> Option<GuildSubscription> {
    let value = super::tree(d)?;
    let guild = super::id(value.get("guild_id")?)?;
    Some(subscription(guild, &value))
}

/// Reads op 37; what is no guild is left out.
pub fn many(d: Option<&RawValue>) -> Vec<GuildSubscription> {
    let value = super::tree(d).unwrap_or_default();
    let Some(Value::Object(guilds)) = value.get("subscriptions") else { return Vec::new() };
    guilds
        .iter()
        .filter_map(|(guild, value)| Some(subscription(guild.parse().ok().filter(|id| *id > 0)?, value)))
        .take(GUILDS)
        .collect()
}

fn subscription(guild: u64, value: &Value) -> GuildSubscription {
    let flag = |name: &str| value.get(name).and_then(Value::as_bool);
    GuildSubscription {
        guild,
        typing: flag("typing"),
        activities: flag("activities"),
        threads: flag("threads"),
        members: value.get("members").filter(|m| m.is_array()).map(|m| super::ids(Some(m), MEMBERS)),
        channels: value.get("channels").and_then(Value::as_object).map(|channels| {
            let channel = |(id, stretches): (&String, &Value)| {
                Some((id.parse().ok().filter(|id| *id > 0)?, ranges(stretches)))
            };
            channels.iter().filter_map(channel).take(CHANNELS).collect()
        }),
    }
}

fn ranges(value: &Value) -> Vec<Rows> {
    let range = |range: &Value| match range.as_array()?.as_slice() {
        [from, to] => {
            let (from, to) = (from.as_u64()?, to.as_u64()?);
            let to = to.min(from.checked_add(ROWS - 1)?);
            let rows = (usize::try_from(from).ok()?, usize::try_from(to).ok()?);
            (from <= to).then_some(rows)
        }
        _ => None,
    };
    value.as_array().into_iter().flatten().filter_map(range).take(RANGES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(op: u8, d: &str) -> String {
        format!(r#"{{"op":{op},"d":{d}}}"#)
    }

    #[test]
    fn both_forms_say_the_same() {
        let inner = r#""typing":true,"activities":false,"members":["7",8],"channels":{"3":[[0,99],[100,500],[5,1],"x"],"x":[]}"#;
        let old = frame(14, &format!(r#"{{"guild_id":"5",{inner}}}"#));
        let new = frame(37, &format!(r#"{{"subscriptions":{{"5":{{{inner}}},"0":{{}},"x":{{}}}}}}"#));
        let want = GuildSubscription {
            guild: 5,
            typing: Some(true),
            activities: Some(false),
            threads: None,
            members: Some(vec![7, 8]),
            channels: Some(vec![(3, vec![(0, 99), (100, 199)])]),
        };
        assert_eq!(one(super::super::parse(old.as_bytes()).unwrap().d), Some(want.clone()));
        assert_eq!(many(super::super::parse(new.as_bytes()).unwrap().d), [want]);
    }

    #[test]
    fn strange_ones_are_nothing() {
        for d in ["null", "[]", "5", r#"{"guild_id":"0"}"#, r#"{"subscriptions":[]}"#] {
            let frame = frame(14, d);
            let d = super::super::parse(frame.as_bytes()).unwrap().d;
            assert_eq!((one(d), many(d)), (None, vec![]));
        }
    }
}
