//! [`ports::directory::accounts`].

use super::{NOW, all_of, new_account, new_device, people, register, user};
use model::application::Application;
use model::settings::{ChannelSettings, CustomStatus, GuildSettings, Mute, NotifyLevel, Settings};
use model::user::AccountChange;
use model::{ChannelId, GuildId};
use ports::directory::Directory;
use ports::directory::accounts::{Changed, NewAccount, Registered};
use std::sync::Arc;

/// An account is there with what it was made of, and under its exact username only.
pub async fn an_account_is_stored_and_found(directory: Arc<dyn Directory>) {
    let new = NewAccount {
        global_name: Some("Ünï 🦊".into()),
        email: Some("a@example.org".into()),
        ..new_account(1)
    };
    let Registered::Created(account) = directory.create_account(&new).await.unwrap() else {
        panic!("not created");
    };
    assert_eq!(account.user.id, user(1));
    assert_eq!(account.user.username, "user1");
    assert_eq!(account.user.global_name.as_deref(), Some("Ünï 🦊"));
    assert_eq!(account.email.as_deref(), Some("a@example.org"));
    assert!(!account.user.bot && account.bio.is_empty() && account.pronouns.is_empty());
    assert_eq!(directory.account(user(1)).await.unwrap().as_ref(), Some(&account));
    assert_eq!(directory.user_by_name("user1").await.unwrap(), Some(account.user));
    for other in ["User1", "user", "user1 ", "user%", ""] {
        assert_eq!(directory.user_by_name(other).await.unwrap(), None, "{other:?}");
    }
    assert_eq!(directory.account(user(2)).await.unwrap(), None);
}

/// A registration may be repeated when its answer was lost.
pub async fn a_repeated_registration_answers_the_same_account(directory: Arc<dyn Directory>) {
    let first = directory.create_account(&new_account(1)).await.unwrap();
    assert!(matches!(first, Registered::Created(_)));
    assert_eq!(directory.create_account(&new_account(1)).await.unwrap(), first);
}

/// A username is one account's.
pub async fn a_username_belongs_to_one(directory: Arc<dyn Directory>) {
    register(&*directory, 1).await;
    let second = NewAccount { username: "user1".into(), ..new_account(2) };
    assert_eq!(directory.create_account(&second).await.unwrap(), Registered::UsernameTaken);
    assert_eq!(directory.account(user(2)).await.unwrap(), None);
}

/// An e-mail address is one account's; any number of accounts have none.
pub async fn an_email_address_belongs_to_one(directory: Arc<dyn Directory>) {
    let with = |n, email: Option<&str>| NewAccount { email: email.map(str::to_owned), ..new_account(n) };
    for (n, email) in [(1, Some("a@example.org")), (2, None), (3, None)] {
        let answer = directory.create_account(&with(n, email)).await.unwrap();
        assert!(matches!(answer, Registered::Created(_)));
    }
    let answer = directory.create_account(&with(4, Some("a@example.org"))).await.unwrap();
    assert_eq!(answer, Registered::EmailTaken);
}

/// Of many who want a username at once, one gets it.
pub async fn a_race_for_a_username_has_one_winner(directory: Arc<dyn Directory>) {
    let answers = all_of((1..=20).map(|n| {
        let directory = directory.clone();
        async move {
            let new = NewAccount { username: "wanted".into(), ..new_account(n) };
            directory.create_account(&new).await.unwrap()
        }
    }))
    .await;
    let created: Vec<_> = answers.iter().filter(|answer| matches!(answer, Registered::Created(_))).collect();
    assert_eq!(created.len(), 1);
    let taken = answers.iter().filter(|answer| **answer == Registered::UsernameTaken).count();
    assert_eq!(taken, 19);
}

/// A code is good for so many accounts, until it expires.
pub async fn a_code_is_used_up_with_the_account(directory: Arc<dyn Directory>) {
    directory.create_code([1; 32], 2, NOW.plus_seconds(60)).await.unwrap();
    directory.create_code([2; 32], 2, NOW).await.unwrap();
    let with = |n, code| NewAccount { code: Some(code), ..new_account(n) };
    for n in [1, 2] {
        let answer = directory.create_account(&with(n, [1; 32])).await.unwrap();
        assert!(matches!(answer, Registered::Created(_)));
    }
    for (n, code) in [(3, [1; 32]), (4, [2; 32]), (5, [3; 32])] {
        assert_eq!(directory.create_account(&with(n, code)).await.unwrap(), Registered::CodeInvalid);
        assert_eq!(directory.account(user(n)).await.unwrap(), None);
    }
    // A repeated call needs no second use.
    assert!(matches!(directory.create_account(&with(2, [1; 32])).await.unwrap(), Registered::Created(_)));
}

/// A code with one use makes one account, however many try at once.
pub async fn a_code_with_one_use_makes_one_account(directory: Arc<dyn Directory>) {
    directory.create_code([1; 32], 1, NOW.plus_seconds(60)).await.unwrap();
    let answers = all_of((1..=20).map(|n| {
        let directory = directory.clone();
        async move {
            let new = NewAccount { code: Some([1; 32]), ..new_account(n) };
            directory.create_account(&new).await.unwrap()
        }
    }))
    .await;
    assert_eq!(answers.iter().filter(|answer| matches!(answer, Registered::Created(_))).count(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == Registered::CodeInvalid).count(), 19);
    assert_eq!(directory.accounts(None, 100).await.unwrap().len(), 1);
}

/// A registration that is refused for its name leaves the code as it is; one without a good code learns of no name.
pub async fn a_code_survives_a_refused_registration(directory: Arc<dyn Directory>) {
    register(&*directory, 1).await;
    directory.create_code([1; 32], 1, NOW.plus_seconds(60)).await.unwrap();
    let with = |name: &str, code| NewAccount { username: name.into(), code: Some(code), ..new_account(2) };
    let answer = directory.create_account(&with("user1", [9; 32])).await.unwrap();
    assert_eq!(answer, Registered::CodeInvalid);
    let answer = directory.create_account(&with("user1", [1; 32])).await.unwrap();
    assert_eq!(answer, Registered::UsernameTaken);
    let answer = directory.create_account(&with("user2", [1; 32])).await.unwrap();
    assert!(matches!(answer, Registered::Created(_)));
}

/// Many users are found at once; unknown ids are left out, doubled ones are no fault.
pub async fn users_are_found_in_batches(directory: Arc<dyn Directory>) {
    for n in 1..=150 {
        register(&*directory, n).await;
    }
    assert_eq!(directory.users(&[]).await.unwrap(), vec![]);
    for _ in 0..2 {
        let ids: Vec<_> = (1..=200).map(user).collect();
        let mut found: Vec<_> = directory.users(&ids).await.unwrap().iter().map(|user| user.id).collect();
        found.sort();
        assert_eq!(found, (1..=150).map(user).collect::<Vec<_>>());
    }
    let doubled = directory.users(&[user(3), user(3), user(999)]).await.unwrap();
    assert!(!doubled.is_empty() && doubled.iter().all(|found| found.id == user(3)));
}

/// What `users` answers is never older than a change that was answered.
pub async fn users_are_never_older_than_a_change(directory: Arc<dyn Directory>) {
    register(&*directory, 1).await;
    let reading = {
        let directory = directory.clone();
        tokio::spawn(async move {
            for _ in 0..2000 {
                directory.users(&[user(1)]).await.unwrap();
            }
        })
    };
    for n in 0..200 {
        let name = format!("Name {n}");
        let change = AccountChange { global_name: Some(Some(name.clone())), ..AccountChange::default() };
        directory.change_account(user(1), &change).await.unwrap();
        let found = directory.users(&[user(1)]).await.unwrap();
        assert_eq!(found.first().unwrap().global_name.as_deref(), Some(name.as_str()));
    }
    reading.await.unwrap();
}

/// A person signs in with the username or the e-mail address; a bot cannot.
pub async fn credentials_are_found_by_username_and_email_never_a_bots(directory: Arc<dyn Directory>) {
    let new = NewAccount { email: Some("a@example.org".into()), ..new_account(1) };
    directory.create_account(&new).await.unwrap();
    for login in ["user1", "a@example.org"] {
        let credentials = directory.credentials(login).await.unwrap().unwrap();
        assert_eq!(credentials.user, user(1));
        assert_eq!(credentials.password_hash, new.password_hash);
    }
    let of = directory.credentials_of(user(1)).await.unwrap().unwrap();
    assert_eq!(of.password_hash, new.password_hash);
    let bot: Application = super::applications::application(50, user(1));
    directory.create_application(&bot, "a_bot", 10, NOW).await.unwrap();
    assert!(directory.credentials("a_bot").await.unwrap().is_none());
    assert!(directory.credentials_of(bot.id.bot()).await.unwrap().is_none());
    assert!(directory.set_password(bot.id.bot(), "hash", None).await.unwrap().is_empty());
    assert!(directory.credentials("a_bot").await.unwrap().is_none());
    for unknown in ["user2", "b@example.org", "", "@"] {
        assert!(directory.credentials(unknown).await.unwrap().is_none(), "{unknown:?}");
    }
}

/// A change touches what it names, and clears what it clears.
pub async fn a_change_leaves_the_rest(directory: Arc<dyn Directory>) {
    let before = register(&*directory, 1).await;
    let change = AccountChange {
        username: Some("renamed".into()),
        global_name: Some(Some("Renamed".into())),
        email: Some(Some("new@example.org".into())),
        bio: Some("bio".into()),
        pronouns: Some("they".into()),
        accent_color: Some(Some(0xff_ff_ff)),
    };
    let Changed::Account(after) = directory.change_account(user(1), &change).await.unwrap() else {
        panic!("not changed");
    };
    assert_eq!(after.user.username, "renamed");
    assert_eq!(after.user.accent_color, Some(0xff_ff_ff));
    assert_eq!((after.bio.as_str(), after.pronouns.as_str()), ("bio", "they"));
    assert_eq!(after.user.flags, before.user.flags);
    assert_eq!(directory.account(user(1)).await.unwrap().as_ref(), Some(&after));
    assert_eq!(directory.user_by_name("user1").await.unwrap(), None);
    let same = directory.change_account(user(1), &AccountChange::default()).await.unwrap();
    assert_eq!(same, Changed::Account(after.clone()));
    let clear = AccountChange {
        global_name: Some(None),
        email: Some(None),
        accent_color: Some(None),
        ..AccountChange::default()
    };
    let Changed::Account(cleared) = directory.change_account(user(1), &clear).await.unwrap() else {
        panic!("not changed");
    };
    assert_eq!((cleared.user.global_name, cleared.email, cleared.user.accent_color), (None, None, None));
    assert_eq!(cleared.bio, "bio");
    assert_eq!(directory.change_account(user(9), &change).await.unwrap(), Changed::Absent);
}

/// Nobody takes another's name or address; one's own may be set again.
pub async fn a_change_cannot_take_what_another_has(directory: Arc<dyn Directory>) {
    people::<2>(&*directory).await;
    let email = |email: &str| AccountChange { email: Some(Some(email.into())), ..AccountChange::default() };
    let name = |name: &str| AccountChange { username: Some(name.into()), ..AccountChange::default() };
    directory.change_account(user(1), &email("a@example.org")).await.unwrap();
    let answer = directory.change_account(user(2), &email("a@example.org")).await.unwrap();
    assert_eq!(answer, Changed::EmailTaken);
    assert_eq!(directory.change_account(user(2), &name("user1")).await.unwrap(), Changed::UsernameTaken);
    for own in [name("user1"), email("a@example.org")] {
        assert!(matches!(directory.change_account(user(1), &own).await.unwrap(), Changed::Account(_)));
    }
}

/// With a new password every device but the one that is kept is revoked.
pub async fn a_new_password_revokes_every_other_device(directory: Arc<dyn Directory>) {
    people::<2>(&*directory).await;
    for (of, n) in [(1, 1), (1, 2), (1, 3), (2, 4)] {
        directory.sign_in(&new_device(user(of), n, NOW), 50).await.unwrap();
    }
    let mut revoked = directory.set_password(user(1), "new hash", Some(super::device(2))).await.unwrap();
    revoked.sort();
    assert_eq!(revoked, [super::device(1), super::device(3)]);
    assert_eq!(directory.credentials_of(user(1)).await.unwrap().unwrap().password_hash, "new hash");
    for (n, known) in [(1, false), (2, true), (3, false), (4, true)] {
        assert_eq!(directory.authenticate(&super::hash(n)).await.unwrap().is_some(), known, "{n}");
    }
    assert_eq!(directory.set_password(user(1), "newer", None).await.unwrap(), [super::device(2)]);
}

/// Settings are the defaults until they are stored.
pub async fn settings_have_defaults_and_are_kept(directory: Arc<dyn Directory>) {
    register(&*directory, 1).await;
    assert_eq!(directory.settings(user(1)).await.unwrap(), Settings::default());
    let settings = Settings {
        theme: "dark".into(),
        custom_status: Some(CustomStatus {
            text: Some("🦀 'quoted'".into()),
            emoji: None,
            expires: Some(NOW),
        }),
        ..Settings::default()
    };
    directory.set_settings(user(1), &settings).await.unwrap();
    assert_eq!(directory.settings(user(1)).await.unwrap(), settings);
}

/// Each guild's settings are changed alone, also by two at once; private channels come first; what was left is forgotten when
/// another guild's are made.
pub async fn settings_for_guilds_are_changed_one_by_one(directory: Arc<dyn Directory>) {
    register(&*directory, 1).await;
    register(&*directory, 2).await;
    assert_eq!(directory.guild_settings(user(1)).await.unwrap(), []);
    let left = GuildId::new(70);
    let mute = Box::new(|settings: &mut GuildSettings| settings.mute.muted = true);
    let muted = directory.change_guild_settings(user(1), left, mute).await.unwrap();
    let expected = GuildSettings {
        guild: left,
        mute: Mute { muted: true, ..Mute::default() },
        ..GuildSettings::default()
    };
    assert_eq!(muted, expected);
    assert_eq!(directory.guild_settings(user(1)).await.unwrap(), [expected]);

    let overrides = (1..=8_u64).map(|n| {
        let directory = directory.clone();
        async move {
            let edit = Box::new(move |settings: &mut GuildSettings| {
                let level = NotifyLevel::Mentions;
                let channel = ChannelSettings { level, ..ChannelSettings::usual(ChannelId::new(n).unwrap()) };
                settings.channels.retain(|other| other.channel != channel.channel);
                settings.channels.push(channel);
            });
            directory.change_guild_settings(user(1), None, edit).await.unwrap();
        }
    });
    all_of(overrides).await;
    let all = directory.guild_settings(user(1)).await.unwrap();
    assert_eq!(all.iter().map(|settings| settings.guild).collect::<Vec<_>>(), [None]);
    let mut channels: Vec<u64> =
        all.iter().flat_map(|one| &one.channels).map(|channel| channel.channel.get()).collect();
    channels.sort_unstable();
    assert_eq!(channels, (1..=8).collect::<Vec<_>>());
    assert_eq!(directory.guild_settings(user(2)).await.unwrap(), []);
}

/// The operator's list goes by id, without bots.
pub async fn accounts_are_listed_in_pages(directory: Arc<dyn Directory>) {
    people::<5>(&*directory).await;
    let bot: Application = super::applications::application(3_000, user(1));
    directory.create_application(&bot, "a_bot", 10, NOW).await.unwrap();
    for n in 1..=2 {
        directory.sign_in(&new_device(user(2), n, NOW.plus_seconds(n as i64)), 50).await.unwrap();
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = directory.accounts(after, 2).await.unwrap();
        assert!(page.len() <= 2);
        let Some(last) = page.last() else {
            break;
        };
        after = Some(last.user.id);
        seen.extend(page);
    }
    assert_eq!(seen.iter().map(|row| row.user.id).collect::<Vec<_>>(), (1..=5).map(user).collect::<Vec<_>>());
    let second = seen.get(1).unwrap();
    assert_eq!((second.devices, second.last_used), (2, Some(NOW.plus_seconds(2))));
    assert_eq!(seen.first().map(|row| (row.devices, row.last_used)), Some((0, None)));
}
