//! What an operator says about the ring.

use crate::fault::Faults;
use percent_encoding::percent_decode_str;

/// Where the ring is and how Guildhall uses it.
#[derive(Clone)]
pub struct Options {
    /// Some nodes of the ring, as `host:port`; the others are learned from them.
    pub contact_points: Vec<String>,
    /// The keyspace; made if it is not there.
    pub keyspace: String,
    /// How many nodes keep each row, when the keyspace is made.
    pub replication: u8,
    /// The user, if the ring asks for one.
    pub user: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// The datacenter whose nodes are asked; `None` for a ring with one.
    pub datacenter: Option<String>,
    /// Accept settings with which acknowledged messages can be lost: a replication factor below three, a commit log
    /// that is synced now and then.
    pub allow_unsafe: bool,
    /// Lets a test decide what becomes of statements.
    #[doc(hidden)]
    pub faults: Option<Faults>,
}

// Without the password, and without what cannot be shown.
impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("contact_points", &self.contact_points)
            .field("keyspace", &self.keyspace)
            .field("replication", &self.replication)
            .field("user", &self.user)
            .field("datacenter", &self.datacenter)
            .field("allow_unsafe", &self.allow_unsafe)
            .finish_non_exhaustive()
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            contact_points: vec!["127.0.0.1:9042".into()],
            keyspace: "guildhall".into(),
            replication: 3,
            user: None,
            password: None,
            datacenter: None,
            allow_unsafe: false,
            faults: None,
        }
    }
}

impl Options {
    /// Reads `cql://user:pass@a:9042,b:9042,c:9042/keyspace?replication=3&datacenter=dc1&allow_unsafe=true`. User,
    /// ports (9042) and everything after the keyspace may be left out.
    ///
    /// # Errors
    /// What is wrong with it, in words for the operator; never with the password.
    pub fn from_url(url: &str) -> Result<Self, String> {
        let rest = url.strip_prefix("cql://").ok_or("the address must begin with cql://")?;
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, keyspace) = place.split_once('/').ok_or("the address names no keyspace")?;
        let mut options = Self { keyspace: keyspace.to_owned(), ..Self::default() };
        let hosts = match authority.rsplit_once('@') {
            Some((account, hosts)) => {
                let (user, password) = account.split_once(':').ok_or("a user needs a password")?;
                options.user = Some(decoded(user)?);
                options.password = Some(decoded(password)?);
                hosts
            }
            None => authority,
        };
        options.contact_points = hosts.split(',').map(point).collect::<Result<_, _>>()?;
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, "true"));
            match name {
                "replication" => {
                    options.replication = value
                        .parse()
                        .ok()
                        .filter(|n| (1..=9).contains(n))
                        .ok_or("replication must be a number from 1 to 9")?;
                }
                "datacenter" => options.datacenter = Some(decoded(value)?),
                "allow_unsafe" => {
                    options.allow_unsafe =
                        value.parse().map_err(|_| "allow_unsafe must be true or false".to_owned())?;
                }
                other => return Err(format!("unknown setting {other:?}")),
            }
        }
        options.checked()
    }

    /// Refuses what cannot be part of a statement.
    pub(crate) fn checked(self) -> Result<Self, String> {
        let keyspace = &self.keyspace;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if keyspace.is_empty()
            || keyspace.len() > 48
            || !keyspace.starts_with(|c: char| c.is_ascii_lowercase())
            || !keyspace.chars().all(plain)
        {
            return Err("a keyspace is named by up to 48 small letters, digits and _, a letter first".into());
        }
        if self.contact_points.is_empty() {
            return Err("no node of the ring is named".into());
        }
        Ok(self)
    }
}

fn point(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("a node of the ring has an empty name".into());
    }
    let has_port = text.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    Ok(if has_port { text.to_owned() } else { format!("{text}:9042") })
}

fn decoded(text: &str) -> Result<String, String> {
    percent_decode_str(text)
        .decode_utf8()
        .map(|text| text.into_owned())
        .map_err(|_| "a part of the address is not UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]
    use super::*;

    #[test]
    fn an_address_says_everything() {
        let options =
            Options::from_url("cql://u%40x:p%3Aw@a:9000,b,c:9042/chat?replication=5&datacenter=dc1").unwrap();
        assert_eq!(options.contact_points, ["a:9000", "b:9042", "c:9042"]);
        assert_eq!((options.keyspace.as_str(), options.replication), ("chat", 5));
        assert_eq!((options.user.as_deref(), options.password.as_deref()), (Some("u@x"), Some("p:w")));
        assert_eq!((options.datacenter.as_deref(), options.allow_unsafe), (Some("dc1"), false));
        assert!(!format!("{options:?}").contains("p:w"));
    }

    #[test]
    fn a_wrong_address_is_refused() {
        for bad in [
            "mysql://a/b",
            "cql://a",
            "cql://a/",
            "cql://a/Upper",
            "cql://a/x;drop",
            "cql://,a/x",
            "cql://user@a/x",
            "cql://a/x?replication=0",
            "cql://a/x?colour=red",
            "cql://a/x?allow_unsafe=perhaps",
        ] {
            assert!(Options::from_url(bad).is_err(), "{bad}");
        }
    }
}
