//! `guildhall fixture`

use super::say;
use crate::config::Config;
use crate::wiring::Node;
use anyhow::{Context, bail};
use clap::Args;
use model::guild::{Guild, GuildChannel, GuildChannelKind, Member, Overwrite, OverwriteTarget, Role};
use model::{ChannelId, GuildId, Permissions, RoleId, UserId};
use ports::directory::accounts::NewAccount;
use ports::directory::guilds::{Added, NewGuild};
use std::process::ExitCode;

/// A guild to measure with.
#[derive(Debug, Args)]
pub(super) struct Fixture {
    /// Username of the guild's owner, an account that exists.
    #[arg(long)]
    owner: String,
    /// Members, the owner included.
    #[arg(long, default_value_t = 1_000)]
    members: u32,
    /// Text channels; every fourth is seen by one role alone.
    #[arg(long, default_value_t = 20)]
    channels: u16,
    /// Roles, `@everyone` included; members have up to three of them.
    #[arg(long, default_value_t = 10)]
    roles: u16,
    /// Its name.
    #[arg(long, default_value = "Fixture")]
    name: String,
}

/// Members that are stored together.
const TOGETHER: usize = 1_000;

/// Makes it, directly in the stores of a server that is stopped; its id goes to standard output.
///
/// The members are accounts named `<guild's id>-<number>` that nobody can log in to.
pub(super) async fn run(config: &Config, fixture: Fixture) -> anyhow::Result<ExitCode> {
    let node = Node::open(config).await?;
    // A large one takes longer than a lease of the ids lasts.
    let made = tokio::select! {
        made = make(&node, &fixture) => made,
        () = node.keep_lease() => Err(anyhow::anyhow!("the lease of this node's worker id was lost")),
    };
    node.close().await;
    say(&format!("{}\n", made?));
    Ok(ExitCode::SUCCESS)
}

async fn make(node: &Node, fixture: &Fixture) -> anyhow::Result<GuildId> {
    let ports = &node.world.ports;
    let owner = ports.directory.user_by_name(&fixture.owner).await?;
    let owner = owner.with_context(|| format!("there is no account {}", fixture.owner))?.id;
    let next = || ports.ids.next().map_err(|error| anyhow::anyhow!("no new ids: {error}"));
    let at = ports.clock.now();
    let guild = GuildId::new(next()?).context("an id that is none")?;
    let mut roles = vec![role(guild.everyone(), "@everyone", Permissions::DEFAULT, 0)];
    for n in 1..fixture.roles {
        let id = RoleId::new(next()?).context("an id that is none")?;
        roles.push(role(id, &format!("role {n}"), Permissions::NONE, n));
    }
    let mut channels = Vec::new();
    for n in 0..fixture.channels {
        let id = ChannelId::new(next()?).context("an id that is none")?;
        let alone = roles.get(1 + usize::from(n) % roles.len().saturating_sub(1).max(1));
        let overwrites = match alone {
            Some(role) if n % 4 == 3 => vec![
                overwrite(guild.everyone(), Permissions::NONE, Permissions::VIEW_CHANNEL),
                overwrite(role.id, Permissions::VIEW_CHANNEL, Permissions::NONE),
            ],
            _ => Vec::new(),
        };
        channels.push(channel(guild, id, n, overwrites));
    }
    let new = NewGuild {
        guild: Guild::new(guild, owner, fixture.name.clone()),
        roles: roles.clone(),
        channels,
        at,
    };
    match ports.directory.create_guild(&new, model::limits::GUILDS).await? {
        Added::Added(_) => {}
        Added::TooMany => bail!("{} is in as many guilds as it may", fixture.owner),
        Added::Absent => bail!("there is no account {}", fixture.owner),
    }
    let given: Vec<RoleId> = roles.iter().skip(1).map(|role| role.id).collect();
    let (mut accounts, mut members) = (Vec::new(), Vec::new());
    for n in 1..fixture.members {
        let id = UserId::new(next()?).context("an id that is none")?;
        accounts.push(NewAccount {
            id,
            username: format!("{guild}-{n}"),
            global_name: None,
            email: None,
            // No hash: nothing is it.
            password_hash: "*".to_owned(),
            code: None,
            at,
        });
        members.push(Member { roles: roles_of(n, &given), ..Member::new(id, at) });
        if members.len() == TOGETHER || n + 1 == fixture.members {
            ports.directory.fill_guild(guild, &accounts, &members).await?;
            accounts.clear();
            members.clear();
        }
    }
    Ok(guild)
}

/// Up to three roles for a member, spread evenly.
fn roles_of(n: u32, given: &[RoleId]) -> Vec<RoleId> {
    let n = usize::try_from(n).unwrap_or_default();
    let places = (0..n % 4).map(|m| n.wrapping_mul(7 * m + 1));
    let mut roles: Vec<RoleId> =
        places.filter_map(|place| given.get(place.checked_rem(given.len())?).copied()).collect();
    roles.sort_unstable();
    roles.dedup();
    roles
}

fn role(id: RoleId, name: &str, permissions: Permissions, position: u16) -> Role {
    Role {
        id,
        name: name.to_owned(),
        permissions,
        position,
        color: 0,
        hoist: position % 10 == 1,
        mentionable: false,
        bot: None,
        icon: None,
        unicode_emoji: None,
    }
}

const fn overwrite(role: RoleId, allow: Permissions, deny: Permissions) -> Overwrite {
    Overwrite { target: OverwriteTarget::Role(role), allow, deny }
}

fn channel(guild: GuildId, id: ChannelId, n: u16, overwrites: Vec<Overwrite>) -> GuildChannel {
    GuildChannel {
        id,
        guild,
        kind: GuildChannelKind::Text,
        name: format!("channel-{n}"),
        position: n,
        parent: None,
        topic: None,
        nsfw: false,
        slowmode: 0,
        bitrate: 64_000,
        user_limit: 0,
        default_auto_archive: 1_440,
        flags: 0,
        overwrites,
        thread: None,
    }
}
