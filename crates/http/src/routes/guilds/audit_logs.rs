//! `/guilds/{guild_id}/audit-logs`

use crate::extract::{Authorized, Path, Query};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::guilds::audit::{self, AuditQuery};
use model::GuildId;
use model::audit::AuditAction;
use wire::audit_log::{self, Page};

/// Rows when the caller does not say, and at most.
const PAGE: usize = 50;
const PAGE_MAX: usize = 100;

pub(crate) async fn list(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
    query: Query,
) -> Answer {
    let action = query.number("action_type");
    let known = action.map(|number| u8::try_from(number).ok().and_then(AuditAction::from_u8));
    let asked = AuditQuery {
        actor: query.id("user_id")?,
        action: known.flatten(),
        before: query.id("before")?,
        after: query.id("after")?,
        limit: query.limit(PAGE, PAGE_MAX)?,
    };
    let mut page = audit::list(&world, &actor, guild, asked).await?;
    // Nothing was done of a kind that is not kept here.
    if known == Some(None) {
        page.entries.clear();
    }
    Ok(reply::json(audit_log::page(Page {
        entries: &page.entries,
        users: &page.users,
        webhooks: &page.webhooks,
        integrations: &[],
        threads: &page.threads,
    })))
}
