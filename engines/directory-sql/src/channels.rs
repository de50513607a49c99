//! Private channels.

use crate::accounts::raced;
use crate::fault::Fault;
use crate::fence::Key;
use crate::relationships::{kind_of as relationship_kind, pair_version, raise};
use crate::row::{LIST, channel, filled, int, opt_int, opt_text, opt_user, padded, user, version, with_list};
use crate::store::{Bind, DirectorySql, Reads, Tx, failed};
use async_trait::async_trait;
use model::channel::{Participant, PrivateChannel, PrivateKind, PrivateScope};
use model::{ChannelId, Timestamp, UserId};
use ports::directory::channels::{GroupChange, Membership, Opened, PrivateChannels};
use ports::{StoreError, Stored};
use smallvec::{SmallVec, smallvec};
use sqlx::any::AnyRow;
use std::collections::HashMap;

const DM: i64 = PrivateKind::Dm as i64;
const GROUP: i64 = PrivateKind::Group as i64;

fn kind_of(number: i64) -> Result<PrivateKind, Fault> {
    match number {
        DM => Ok(PrivateKind::Dm),
        GROUP => Ok(PrivateKind::Group),
        _ => Err(Fault::Corrupt("a private channel's kind is unknown")),
    }
}

/// The columns that [`collect`] reads, in its order.
macro_rules! channel_columns {
    () => {
        "c.id, c.kind, c.owner, c.name, c.icon, p.user_id"
    };
}

/// Channels from rows with one participant each; a channel's rows follow each other in its participants' order.
fn collect(rows: &[AnyRow]) -> Result<Vec<PrivateChannel>, Fault> {
    let mut channels: Vec<PrivateChannel> = Vec::new();
    for row in rows {
        let (id, participant) = (channel(row, 0)?, user(row, 5)?);
        match channels.last_mut() {
            Some(last) if last.id == id => last.participants.push(participant),
            _ => channels.push(PrivateChannel {
                id,
                kind: kind_of(int(row, 1)?)?,
                participants: vec![participant],
                owner: opt_user(row, 2)?,
                name: opt_text(row, 3)?,
                icon: opt_text(row, 4)?,
            }),
        }
    }
    Ok(channels)
}

const CHANNEL: &str = concat!(
    "SELECT ",
    channel_columns!(),
    " FROM private_channels c JOIN private_recipients p ON p.channel_id = c.id WHERE c.id = ? ORDER BY p.place"
);

async fn load(tx: &mut Tx, id: ChannelId) -> Result<Option<PrivateChannel>, Fault> {
    let rows = sqlx::query(CHANNEL).bind(id.as_i64()).fetch_all(tx.conn()).await?;
    Ok(collect(&rows)?.pop())
}

/// A group, whose members nobody else changes before the transaction ends: they are only changed by who holds the
/// channel's row.
async fn locked_group(tx: &mut Tx, id: ChannelId) -> Result<Option<PrivateChannel>, Fault> {
    let select = tx.locking("SELECT id FROM private_channels WHERE id = ? AND kind = 3");
    match sqlx::query(select).bind(id.as_i64()).fetch_optional(tx.conn()).await? {
        Some(_) => load(tx, id).await,
        None => Ok(None),
    }
}

async fn insert_channel(
    tx: &mut Tx,
    channel: &PrivateChannel,
    pair: Option<(UserId, UserId)>,
    listed: impl Fn(UserId) -> bool,
    at: Timestamp,
) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO private_channels (id, kind, owner, name, dm_low, dm_high, version, created)
            VALUES (?, ?, ?, ?, ?, ?, 1, ?)",
    )
    .bind(channel.id.as_i64())
    .bind(channel.kind as i64)
    .bind(channel.owner.map(UserId::as_i64))
    .bind(channel.name.clone())
    .bind(pair.map(|(low, _)| low.as_i64()))
    .bind(pair.map(|(_, high)| high.as_i64()))
    .bind(at.micros())
    .execute(tx.conn())
    .await
    .map_err(raced)?;
    for (place, user) in (0i64..).zip(&channel.participants) {
        insert_recipient(tx, channel.id, *user, place, listed(*user)).await?;
    }
    Ok(())
}

async fn insert_recipient(
    tx: &mut Tx,
    id: ChannelId,
    user: UserId,
    place: i64,
    listed: bool,
) -> Result<(), Fault> {
    sqlx::query("INSERT INTO private_recipients (channel_id, user_id, place, listed) VALUES (?, ?, ?, ?)")
        .bind(id.as_i64())
        .bind(user.as_i64())
        .bind(place)
        .bind(i64::from(listed))
        .execute(tx.conn())
        .await
        .map_err(raced)?;
    Ok(())
}

async fn raise_channel(tx: &mut Tx, id: ChannelId) -> Result<(), Fault> {
    sqlx::query("UPDATE private_channels SET version = version + 1 WHERE id = ?")
        .bind(id.as_i64())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Puts a channel into a user's list; whether it was not there.
async fn list_for(tx: &mut Tx, id: ChannelId, user: UserId) -> Result<bool, Fault> {
    let updated = sqlx::query(
        "UPDATE private_recipients SET listed = 1 WHERE channel_id = ? AND user_id = ? AND listed = 0",
    )
    .bind(id.as_i64())
    .bind(user.as_i64())
    .execute(tx.conn())
    .await?;
    Ok(updated.rows_affected() > 0)
}

struct Opening {
    opener: UserId,
    other: UserId,
    id: ChannelId,
    at: Timestamp,
}

async fn open(tx: &mut Tx, opening: &Opening) -> Result<Opened, Fault> {
    let Opening { opener, other, id, at } = *opening;
    let (low, high) = (opener.min(other), opener.max(other));
    let select = tx.locking("SELECT id FROM private_channels WHERE dm_low = ? AND dm_high = ?");
    let row = sqlx::query(select).bind(low.as_i64()).bind(high.as_i64()).fetch_optional(tx.conn()).await?;
    if let Some(row) = row {
        let id = channel(&row, 0)?;
        let appeared = list_for(tx, id, opener).await?;
        let channel = load(tx, id).await?.ok_or(Fault::Corrupt("a direct message has nobody in it"))?;
        return Ok(Opened { channel, appeared });
    }
    if pair_version(tx, low, high).await?.is_none() {
        // Every scope has a version from the beginning.
        raise(tx, low, high, None).await?;
    }
    let channel = PrivateChannel {
        id,
        kind: PrivateKind::Dm,
        participants: vec![opener, other],
        owner: None,
        name: None,
        icon: None,
    };
    insert_channel(tx, &channel, Some((low, high)), |user| user == opener, at).await?;
    Ok(Opened { channel, appeared: true })
}

async fn remove(tx: &mut Tx, id: ChannelId, user: UserId) -> Result<Membership, Fault> {
    let Some(mut channel) = locked_group(tx, id).await? else {
        return Ok(Membership::Absent);
    };
    if !channel.participants.contains(&user) {
        return Ok(Membership::Unchanged);
    }
    channel.participants.retain(|participant| *participant != user);
    sqlx::query("DELETE FROM private_recipients WHERE channel_id = ? AND user_id = ?")
        .bind(id.as_i64())
        .bind(user.as_i64())
        .execute(tx.conn())
        .await?;
    let Some(longest) = channel.participants.first().copied() else {
        sqlx::query("DELETE FROM private_channels WHERE id = ?").bind(id.as_i64()).execute(tx.conn()).await?;
        return Ok(Membership::Changed(channel));
    };
    if channel.owner == Some(user) {
        channel.owner = Some(longest);
        sqlx::query("UPDATE private_channels SET owner = ? WHERE id = ?")
            .bind(longest.as_i64())
            .bind(id.as_i64())
            .execute(tx.conn())
            .await?;
    }
    raise_channel(tx, id).await?;
    Ok(Membership::Changed(channel))
}

async fn add(tx: &mut Tx, id: ChannelId, user: UserId, cap: usize) -> Result<Membership, Fault> {
    let Some(mut channel) = locked_group(tx, id).await? else {
        return Ok(Membership::Absent);
    };
    if channel.participants.contains(&user) {
        return Ok(Membership::Unchanged);
    }
    if channel.participants.len() >= cap {
        return Ok(Membership::Full);
    }
    let last = sqlx::query("SELECT MAX(place) FROM private_recipients WHERE channel_id = ?")
        .bind(id.as_i64())
        .fetch_one(tx.conn())
        .await?;
    let place = opt_int(&last, 0)?.map_or(0, |last| last + 1);
    insert_recipient(tx, id, user, place, true).await?;
    raise_channel(tx, id).await?;
    channel.participants.push(user);
    Ok(Membership::Changed(channel))
}

async fn change(tx: &mut Tx, id: ChannelId, change: &GroupChange) -> Result<Option<PrivateChannel>, Fault> {
    let Some(mut channel) = locked_group(tx, id).await? else {
        return Ok(None);
    };
    if let Some(owner) = change.owner {
        if !channel.participants.contains(&owner) {
            return Ok(None);
        }
        channel.owner = Some(owner);
    }
    if let Some(name) = &change.name {
        channel.name.clone_from(name);
    }
    sqlx::query("UPDATE private_channels SET owner = ?, name = ?, version = version + 1 WHERE id = ?")
        .bind(channel.owner.map(UserId::as_i64))
        .bind(channel.name.clone())
        .bind(id.as_i64())
        .execute(tx.conn())
        .await?;
    Ok(Some(channel))
}

/// One statement, so that everything in it is of one moment: a row per participant, with how it stands to the other
/// one if the channel is a direct message.
const SCOPE: &str =
    "SELECT c.kind, c.owner, c.version, p.user_id, p.listed, u.bot, u.bot_owner, r.kind, v.version, c.id
    FROM private_channels c
    JOIN private_recipients p ON p.channel_id = c.id
    JOIN users u ON u.id = p.user_id
    LEFT JOIN relationships r ON r.user_id = p.user_id
        AND r.other_id = CASE WHEN p.user_id = c.dm_low THEN c.dm_high ELSE c.dm_low END
    LEFT JOIN pairs v ON v.low = c.dm_low AND v.high = c.dm_high
    WHERE c.id IN";

/// A channel's rows follow each other.
const SCOPE_ORDER: &str = " ORDER BY c.id, p.place";

fn scope_of(id: ChannelId, rows: &[AnyRow]) -> Result<Option<PrivateScope>, Fault> {
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let kind = kind_of(int(first, 0)?)?;
    let mut participants = Vec::with_capacity(rows.len());
    let mut standing = Vec::with_capacity(2);
    for row in rows {
        participants.push(Participant {
            id: user(row, 3)?,
            open: int(row, 4)? != 0,
            bot: int(row, 5)? != 0,
            bot_owner: opt_user(row, 6)?,
        });
        standing.push(opt_int(row, 7)?.map(relationship_kind).transpose()?);
    }
    let (pair, version) = match kind {
        // The participants of a direct message never change: its version is the pair's, the one that a change of
        // the relationship answers.
        PrivateKind::Dm => match standing.as_slice() {
            [one, two] => ((*one, *two), version(first, 8)?),
            _ => return Err(Fault::Corrupt("a direct message is not between two users")),
        },
        PrivateKind::Group => ((None, None), version(first, 2)?),
    };
    Ok(Some(PrivateScope { channel: id, kind, owner: opt_user(first, 1)?, participants, pair, version }))
}

/// What a scope depends on.
fn depends(scope: &PrivateScope) -> SmallVec<[Key; 4]> {
    let mut keys: SmallVec<[Key; 4]> = smallvec![Key::Channel(scope.channel)];
    if let (PrivateKind::Dm, [one, two]) = (scope.kind, scope.participants.as_slice()) {
        keys.push(Key::Pair(one.id, two.id));
    }
    // A bot may lose its owner. People's part in a scope never changes.
    keys.extend(scope.participants.iter().filter(|p| p.bot).map(|p| Key::User(p.id)));
    keys
}

impl DirectorySql {
    /// The scopes of these channels, by one SELECT on the primary.
    async fn scopes(&self, ids: Vec<ChannelId>) -> Stored<HashMap<ChannelId, PrivateScope>> {
        if let Some(served) = self.served() {
            served.cluster.figures.round_trips.add();
        }
        let binds: Vec<Bind> = filled(&ids).map(|id| Bind::Int(id.as_i64())).collect();
        let rows = self.rows(Reads::Decide, with_list(SCOPE, ids.len(), SCOPE_ORDER), &binds).await?;
        let read = || -> Result<_, Fault> {
            let mut scopes = HashMap::new();
            for rows in rows.chunk_by(|a, b| int(a, 9).ok() == int(b, 9).ok()) {
                let Some(first) = rows.first() else { continue };
                let id = channel(first, 9)?;
                if let Some(scope) = scope_of(id, rows)? {
                    scopes.insert(id, scope);
                }
            }
            Ok(scopes)
        };
        read().map_err(failed)
    }
}

#[async_trait]
impl PrivateChannels for DirectorySql {
    async fn open_dm(&self, opener: UserId, other: UserId, id: ChannelId, at: Timestamp) -> Stored<Opened> {
        if opener == other {
            return Err(StoreError::Corrupt("a direct message needs two users".into()));
        }
        let keys = smallvec![Key::Channel(id), Key::Pair(opener, other)];
        self.write(keys, Opening { opener, other, id, at }, |tx, opening| Box::pin(open(tx, opening))).await
    }

    async fn dm_exists(&self, a: UserId, b: UserId) -> Stored<bool> {
        let sql = "SELECT id FROM private_channels WHERE dm_low = ? AND dm_high = ?";
        let binds = [a.min(b).as_i64().into(), a.max(b).as_i64().into()];
        Ok(self.row(Reads::Decide, sql, &binds).await?.is_some())
    }

    async fn create_group(
        &self,
        id: ChannelId,
        owner: UserId,
        others: &[UserId],
        name: Option<&str>,
        at: Timestamp,
    ) -> Stored<PrivateChannel> {
        let mut participants = vec![owner];
        for other in others {
            if !participants.contains(other) {
                participants.push(*other);
            }
        }
        let name = name.map(str::to_owned);
        let group = PrivateChannel {
            id,
            kind: PrivateKind::Group,
            participants,
            owner: Some(owner),
            name,
            icon: None,
        };
        self.write(smallvec![Key::Channel(id)], (group, at), |tx, (group, at)| {
            Box::pin(async move {
                if let Some(there) = locked_group(tx, group.id).await? {
                    // A repeated call whose first answer was lost.
                    return Ok(there);
                }
                insert_channel(tx, group, None, |_| true, *at).await?;
                Ok(group.clone())
            })
        })
        .await
    }

    async fn private_channel(&self, id: ChannelId) -> Stored<Option<PrivateChannel>> {
        let rows = self.rows(Reads::Decide, CHANNEL, &[id.as_i64().into()]).await?;
        Ok(collect(&rows).map_err(failed)?.pop())
    }

    async fn private_channels(&self, user: UserId) -> Stored<Vec<PrivateChannel>> {
        let sql = concat!(
            "SELECT ",
            channel_columns!(),
            " FROM private_recipients me JOIN private_channels c ON c.id = me.channel_id",
            " JOIN private_recipients p ON p.channel_id = c.id",
            " WHERE me.user_id = ? AND me.listed = 1 ORDER BY c.id, p.place"
        );
        let rows = self.rows(Reads::List, sql, &[user.as_i64().into()]).await?;
        collect(&rows).map_err(failed)
    }

    async fn private_memberships(&self, user: UserId) -> Stored<Vec<ChannelId>> {
        let sql = "SELECT channel_id FROM private_recipients WHERE user_id = ?";
        let rows = self.rows(Reads::Decide, sql, &[user.as_i64().into()]).await?;
        rows.iter().map(|row| channel(row, 0)).collect::<Result<_, Fault>>().map_err(failed)
    }

    async fn close_dm(&self, id: ChannelId, user: UserId) -> Stored<bool> {
        self.write(smallvec![Key::Channel(id)], (id, user), |tx, (id, user)| {
            Box::pin(async move {
                let select = tx.locking("SELECT id FROM private_channels WHERE id = ? AND kind = 1");
                if sqlx::query(select).bind(id.as_i64()).fetch_optional(tx.conn()).await?.is_none() {
                    return Ok(false);
                }
                let updated = sqlx::query(
                    "UPDATE private_recipients SET listed = 0
                        WHERE channel_id = ? AND user_id = ? AND listed = 1",
                )
                .bind(id.as_i64())
                .bind(user.as_i64())
                .execute(tx.conn())
                .await?;
                Ok(updated.rows_affected() > 0)
            })
        })
        .await
    }

    async fn reopen(&self, id: ChannelId, users: &[UserId]) -> Stored<Vec<UserId>> {
        let mut users: Vec<i64> = users.iter().map(|user| user.as_i64()).collect();
        users.sort_unstable();
        users.dedup();
        if users.is_empty() {
            return Ok(Vec::new());
        }
        self.write(smallvec![Key::Channel(id)], (id, users), |tx, (id, users)| {
            Box::pin(async move {
                let mut closed = Vec::new();
                for users in users.chunks(LIST) {
                    let head = "SELECT user_id FROM private_recipients
                        WHERE channel_id = ? AND listed = 0 AND user_id IN";
                    let mut query = sqlx::query(with_list(head, users.len(), "")).bind(id.as_i64());
                    for id in padded(users) {
                        query = query.bind(id);
                    }
                    for row in query.fetch_all(tx.conn()).await? {
                        closed.push(user(&row, 0)?);
                    }
                }
                let mut reopened = Vec::with_capacity(closed.len());
                for user in closed {
                    if list_for(tx, *id, user).await? {
                        reopened.push(user);
                    }
                }
                Ok(reopened)
            })
        })
        .await
    }

    async fn add_recipient(
        &self,
        id: ChannelId,
        user: UserId,
        cap: usize,
        _at: Timestamp,
    ) -> Stored<Membership> {
        let keys = smallvec![Key::Channel(id)];
        self.write(keys, (id, user, cap), |tx, (id, user, cap)| Box::pin(add(tx, *id, *user, *cap))).await
    }

    async fn remove_recipient(&self, id: ChannelId, user: UserId) -> Stored<Membership> {
        let keys = smallvec![Key::Channel(id)];
        self.write(keys, (id, user), |tx, (id, user)| Box::pin(remove(tx, *id, *user))).await
    }

    async fn change_group(&self, id: ChannelId, group: &GroupChange) -> Stored<Option<PrivateChannel>> {
        let keys = smallvec![Key::Channel(id)];
        self.write(keys, (id, group.clone()), |tx, (id, group)| Box::pin(change(tx, *id, group))).await
    }

    async fn private_scope(&self, id: ChannelId) -> Stored<Option<PrivateScope>> {
        let caches = self.inner.caches.as_ref();
        if let Some(scope) = caches.and_then(|caches| caches.scopes.get(&caches.fence, &id)) {
            return Ok(Some(scope));
        }
        let moment = caches.map(|caches| caches.fence.moment());
        if let Some(served) = self.served() {
            served.cluster.figures.asked.add();
            let store = self.clone();
            let fetch = move |ids| {
                let store = store.clone();
                async move { store.scopes(ids).await }
            };
            return served.scopes.get(id, fetch).await;
        }
        let rows = self.rows(Reads::Decide, with_list(SCOPE, 1, SCOPE_ORDER), &[id.as_i64().into()]).await?;
        let scope = scope_of(id, &rows).map_err(failed)?;
        if let (Some(caches), Some(moment), Some(scope)) = (caches, moment, &scope) {
            caches.scopes.put(id, scope.clone(), moment, depends(scope));
        }
        Ok(scope)
    }
}
