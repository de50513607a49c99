//! Op 8 (protocol A.9).

use serde_json::Value;
use serde_json::value::RawValue;

/// The most guilds that one request may name, and the most users.
const LIMIT: usize = 100;
/// The most members that a search finds.
const FOUND: u64 = 100;
/// The longest text that is searched for, in code points.
const QUERY: usize = 100;
/// The longest nonce that is echoed, in bytes; longer ones are left out of the reply.
const NONCE: usize = 32;

/// A client that asks who is in guilds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestGuildMembers {
    /// In which guilds: one or many, as eris does.
    pub guilds: Vec<u64>,
    /// Who is asked for.
    pub wanted: Wanted,
    /// Whether presences are asked for, too.
    pub presences: bool,
    /// Echoed in every chunk.
    pub nonce: Option<String>,
}

/// Who is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// All members.
    All,
    /// Those whose name begins with this.
    Search {
        /// The beginning; may be empty.
        prefix: String,
        /// How many at most: 1 to 100.
        limit: usize,
    },
    /// These users.
    Users(Vec<u64>),
}

impl RequestGuildMembers {
    /// The users that were asked for by id; none where a search was asked for.
    pub fn users(&self) -> &[u64] {
        match &self.wanted {
            Wanted::Users(users) => users,
            Wanted::All | Wanted::Search { .. } => &[],
        }
    }
}

/// Reads the payload; what is not there is empty. Users win over a search; a request with neither finds nobody.
pub fn parse(d: Option<&RawValue>) -> RequestGuildMembers {
    let value = super::tree(d).unwrap_or_default();
    let limit = value.get("limit").and_then(Value::as_u64).unwrap_or(0);
    let users = value.get("user_ids").filter(|users| !users.is_null());
    let wanted = match (users, value.get("query").and_then(Value::as_str)) {
        (Some(users), _) => Wanted::Users(super::ids(Some(users), LIMIT)),
        (None, Some("")) if limit == 0 => Wanted::All,
        (None, Some(prefix)) => {
            let limit = if limit == 0 { FOUND } else { limit.min(FOUND) };
            Wanted::Search { prefix: super::clip(prefix, QUERY), limit: usize::try_from(limit).unwrap_or(0) }
        }
        (None, None) => Wanted::Users(Vec::new()),
    };
    RequestGuildMembers {
        guilds: super::ids(value.get("guild_id"), LIMIT),
        wanted,
        presences: value.get("presences").and_then(Value::as_bool).unwrap_or(false),
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
        assert_eq!((&one.guilds[..], one.users(), one.nonce.as_deref()), (&[5][..], &[9][..], Some("n")));
        assert_eq!(read(r#"{"guild_id":["5","6",7,null,"0"]}"#).guilds, [5, 6, 7]);
        assert_eq!(read(&format!(r#"{{"guild_id":"1","nonce":"{}"}}"#, "n".repeat(33))).nonce, None);
        assert!(read("null").guilds.is_empty());
    }

    #[test]
    fn all_some_or_a_search() {
        assert_eq!(read(r#"{"guild_id":"5","query":"","limit":0}"#).wanted, Wanted::All);
        assert_eq!(read(r#"{"guild_id":"5","query":"","limit":0,"user_ids":null}"#).wanted, Wanted::All);
        let search = |prefix: &str, limit| Wanted::Search { prefix: prefix.into(), limit };
        assert_eq!(read(r#"{"guild_id":"5","query":"al","limit":500}"#).wanted, search("al", 100));
        assert_eq!(read(r#"{"guild_id":"5","query":"al","limit":0}"#).wanted, search("al", 100));
        assert_eq!(read(r#"{"guild_id":"5","query":"","limit":7}"#).wanted, search("", 7));
        assert_eq!(read(r#"{"guild_id":"5","user_ids":["1","2"]}"#).wanted, Wanted::Users(vec![1, 2]));
        assert_eq!(read(r#"{"guild_id":"5"}"#).wanted, Wanted::Users(vec![]));
        assert!(read(r#"{"guild_id":"5","presences":true}"#).presences);
    }
}
