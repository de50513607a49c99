//! [`ports::directory::applications`].

use super::{NOW, hash, new_account, new_device, people, register, user};
use model::application::{Application, ApplicationChange};
use model::device::{Principal, TokenKind};
use model::{ApplicationId, UserId};
use ports::directory::Directory;
use ports::directory::accounts::{NewAccount, Registered};
use ports::directory::applications::ApplicationCreated;
use ports::directory::devices::NewDevice;
use std::sync::Arc;

/// An application with this number and owner.
pub(super) fn application(n: u64, owner: UserId) -> Application {
    Application {
        id: ApplicationId::new(n << 22).unwrap(),
        owner,
        name: format!("Application {n}"),
        description: "Does things — “quoted”".into(),
        bot_public: true,
        flags: 1 << 19,
        verify_key: "ab".repeat(32),
        tags: vec!["one".into(), "zwei".into()],
    }
}

fn token(application: &Application, n: u64) -> NewDevice {
    NewDevice { kind: TokenKind::Bot, ..new_device(application.id.bot(), n, NOW) }
}

/// An application comes with a bot user of its id, its owner's.
pub async fn an_application_has_a_bot_with_its_id(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    let new = application(50, a);
    for _ in 0..2 {
        let created = directory.create_application(&new, "a_bot", 10, NOW).await.unwrap();
        assert_eq!(created, ApplicationCreated::Created(new.clone()), "also when repeated");
    }
    assert_eq!(directory.application(new.id).await.unwrap(), Some(new.clone()));
    let bot = directory.user_by_name("a_bot").await.unwrap().unwrap();
    assert_eq!((bot.id, bot.bot, bot.bot_owner), (new.id.bot(), true, Some(a)));
    let second = application(40, a);
    directory.create_application(&second, "b_bot", 10, NOW).await.unwrap();
    assert_eq!(directory.applications(a).await.unwrap(), [second, new]);
    assert!(directory.applications(b).await.unwrap().is_empty());
    assert_eq!(directory.application(ApplicationId::new(1).unwrap()).await.unwrap(), None);
}

/// An owner has at most so many.
pub async fn there_are_at_most_so_many(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    let answers = super::all_of((10..20).map(|n| {
        let directory = directory.clone();
        let new = application(n, a);
        async move { directory.create_application(&new, &format!("bot{n}"), 3, NOW).await.unwrap() }
    }))
    .await;
    let created = answers.iter().filter(|answer| matches!(answer, ApplicationCreated::Created(_))).count();
    assert_eq!(created, 3);
    assert_eq!(answers.iter().filter(|answer| **answer == ApplicationCreated::TooMany).count(), 7);
    let others = directory.create_application(&application(30, b), "bot30", 3, NOW).await.unwrap();
    assert!(matches!(others, ApplicationCreated::Created(_)));
}

/// A bot's name is unique among people and bots.
pub async fn a_bots_name_is_unique(directory: Arc<dyn Directory>) {
    let a = register(&*directory, 1).await.user.id;
    let taken = directory.create_application(&application(50, a), "user1", 10, NOW).await.unwrap();
    assert_eq!(taken, ApplicationCreated::UsernameTaken);
    assert_eq!(directory.application(application(50, a).id).await.unwrap(), None);
    assert!(directory.applications(a).await.unwrap().is_empty());
}

/// A change touches what it names.
pub async fn a_change_of_an_application_leaves_the_rest(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    let new = application(50, a);
    directory.create_application(&new, "a_bot", 10, NOW).await.unwrap();
    let change = ApplicationChange { flags: Some(0), tags: Some(vec![]), ..ApplicationChange::default() };
    let changed = directory.change_application(new.id, &change).await.unwrap();
    assert_eq!(changed, Some(Application { flags: 0, tags: vec![], ..new.clone() }));
    assert_eq!(directory.application(new.id).await.unwrap(), changed);
    let change = ApplicationChange {
        name: Some("Other".into()),
        description: Some(String::new()),
        bot_public: Some(false),
        ..ApplicationChange::default()
    };
    let changed = directory.change_application(new.id, &change).await.unwrap().unwrap();
    assert_eq!(
        (changed.name.as_str(), changed.description.as_str(), changed.bot_public),
        ("Other", "", false)
    );
    let nobody = ApplicationId::new(1).unwrap();
    assert_eq!(directory.change_application(nobody, &change).await.unwrap(), None);
}

/// Of a deleted application the bot's user stays, for old messages: without an owner, without a token, and its name
/// may be taken.
pub async fn deleting_leaves_the_bot_readable_and_frees_its_name(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    let new = application(50, a);
    directory.create_application(&new, "a_bot", 10, NOW).await.unwrap();
    directory.reset_bot_token(&token(&new, 1)).await.unwrap();
    assert_eq!(directory.users(&[new.id.bot()]).await.unwrap().first().unwrap().username, "a_bot");
    assert!(directory.authenticate(&hash(1)).await.unwrap().is_some());
    assert_eq!(directory.delete_application(new.id).await.unwrap(), Some(vec![super::device(1)]));
    assert_eq!(directory.authenticate(&hash(1)).await.unwrap(), None);
    assert_eq!(directory.application(new.id).await.unwrap(), None);
    assert_eq!(directory.delete_application(new.id).await.unwrap(), None);
    let bot = directory.users(&[new.id.bot()]).await.unwrap().first().cloned().unwrap();
    assert_eq!((bot.bot, bot.bot_owner), (true, None));
    assert_ne!(bot.username, "a_bot");
    let heir = NewAccount { username: "a_bot".into(), ..new_account(2) };
    assert!(matches!(directory.create_account(&heir).await.unwrap(), Registered::Created(_)));
    assert_eq!(directory.user_by_name("a_bot").await.unwrap().unwrap().id, user(2));
}

/// A new bot token takes the old one out of force at once.
pub async fn a_new_token_ends_the_old_one(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    let new = application(50, a);
    directory.create_application(&new, "a_bot", 10, NOW).await.unwrap();
    assert!(directory.reset_bot_token(&token(&new, 1)).await.unwrap().is_empty());
    let principal = Principal { user: new.id.bot(), device: super::device(1), kind: TokenKind::Bot };
    assert_eq!(directory.authenticate(&hash(1)).await.unwrap(), Some(principal));
    assert_eq!(directory.reset_bot_token(&token(&new, 2)).await.unwrap(), [super::device(1)]);
    assert!(directory.reset_bot_token(&token(&new, 2)).await.unwrap().is_empty(), "repeated");
    assert_eq!(directory.authenticate(&hash(1)).await.unwrap(), None);
    assert!(directory.authenticate(&hash(2)).await.unwrap().is_some());
}
