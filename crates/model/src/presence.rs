//! Presence: who is online, merged over a user's sessions.

use crate::UserId;
use serde::{Deserialize, Serialize};

/// What a session says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Status {
    /// Active.
    Online,
    /// Away.
    Idle,
    /// Do not disturb.
    Dnd,
    /// Online, shown as offline.
    Invisible,
    /// Not connected.
    Offline,
}

impl Status {
    /// Discord's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Idle => "idle",
            Self::Dnd => "dnd",
            Self::Invisible => "invisible",
            Self::Offline => "offline",
        }
    }

    /// From Discord's word.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "online" => Self::Online,
            "idle" => Self::Idle,
            "dnd" => Self::Dnd,
            "invisible" => Self::Invisible,
            "offline" => Self::Offline,
            _ => return None,
        })
    }

    /// What others are shown.
    pub const fn shown(self) -> Self {
        match self {
            Self::Invisible => Self::Offline,
            other => other,
        }
    }
}

/// The kind of client that a session runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ClientKind {
    /// Desktop application.
    Desktop,
    /// Phone.
    Mobile,
    /// Browser; bots count as it.
    Web,
}

/// Something a user does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// Its name.
    pub name: String,
    /// Discord's activity type, 0 to 5; 4 is the custom status.
    pub kind: u8,
    /// Second line; the text of a custom status.
    pub state: Option<String>,
    /// First line.
    pub details: Option<String>,
    /// Stream address.
    pub url: Option<String>,
    /// Milliseconds since the Unix epoch at which it was set.
    pub created_ms: i64,
}

/// One session's presence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionPresence {
    /// The gateway session.
    pub session: String,
    /// What it runs on.
    pub client: ClientKind,
    /// Operating system, as the client said.
    pub os: String,
    /// Status.
    pub status: Status,
    /// Activities.
    pub activities: Vec<Activity>,
    /// Whether the client says that nobody is there.
    pub afk: bool,
}

/// A user's presence, merged over its sessions and as others may see it (never [`Status::Invisible`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Whose.
    pub user: UserId,
    /// The merged status.
    pub status: Status,
    /// Activities of the session that decided the status.
    pub activities: Vec<Activity>,
    /// Best status on a desktop.
    pub desktop: Option<Status>,
    /// Best status on a phone.
    pub mobile: Option<Status>,
    /// Best status in a browser.
    pub web: Option<Status>,
}

impl Presence {
    /// Nobody there.
    pub const fn offline(user: UserId) -> Self {
        Self { user, status: Status::Offline, activities: Vec::new(), desktop: None, mobile: None, web: None }
    }

    /// The merged view: any session in "do not disturb" decides, else online beats idle; any invisible session hides
    /// the user, since that is what it asked for.
    pub fn merge(user: UserId, sessions: &[SessionPresence]) -> Self {
        if sessions.iter().any(|s| s.status == Status::Invisible) {
            return Self::offline(user);
        }
        let rank = |status: Status| match status {
            Status::Dnd => 3,
            Status::Online => 2,
            Status::Idle => 1,
            Status::Invisible | Status::Offline => 0,
        };
        let best = |kind: Option<ClientKind>| {
            sessions
                .iter()
                .filter(|s| rank(s.status) > 0 && kind.is_none_or(|kind| s.client == kind))
                .max_by_key(|s| rank(s.status))
        };
        let Some(top) = best(None) else { return Self::offline(user) };
        let on = |kind| best(Some(kind)).map(|s| s.status);
        let mut activities = top.activities.clone();
        for session in sessions {
            for activity in &session.activities {
                if !activities.iter().any(|a| a.kind == activity.kind && a.name == activity.name) {
                    activities.push(activity.clone());
                }
            }
        }
        activities.truncate(crate::limits::ACTIVITIES);
        Self {
            user,
            status: top.status,
            activities,
            desktop: on(ClientKind::Desktop),
            mobile: on(ClientKind::Mobile),
            web: on(ClientKind::Web),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(client: ClientKind, status: Status) -> SessionPresence {
        SessionPresence {
            session: String::new(),
            client,
            os: String::new(),
            status,
            activities: vec![],
            afk: false,
        }
    }

    #[test]
    fn presence_merges_over_sessions_and_invisible_hides() {
        let user = UserId::new(1).unwrap();
        let merge = |sessions: &[SessionPresence]| Presence::merge(user, sessions);
        assert_eq!(merge(&[]).status, Status::Offline);
        let two = [session(ClientKind::Web, Status::Idle), session(ClientKind::Mobile, Status::Online)];
        let merged = merge(&two);
        assert_eq!(
            (merged.status, merged.web, merged.mobile),
            (Status::Online, Some(Status::Idle), Some(Status::Online))
        );
        assert_eq!(
            merge(&[session(ClientKind::Web, Status::Online), session(ClientKind::Web, Status::Dnd)]).status,
            Status::Dnd
        );
        assert_eq!(
            merge(&[session(ClientKind::Web, Status::Online), session(ClientKind::Web, Status::Invisible)]),
            Presence::offline(user)
        );
    }
}
