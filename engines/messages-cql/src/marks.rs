//! Read marks.

use crate::engine::{Engine, Tries};
use crate::fault::corrupt;
use crate::link::Cas;
use model::read_state::ReadMark;
use model::{ChannelId, MessageId, UserId};
use ports::Stored;
use std::sync::atomic::Ordering;
use tokio::time::Instant;

type Row = (i64, i32, Option<i64>, Option<i64>, Option<i64>, Option<i64>);

/// A mark as it is stored.
#[derive(Debug, Clone, Copy)]
struct Placed {
    epoch: i32,
    message: i64,
    version: i64,
}

/// A timestamp that orders marks as their messages are ordered, and lies in the past for every id there can be: a ring
/// may refuse writes from the future. Marks so close that they share it are told apart by their cells, of which the
/// higher wins.
fn timestamp(message: MessageId) -> i64 {
    (message.as_i64() >> 13).max(1)
}

impl Placed {
    fn of((_, epoch, base, base_version, message, version): Row) -> Option<Self> {
        match (base, message) {
            (Some(base), message) if message.is_none_or(|message| message <= base) => {
                Some(Self { epoch, message: base, version: base_version.unwrap_or(0) })
            }
            (_, Some(message)) => Some(Self { epoch, message, version: version.unwrap_or(0) }),
            (_, None) => None,
        }
    }

    fn mark(self, channel: ChannelId) -> Stored<ReadMark> {
        match (MessageId::from_i64(self.message), u64::try_from(self.version)) {
            (Some(message), Ok(version)) => Ok(ReadMark { channel, message, version }),
            _ => Err(corrupt(format!("a read mark of channel {channel} cannot be read"))),
        }
    }
}

impl Engine {
    /// The highest version of a user's marks, and the mark in a channel.
    async fn placed(
        &self,
        user: UserId,
        channel: ChannelId,
        until: Instant,
    ) -> Stored<(i64, Option<Placed>)> {
        let values = (user.as_i64(), vec![0, channel.as_i64()]);
        let rows: Vec<Row> = self.link.rows(&self.statements.marks_of, values, until).await?;
        let top = rows.iter().find(|row| row.0 == 0).and_then(|row| row.5).unwrap_or(0);
        // The newest epoch comes first.
        let placed = rows.into_iter().find(|row| row.0 == channel.as_i64()).and_then(Placed::of);
        Ok((top, placed))
    }

    /// A version above this one and above all that this node gave out. Two nodes that move marks of one user at the
    /// same moment may give both the same.
    fn version_above(&self, top: i64) -> i64 {
        let now = u64::try_from(self.clock.now().millis()).unwrap_or(0);
        let above = u64::try_from(top).unwrap_or(0).saturating_add(1).max(now);
        let last = self.last_version.fetch_update(Ordering::AcqRel, Ordering::Acquire, |last| {
            Some(above.max(last.saturating_add(1)))
        });
        let version = match last {
            Ok(last) | Err(last) => above.max(last.saturating_add(1)),
        };
        i64::try_from(version).unwrap_or(i64::MAX)
    }

    /// Moves a mark up; leaves one that is there or further.
    pub(crate) async fn raise_mark(
        &self,
        user: UserId,
        channel: ChannelId,
        message: MessageId,
        until: Instant,
    ) -> Stored<ReadMark> {
        let (top, placed) = self.placed(user, channel, until).await?;
        if let Some(placed) = placed
            && placed.message >= message.as_i64()
        {
            return placed.mark(channel);
        }
        let epoch = placed.map_or(0, |placed| placed.epoch);
        let version = self.version_above(top);
        let user = user.as_i64();
        let id = message.as_i64();
        let values = (version, version, user, timestamp(message), id, version, user, channel.as_i64(), epoch);
        self.link.insist(&self.statements.raise_mark, values, until).await?;
        Placed { epoch, message: id, version }.mark(channel)
    }

    pub(crate) async fn mark_read(&self, user: UserId, mark: ReadMark, back: bool) -> Stored<ReadMark> {
        let until = Self::change_until();
        let _turn = self.marking.hold(user).await;
        let mut tries = Tries::until(until);
        loop {
            let (top, placed) = self.placed(user, mark.channel, until).await?;
            let Some(placed) = placed.filter(|placed| back && placed.message > mark.message.as_i64()) else {
                return self.raise_mark(user, mark.channel, mark.message, until).await;
            };
            // Down: a new epoch, which one of those who want one begins.
            let version = self.version_above(top);
            let epoch = placed.epoch.saturating_add(1);
            let (who, channel, base) = (user.as_i64(), mark.channel.as_i64(), mark.message.as_i64());
            let begun = self
                .link
                .cas(&self.statements.begin_epoch, (who, channel, epoch, base, version), until)
                .await?;
            if begun == Cas::Applied {
                self.link.insist(&self.statements.raise_version, (version, version, who), until).await?;
                // Its row is not read any more; a try is enough.
                let _ = self
                    .link
                    .insist(&self.statements.forget_epoch, (who, channel, placed.epoch), until)
                    .await;
                return Placed { epoch, message: base, version }.mark(mark.channel);
            }
            tries.next("a read mark").await?;
        }
    }

    pub(crate) async fn read_marks(&self, user: UserId) -> Stored<Vec<ReadMark>> {
        let rows: Vec<Row> =
            self.link.rows(&self.statements.marks, (user.as_i64(),), Self::read_until()).await?;
        let mut marks: Vec<ReadMark> = Vec::new();
        for row in rows {
            // The newest epoch of a channel comes first; channel 0 is none.
            let Some(channel) = ChannelId::from_i64(row.0) else { continue };
            if marks.last().is_some_and(|last| last.channel == channel) {
                continue;
            }
            if let Some(placed) = Placed::of(row) {
                marks.push(placed.mark(channel)?);
            }
        }
        Ok(marks)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]
    use super::*;

    #[test]
    fn timestamps_of_marks_lie_in_the_past() {
        let highest = MessageId::new(i64::MAX as u64).unwrap();
        // The year 2005 in microseconds: before there was anything to mark.
        assert!(timestamp(highest) < 1_150_000_000_000_000);
        assert_eq!(timestamp(MessageId::new(1).unwrap()), 1);
    }
}
