//! Reading rows. Integers are BIGINT in every column, and a value that no version of Guildhall writes is corruption,
//! not a panic.

use crate::fault::Fault;
use model::user::User;
use model::{ApplicationId, ChannelId, DeviceId, GuildId, RoleId, Timestamp, UserId};
use sqlx::Row;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

pub(crate) fn int(row: &AnyRow, at: usize) -> Result<i64, Fault> {
    Ok(row.try_get(at)?)
}

pub(crate) fn opt_int(row: &AnyRow, at: usize) -> Result<Option<i64>, Fault> {
    Ok(row.try_get(at)?)
}

pub(crate) fn text(row: &AnyRow, at: usize) -> Result<String, Fault> {
    Ok(row.try_get(at)?)
}

pub(crate) fn opt_text(row: &AnyRow, at: usize) -> Result<Option<String>, Fault> {
    Ok(row.try_get(at)?)
}

pub(crate) fn small(row: &AnyRow, at: usize) -> Result<u32, Fault> {
    u32::try_from(int(row, at)?).map_err(|_| Fault::Corrupt("a number is out of its range"))
}

pub(crate) fn version(row: &AnyRow, at: usize) -> Result<u64, Fault> {
    u64::try_from(int(row, at)?).map_err(|_| Fault::Corrupt("a version is negative"))
}

pub(crate) fn time(row: &AnyRow, at: usize) -> Result<Timestamp, Fault> {
    Ok(Timestamp::from_micros(int(row, at)?))
}

pub(crate) fn user(row: &AnyRow, at: usize) -> Result<UserId, Fault> {
    UserId::from_i64(int(row, at)?).ok_or(NOT_AN_ID)
}

pub(crate) fn opt_user(row: &AnyRow, at: usize) -> Result<Option<UserId>, Fault> {
    opt_int(row, at)?.map(|id| UserId::from_i64(id).ok_or(NOT_AN_ID)).transpose()
}

pub(crate) fn device(row: &AnyRow, at: usize) -> Result<DeviceId, Fault> {
    DeviceId::from_i64(int(row, at)?).ok_or(NOT_AN_ID)
}

pub(crate) fn channel(row: &AnyRow, at: usize) -> Result<ChannelId, Fault> {
    ChannelId::from_i64(int(row, at)?).ok_or(NOT_AN_ID)
}

pub(crate) fn application(row: &AnyRow, at: usize) -> Result<ApplicationId, Fault> {
    ApplicationId::from_i64(int(row, at)?).ok_or(NOT_AN_ID)
}

pub(crate) fn guild(row: &AnyRow, at: usize) -> Result<GuildId, Fault> {
    GuildId::from_i64(int(row, at)?).ok_or(NOT_AN_ID)
}

pub(crate) fn role(row: &AnyRow, at: usize) -> Result<RoleId, Fault> {
    RoleId::from_i64(int(row, at)?).ok_or(NOT_AN_ID)
}

pub(crate) fn opt_channel(row: &AnyRow, at: usize) -> Result<Option<ChannelId>, Fault> {
    opt_int(row, at)?.map(|id| ChannelId::from_i64(id).ok_or(NOT_AN_ID)).transpose()
}

pub(crate) fn opt_application(row: &AnyRow, at: usize) -> Result<Option<ApplicationId>, Fault> {
    opt_int(row, at)?.map(|id| ApplicationId::from_i64(id).ok_or(NOT_AN_ID)).transpose()
}

pub(crate) fn opt_time(row: &AnyRow, at: usize) -> Result<Option<Timestamp>, Fault> {
    Ok(opt_int(row, at)?.map(Timestamp::from_micros))
}

pub(crate) fn flag(row: &AnyRow, at: usize) -> Result<bool, Fault> {
    Ok(int(row, at)? != 0)
}

/// A number in a smaller type.
pub(crate) fn fitting<T: TryFrom<i64>>(row: &AnyRow, at: usize) -> Result<T, Fault> {
    T::try_from(int(row, at)?).map_err(|_| Fault::Corrupt("a number is out of its range"))
}

/// A set of 64 bits; the highest one is the sign of what SQL holds.
pub(crate) fn bits(row: &AnyRow, at: usize) -> Result<u64, Fault> {
    Ok(int(row, at)? as u64)
}

pub(crate) const NOT_AN_ID: Fault = Fault::Corrupt("an id is not a snowflake");

/// The columns that [`public`] reads, in its order.
macro_rules! user_columns {
    () => {
        "u.id, u.username, u.global_name, u.avatar, u.bot, u.bot_owner, u.flags, u.accent_color"
    };
}
pub(crate) use user_columns;

/// How many columns [`public`] reads.
pub(crate) const USER_COLUMNS: usize = 8;

/// The public part of an account, from the first columns of a row.
pub(crate) fn public(row: &AnyRow) -> Result<User, Fault> {
    Ok(User {
        id: user(row, 0)?,
        username: text(row, 1)?,
        global_name: opt_text(row, 2)?,
        avatar: opt_text(row, 3)?,
        bot: int(row, 4)? != 0,
        bot_owner: opt_user(row, 5)?,
        flags: small(row, 6)?,
        accent_color: opt_int(row, 7)?
            .map(|color| u32::try_from(color).map_err(|_| Fault::Corrupt("a colour is out of its range")))
            .transpose()?,
    })
}

/// Most values in one IN list.
pub(crate) const LIST: usize = 64;

/// A SELECT or DELETE that ends in an IN list of exactly this many values, in one of four lengths so that a
/// connection keeps four prepared statements and not sixty-four. The caller fills up with [`padded`].
pub(crate) fn with_list(head: &str, len: usize, tail: &str) -> SqlStr {
    let marks = vec!["?"; list_len(len)].join(", ");
    AssertSqlSafe(format!("{head} ({marks}){tail}")).into_sql_str()
}

/// These values, the last one repeated up to the length that [`with_list`] made room for.
pub(crate) fn padded(values: &[i64]) -> impl Iterator<Item = i64> + '_ {
    filled(values)
}

/// The same for values of any kind; nothing for no values.
pub(crate) fn filled<T: Copy>(values: &[T]) -> impl Iterator<Item = T> + '_ {
    let fill = values.last().copied();
    values.iter().copied().chain(std::iter::repeat_n(fill, LIST).flatten()).take(list_len(values.len()))
}

pub(crate) fn list_len(len: usize) -> usize {
    [1, 4, 16, LIST].into_iter().find(|room| *room >= len).unwrap_or(LIST)
}

/// At most so many bytes of a text, cut between characters: what clients say of themselves has no other bound.
pub(crate) fn cut(text: &str, chars: usize) -> &str {
    text.char_indices().nth(chars).map_or(text, |(end, _)| text.get(..end).unwrap_or(text))
}
