//! Op 8.

use serde_json::Value;
use serde_json::value::RawValue;

/// The most guilds that one request may name, and the most users.
const LIMIT: usize = 100;
/// The longest nonce that is echoed, in bytes; longer ones are left out of the reply.
const NONCE: usize = 32;

/// A client that asks who is in guilds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestGuildMembers {
    /// Which guilds: one or many, as eris does.
    pub guilds: Vec<u64>,
    /// Which users.
    pub users: Vec<u64>,
    /// Echoed in every chunk.
    pub nonce: Option<String>,
}

/// Reads the payload; what is not there is empty.
pub fn parse(d: Option<&RawValue>) -> RequestGuildMembers {
    let value = super::tree(d).unwrap_or_default();
    RequestGuildMembers {
        guilds: super::ids(value.get("guild_id"), LIMIT),
        users: super::ids(value.get("user_ids"), LIMIT),
        nonce: value.get("nonce").and_then(Value::as_str).filter(|n| n.len() <= NONCE).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(d: &str) -> RequestGuildMembers {
        let frame = format!(r#"{{"op":8,"d":{d}}}"#);
        parse(super::super::parse(frame.as_bytes()).unwrap().d)
    }

    #[test]
    fn one_guild_or_many() {
        let one = read(r#"{"guild_id":"5","query":"","limit":0,"nonce":"n","user_ids":"9"}"#);
        assert_eq!((one.guilds, one.users, one.nonce.as_deref()), (vec![5], vec![9], Some("n")));
        assert_eq!(read(r#"{"guild_id":["5","6",7,null,"0"]}"#).guilds, [5, 6, 7]);
        assert_eq!(read(&format!(r#"{{"guild_id":"1","nonce":"{}"}}"#, "n".repeat(33))).nonce, None);
        assert!(read("null").guilds.is_empty());
    }
}
