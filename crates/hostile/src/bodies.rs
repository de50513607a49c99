//! Bodies of requests.

use domain::hostile::{clean, faults};
use http_api::hostile::{Refused, list, object};
use model::embed::Embed;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt::Debug;
use std::pin::Pin;
use tokio::runtime::Runtime;
use wire::application::{ApplicationCreate, ApplicationPatch, BotPatch};
use wire::auth::{Login, Register, SessionsLogout};
use wire::ban::{BanRequest, BulkBanRequest};
use wire::channel::ChannelOpen;
use wire::emoji::{EmojiCreate, EmojiPatch};
use wire::guild::{GuildCreate, GuildPatch, VanityPatch};
use wire::guild_channel::{ChannelPosition, ChannelRequest, OverwritePut, ThreadCreate};
use wire::guild_settings::{GuildSettingsBulk, GuildSettingsPatch};
use wire::invite::InviteCreate;
use wire::member::{MemberPatch, NickPatch, PruneRequest};
use wire::message::{BulkDelete, MessageCreate, MessageEdit, MessageIdsRequest};
use wire::oauth2::Authorize;
use wire::profile::ProfilePatch;
use wire::read_state::{AckBulkRequest, AckRequest};
use wire::relationship::{FriendRequest, RelationshipPatch, RelationshipPut};
use wire::role::{RolePosition, RoleRequest};
use wire::settings::SettingsPatch;
use wire::user::{MeChange, UsernameAttempt};
use wire::voice::VoiceStatePatch;
use wire::webhook::{WebhookCreate, WebhookPatch};

const JSON: &str = "application/json";

/// What a form of this name is made of a body: as it prints, or how it is refused.
type Reader = fn(Vec<u8>) -> Pin<Box<dyn Future<Output = Result<String, Refused>>>>;

macro_rules! forms {
    ($($form:ident)+; $($item:ident)+; $($secret:ident)+) => {
        /// The names of the forms that handlers read, those of lists' items among them.
        pub const FORMS: &[&str] = &[$(stringify!($form),)+ $(stringify!($item),)+ $(stringify!($secret)),+];

        const READERS: &[(&str, Reader)] = &[
            $((stringify!($form), |body| Box::pin(one::<$form>(body))),)+
            $((stringify!($item), |body| Box::pin(many::<$item>(body))),)+
            $((stringify!($secret), |body| Box::pin(unseen::<$secret>(body)))),+
        ];
    };
}

forms! {
    AckBulkRequest AckRequest ApplicationCreate ApplicationPatch Authorize BanRequest BotPatch BulkBanRequest BulkDelete
    ChannelOpen ChannelRequest EmojiCreate EmojiPatch FriendRequest GuildCreate GuildPatch GuildSettingsBulk
    GuildSettingsPatch InviteCreate MeChange MemberPatch MessageCreate MessageEdit MessageIdsRequest NickPatch OverwritePut ProfilePatch
    PruneRequest RelationshipPatch RelationshipPut RoleRequest SessionsLogout SettingsPatch ThreadCreate
    UsernameAttempt VanityPatch VoiceStatePatch WebhookCreate WebhookPatch;
    ChannelPosition RolePosition;
    Login Register
}

async fn one<T: DeserializeOwned + Debug>(body: Vec<u8>) -> Result<String, Refused> {
    object::<T>(JSON, body).await.map(|form| format!("{form:?}"))
}

async fn many<T: DeserializeOwned + Debug>(body: Vec<u8>) -> Result<String, Refused> {
    list::<T>(body).await.map(|forms| format!("{forms:?}"))
}

/// A form with a password in it does not print: that it is read again is what can be seen.
async fn unseen<T: DeserializeOwned>(body: Vec<u8>) -> Result<String, Refused> {
    object::<T>(JSON, body).await.map(|_| String::new())
}

thread_local! {
    /// Reading has a time limit, and that needs a clock.
    static CLOCK: Option<Runtime> = tokio::runtime::Builder::new_current_thread().enable_time().build().ok();
}

fn run<T>(work: impl Future<Output = T>) -> Option<T> {
    CLOCK.with(|clock| clock.as_ref().map(|clock| clock.block_on(work)))
}

/// Every form either takes a body or refuses it in Discord's words; one that it takes means the same when its JSON is
/// written anew, whatever the order and the spaces. What is said in a message is checked, and what passes is bounded.
///
/// # Panics
/// It is not so.
pub fn rest_bodies(data: &[u8]) {
    let anew = serde_json::from_slice::<Value>(data).ok().map(|tree| tree.to_string());
    for (name, read) in READERS {
        let first = run(read(data.to_vec()));
        assert!(first.is_some(), "there is no clock");
        let Some(first) = first else { return };
        match (&first, &anew) {
            (Err(refused), _) => in_words(name, refused, data.len()),
            (Ok(_), Some(anew)) => {
                let again = run(read(anew.clone().into_bytes()));
                assert_eq!(again, Some(first), "{name} of {anew}");
            }
            // A body that is no tree: empty, or with something in it that no form reads.
            (Ok(_), None) => {}
        }
    }
    if let Some(Ok(message)) = run(object::<MessageCreate>(JSON, data.to_vec())) {
        said(message);
    }
}

/// A form is read as the JSON that stands in it, or refused in words.
///
/// # Panics
/// It is not so.
pub fn multipart(data: &[u8]) {
    const FORM: &str = "multipart/form-data; boundary=b";
    match run(object::<MessageCreate>(FORM, data.to_vec())) {
        Some(Ok(message)) => {
            let text = message.content.as_ref().map_or(0, String::len);
            // A byte that is no text becomes a mark of three. Nothing else grows: escapes are longer than what they mean.
            assert!(text <= 3 * data.len());
            said(message);
        }
        Some(Err(refused)) => in_words("a form", &refused, data.len()),
        None => assert!(data.is_empty(), "there is no clock"),
    }
}

fn in_words(name: &str, (status, body): &Refused, len: usize) {
    assert!(matches!(status, 400 | 413), "{name}: {status}");
    let told = serde_json::from_slice::<Value>(body).unwrap_or_default();
    let whole = told.get("code").is_some_and(Value::is_u64)
        && told.get("message").and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    assert!(whole, "{name}: {told}");
    // A form's fault says where it is.
    let form = told.get("code").and_then(Value::as_u64) == Some(50035);
    assert_eq!(told.get("errors").is_some_and(Value::is_object), form, "{name}: {told}");
    // A path repeats keys of the request, each at most escaped anew; the rest is ours.
    assert!(body.len() <= 6 * len + 4096, "{name}: {} bytes for {len}", body.len());
}

/// What `MessageCreate` goes through before it is stored.
fn said(message: MessageCreate) {
    let embeds: Vec<Embed> =
        message.embeds.into_iter().flatten().chain(message.embed).map(Embed::from).collect();
    let text = clean(&message.content.unwrap_or_default());
    if faults(&text, &embeds).0.is_empty() {
        assert!(text.chars().count() <= model::limits::CONTENT);
        assert!(embeds.len() <= model::limits::EMBEDS);
        assert!(embeds.iter().map(Embed::text_len).sum::<usize>() <= model::limits::EMBED_TOTAL);
    }
    // Whatever is wrong with them, embeds come back as they were read.
    for embed in &embeds {
        let shown = serde_json::to_string(&wire::embed::render(embed)).unwrap_or_default();
        let again = serde_json::from_str::<wire::embed::EmbedRequest>(&shown).map(Embed::from).ok();
        assert_eq!(again.as_ref(), Some(embed), "{shown}");
    }
}
