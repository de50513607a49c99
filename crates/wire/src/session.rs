//! Gateway sessions, as their user sees them.

use crate::presence::Activities;
use model::presence::{ClientKind, SessionPresence};
use serde::{Serialize, Serializer};

/// One gateway session: protocol C.10.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct SessionObject<'a> {
    session_id: &'a str,
    client_info: ClientInfo<'a>,
    status: &'static str,
    activities: Activities<'a>,
    active: bool,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct ClientInfo<'a> {
    client: &'static str,
    os: &'a str,
    version: u8,
}

/// Shows a session. It is its own user who looks, so that "invisible" shows.
pub fn render(session: &SessionPresence) -> SessionObject<'_> {
    SessionObject {
        session_id: &session.session,
        client_info: ClientInfo {
            client: match session.client {
                ClientKind::Desktop => "desktop",
                ClientKind::Mobile => "mobile",
                ClientKind::Web => "web",
            },
            os: &session.os,
            version: 0,
        },
        status: session.status.as_str(),
        activities: Activities(&session.activities),
        active: !session.afk,
    }
}

/// A list of sessions: the payload of `SESSIONS_REPLACE`.
#[derive(Debug, Clone, Copy)]
pub struct Sessions<'a>(pub &'a [SessionPresence]);

impl Serialize for Sessions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(render))
    }
}
