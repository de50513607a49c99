//! Many members at once, with their accounts.

use super::{Raises, hold, members};
use crate::fault::Fault;
use crate::fence::Key;
use crate::store::{DirectorySql, Tx};
use model::GuildId;
use model::guild::{Member, Versions};
use ports::Stored;
use ports::directory::accounts::NewAccount;
use smallvec::smallvec;

struct Filling {
    guild: GuildId,
    accounts: Vec<NewAccount>,
    members: Vec<Member>,
}

pub(super) async fn fill(
    store: &DirectorySql,
    guild: GuildId,
    accounts: &[NewAccount],
    members: &[Member],
) -> Stored<Option<Versions>> {
    let keys = smallvec![Key::Members(guild), Key::EveryMember(guild)];
    let args = Filling { guild, accounts: accounts.to_vec(), members: members.to_vec() };
    store.write(keys, args, |tx, args| Box::pin(come_in(tx, args))).await
}

async fn come_in(tx: &mut Tx, filling: &Filling) -> Result<Option<Versions>, Fault> {
    for account in &filling.accounts {
        crate::accounts::create(tx, account).await?;
    }
    let Some(held) = hold(tx, filling.guild).await? else { return Ok(None) };
    for member in &filling.members {
        if members::load(tx, filling.guild, member.user).await?.is_none() {
            let member = member.clone().come_with(held.versions.members + 1);
            members::insert(tx, filling.guild, &member).await?;
        }
    }
    held.raise(tx, Raises::Members).await.map(Some)
}
