//! What is told when somebody is no member any more, for whatever reason.

use crate::accounts::lookup::user;
use crate::audience::{tell, tell_guild};
use crate::guilds::integrations;
use crate::{Result, World, voice};
use model::UserId;
use model::event::{Event, GuildFilter};
use model::guild::{GuildState, Versions};

/// Tells the user that the guild is gone for it, and the others that the user is. A bot's own role goes with it.
pub(crate) async fn tell_gone(
    world: &World,
    state: &GuildState,
    gone: UserId,
    versions: Versions,
) -> Result<()> {
    let guild = state.guild.id;
    let account = user(world, gone).await?;
    let bot = account.bot;
    tell(world, &[gone], Event::GuildLeft { guild });
    let event = Event::MemberRemove { guild, user: Box::new(account) };
    tell_guild(world, guild, versions, GuildFilter::Everyone, event);
    // Behind it: an event of newer versions than a gateway knows would make it read all memberships anew.
    voice::left_guild(world, guild, gone, versions).await;
    if bot {
        let own = state.roles.iter().find(|role| role.bot == Some(gone.application()));
        if let Some(role) = own.map(|role| role.id) {
            let event = Event::RoleDelete { guild, role };
            tell_guild(world, guild, versions, GuildFilter::Everyone, event);
        }
        integrations::tell_changed(world, guild, versions);
    }
    Ok(())
}
