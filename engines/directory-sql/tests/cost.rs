//! What the two calls of every send cost, with and without answers kept in memory. Prints figures:
//! `cargo test -p directory-sql --test cost -- --ignored --nocapture`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a panic is how a test fails")]

use directory_sql::DirectorySql;
use model::guild::{GuildChannelKind, Member};
use ports::directory::{Devices, Guilds, PrivateChannels, Relationships};
use sqlx::{AnyConnection, AssertSqlSafe, Connection};
use std::time::Instant;
use testkit::conformance::directory::guilds::{
    added, general, give, guild, join, make, new_channel, new_role, role,
};
use testkit::conformance::directory::{NOW, ROOMY, befriend, channel, hash, new_device, people, user};

async fn measure(name: &str, directory: &DirectorySql, rounds: u32) {
    let begin = Instant::now();
    for _ in 0..rounds {
        directory.private_scope(channel(1)).await.unwrap().unwrap();
    }
    let scope = begin.elapsed() / rounds;
    let begin = Instant::now();
    for _ in 0..rounds {
        directory.authenticate(&hash(1)).await.unwrap().unwrap();
    }
    println!("{name}: private_scope {scope:?}, authenticate {:?}", begin.elapsed() / rounds);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "prints figures"]
async fn what_a_send_asks() {
    let folder = tempfile::tempdir().unwrap();
    let directory = DirectorySql::open(&folder.path().join("directory.db")).await.unwrap();
    let [a, b] = people(&directory).await;
    befriend(&directory, a, b).await;
    directory.open_dm(a, b, channel(1), NOW).await.unwrap();
    directory.sign_in(&new_device(a, 1, NOW), 50).await.unwrap();
    measure("kept", &directory, 500_000).await;
    let begin = Instant::now();
    for n in 0..200 {
        use model::relationship::RelationshipAction::{Block, Remove};
        let action = if n % 2 == 0 { Block } else { Remove };
        directory.change_relationship(a, b, action, NOW, ROOMY).await.unwrap().unwrap();
    }
    println!("a change of a relationship, synced: {:?}", begin.elapsed() / 200);
    measure("asked", &directory.without_caches(), 10_000).await;
}

/// Times `rounds` calls of something.
macro_rules! each {
    ($rounds:expr, $what:literal, $call:expr) => {
        let begin = Instant::now();
        for _ in 0..$rounds {
            $call;
        }
        println!("  {}: {:?}", $what, begin.elapsed() / $rounds);
    };
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "prints figures"]
async fn what_a_guild_of_fifty_thousand_asks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.db");
    let directory = DirectorySql::open(&path).await.unwrap();
    let [a, b, c] = people(&directory).await;
    make(&directory, a, 1).await;
    join(&directory, 1, b).await;
    for n in 1..100 {
        added(directory.create_role(guild(1), &new_role(role(n), "r"), 250, vec![]).await.unwrap());
    }
    for n in 100..300 {
        let new = new_channel(guild(1), channel(n), GuildChannelKind::Text);
        added(directory.create_channel(&new, 500, 50, vec![]).await.unwrap());
    }
    // The crowd comes by the back door, two roles each.
    let mut tool = AnyConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    let (of, first) = (guild(1).get(), user(1000).get());
    let crowd = "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 49997)";
    for sql in [
        format!(
            "INSERT INTO users (id, username, bot, bio, pronouns, flags, session_version, created)
            {crowd} SELECT {first} + (i << 22), 'crowd' || i, 0, '', '', 0, 1, 0 FROM n"
        ),
        format!(
            "INSERT INTO guild_members (guild_id, user_id, bot, joined, deaf, mute, flags)
            {crowd} SELECT {of}, {first} + (i << 22), 0, 0, 0, 0, 0 FROM n"
        ),
        format!(
            "INSERT INTO member_roles (guild_id, user_id, role_id)
            {crowd} SELECT {of}, {first} + (i << 22), {} + ((i % 90) << 22) FROM n",
            role(1).get()
        ),
        format!("UPDATE guilds SET member_count = 50000 WHERE id = {of}"),
    ] {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut tool).await.unwrap();
    }
    tool.close().await.unwrap();
    for (name, directory) in [("kept", directory.clone()), ("asked", directory.clone().without_caches())] {
        println!("{name}, of 50,000 members, 202 channels, 100 roles:");
        each!(2_000, "guild_authority", directory.guild_authority(guild(1), b).await.unwrap().unwrap());
        each!(2_000, "guild_of", directory.guild_of(general(1)).await.unwrap().unwrap());
    }
    each!(20, "a member changed, and the next send", {
        give(&directory, 1, b, &[role(1)]).await;
        directory.guild_authority(guild(1), a).await.unwrap().unwrap()
    });
    each!(20, "a channel changed, and the next send", {
        directory.change_channel(general(1), Box::new(|c| c.position += 1), vec![]).await.unwrap();
        directory.guild_authority(guild(1), a).await.unwrap().unwrap()
    });
    each!(5, "a page of a thousand members", directory.members(guild(1), None, 1000).await.unwrap());
    each!(20, "member_count", directory.member_count(guild(1)).await.unwrap());
    each!(5, "role_counts", directory.role_counts(guild(1)).await.unwrap());
    each!(5, "search_members that finds", directory.search_members(guild(1), "crowd4", 100).await.unwrap());
    each!(5, "search_members in vain", directory.search_members(guild(1), "nobody", 100).await.unwrap());
    each!(5, "guild_bots", directory.guild_bots(guild(1)).await.unwrap());
    each!(5, "memberships", directory.memberships(b).await.unwrap());
    join(&directory, 1, c).await;
    let edit = Box::new(|member: &mut Member| member.nick = Some("nick".into()));
    directory.change_member(guild(1), c, edit, vec![]).await.unwrap().unwrap();
    each!(1, "delete_role", directory.delete_role(guild(1), role(1), vec![]).await.unwrap().unwrap());
    each!(1, "delete_guild", directory.delete_guild(guild(1)).await.unwrap().unwrap());
}
