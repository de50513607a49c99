//! Where Redis is, and how long things take.

use percent_encoding::percent_decode_str;
use ports::clock::Clock;
use std::sync::Arc;
use std::time::Duration;

/// How to reach the cluster, and the times by which nodes agree. All nodes of one installation need the same ones.
#[derive(Clone)]
pub struct Options {
    /// Members to begin with, as `host:port`; the others are found.
    pub members: Vec<String>,
    /// User name of the cluster's access list.
    pub user: Option<String>,
    /// Its password.
    pub password: Option<String>,
    /// What every key begins with.
    pub prefix: String,
    /// How long a route lasts without its keep-alive.
    pub route_life: Duration,
    /// How long a parked session is kept: less than `route_life`.
    pub parked_life: Duration,
    /// How long what a node heard can be read again.
    pub stream_life: Duration,
    /// How often clients are told to beat; a presence lasts for three.
    pub heartbeat: Duration,
    /// The longest that one command may take.
    pub command: Duration,
    /// The longest that an attempt which may be throttled waits for Redis, before this node counts alone.
    pub throttle: Duration,
    /// How long hand-overs wait for one member's failover before this node goes on alone.
    pub hold: Duration,
    /// How long nobody may answer before this node goes on alone.
    pub away: Duration,
    /// How many events may wait for one subscriber.
    pub waiting: usize,
    /// How many events may wait to be handed over.
    pub queue: usize,
    /// How many bytes of them.
    pub queue_bytes: usize,
    /// Begin although the cluster is not set up safely. For tests.
    pub allow_unsafe: bool,
    /// The time by which presences and attempts grow old, in place of Redis's. For tests.
    pub clock: Option<Arc<dyn Clock>>,
    /// Says of the number of a hand-over whether to lose it. For tests.
    #[cfg(feature = "faults")]
    #[doc(hidden)]
    pub lose: Option<Arc<dyn Fn(u64) -> bool + Send + Sync>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            members: Vec::new(),
            user: None,
            password: None,
            prefix: "gh".to_owned(),
            route_life: Duration::from_secs(180),
            parked_life: Duration::from_secs(170),
            stream_life: Duration::from_secs(240),
            heartbeat: Duration::from_millis(41_250),
            command: Duration::from_millis(500),
            throttle: Duration::from_millis(150),
            hold: Duration::from_secs(6),
            away: Duration::from_secs(1),
            waiting: 65_536,
            queue: 65_536,
            queue_bytes: 32 << 20,
            allow_unsafe: false,
            clock: None,
            #[cfg(feature = "faults")]
            lose: None,
        }
    }
}

impl Options {
    /// From `redis://user:password@a:7000,b:7001/`; user and password may be left out, and are percent-encoded.
    ///
    /// # Errors
    /// What is wrong with it, without the password.
    pub fn from_url(url: &str) -> Result<Self, String> {
        let rest = url.strip_prefix("redis://").ok_or("the address must begin with redis://")?;
        let (login, members) = match rest.rsplit_once('@') {
            Some((login, members)) => (Some(login), members),
            None => (None, rest),
        };
        let decode = |text: &str| {
            let text = percent_decode_str(text).decode_utf8();
            text.map(std::borrow::Cow::into_owned).map_err(|_| "user or password is not UTF-8".to_owned())
        };
        let (mut user, mut password) = (None, None);
        if let Some(login) = login {
            let (name, secret) = login.split_once(':').unwrap_or((login, ""));
            user = (!name.is_empty()).then(|| decode(name)).transpose()?;
            password = (!secret.is_empty()).then(|| decode(secret)).transpose()?;
        }
        let members = members.trim_end_matches('/').split(',').map(str::trim);
        let members: Vec<String> = members.filter(|member| !member.is_empty()).map(str::to_owned).collect();
        if members.is_empty() {
            return Err("the address names no member".to_owned());
        }
        for member in &members {
            let port = member.rsplit_once(':').map(|(_, port)| port.parse::<u16>());
            if !matches!(port, Some(Ok(_))) {
                return Err(format!("{member} is not host:port"));
            }
        }
        Ok(Self { members, user, password, ..Self::default() })
    }

    pub(crate) fn millis(time: Duration) -> i64 {
        i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_members_and_login() {
        let options = Options::from_url("redis://me:p%40ss@a:7000,b:7001/").unwrap();
        assert_eq!(options.members, ["a:7000", "b:7001"]);
        assert_eq!((options.user.as_deref(), options.password.as_deref()), (Some("me"), Some("p@ss")));
        let options = Options::from_url("redis://127.0.0.1:7000").unwrap();
        assert_eq!(
            (options.members, options.user, options.password),
            (vec!["127.0.0.1:7000".into()], None, None)
        );
    }

    #[test]
    fn refuses_what_it_cannot_use_without_telling_the_password() {
        for url in ["http://a:1", "redis://", "redis://me:secret@a", "redis://me:secret@"] {
            let complaint = Options::from_url(url).err().unwrap();
            assert!(!complaint.contains("secret"), "{complaint}");
        }
    }
}
