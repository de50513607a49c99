//! Guilds and what belongs to them: read by models that are not ours, and held to Discord's schema.

use crate::libraries::both;
use crate::objects::{account, application, message, shown, user};
use crate::schema::fits;
use model::audit::{AuditAction, AuditChange, AuditEntry, AuditValue};
use model::emoji::Emoji;
use model::event::{InGuild, MemberView, ThreadMember};
use model::guild::{
    Ban, Guild, GuildChannel, GuildChannelKind, GuildChannelView, GuildState, GuildSummary, GuildView,
    Integration, Invite, InviteView, Member, Overwrite, OverwriteTarget, Role, Thread,
};
use model::voice::VoiceState;
use model::webhook::{Webhook, WebhookAuthor, WebhookView};
use model::{
    ApplicationId, AuditId, ChannelId, EmojiId, GuildId, Permissions, RoleId, Timestamp, UserId, WebhookId,
};
use serde_json::{Value, json};
use std::sync::Arc;

pub(crate) const GUILD: u64 = 41_771_983_429_993_937;

fn at() -> Timestamp {
    Timestamp::from_micros(1_700_000_000_000_042)
}

pub(crate) fn role(id: u64) -> Role {
    let everyone = id == GUILD;
    Role {
        id: RoleId::new(id).unwrap(),
        name: if everyone { "@everyone".into() } else { "mods".into() },
        permissions: Permissions::DEFAULT,
        position: u16::from(!everyone),
        color: 0x00aa_bbcc,
        hoist: true,
        mentionable: true,
        bot: (!everyone).then(|| ApplicationId::new(2).unwrap()),
        icon: None,
        unicode_emoji: None,
    }
}

pub(crate) fn member() -> MemberView {
    let mut member = Member::new(UserId::new(1).unwrap(), at());
    member.nick = Some("nick".into());
    member.roles = vec![RoleId::new(7).unwrap()];
    member.timeout = Some(at());
    MemberView { member, user: user(1, false) }
}

pub(crate) fn channel(kind: GuildChannelKind) -> GuildChannel {
    GuildChannel {
        id: ChannelId::new(77).unwrap(),
        guild: GuildId::new(GUILD).unwrap(),
        kind,
        name: "general".into(),
        position: 3,
        parent: ChannelId::new(76),
        topic: Some("topic".into()),
        nsfw: false,
        slowmode: 5,
        bitrate: 64_000,
        user_limit: 0,
        default_auto_archive: 1440,
        flags: 0,
        overwrites: vec![
            Overwrite {
                target: OverwriteTarget::Role(RoleId::new(GUILD).unwrap()),
                allow: Permissions::NONE,
                deny: Permissions::VIEW_CHANNEL,
            },
            Overwrite {
                target: OverwriteTarget::Member(UserId::new(1).unwrap()),
                allow: Permissions::VIEW_CHANNEL,
                deny: Permissions::NONE,
            },
        ],
        thread: kind.is_thread().then(|| Thread {
            owner: UserId::new(1).unwrap(),
            archived: false,
            locked: false,
            auto_archive: 1440,
            archive_changed: at(),
            invitable: true,
            created: at(),
        }),
    }
}

pub(crate) fn emoji() -> Emoji {
    Emoji {
        id: EmojiId::new(9).unwrap(),
        name: "blob".into(),
        animated: true,
        creator: UserId::new(1).unwrap(),
        roles: vec![],
    }
}

pub(crate) fn state() -> GuildState {
    let id = GuildId::new(GUILD).unwrap();
    let mut guild = Guild::new(id, UserId::new(1).unwrap(), "The Hall".into());
    guild.system_channel = ChannelId::new(77);
    guild.vanity = Some("hall".into());
    GuildState {
        guild,
        roles: vec![role(7), role(GUILD)],
        channels: vec![channel(GuildChannelKind::Text)],
        emojis: vec![emoji()],
        version: 1,
    }
}

fn view() -> GuildView {
    GuildView { state: Arc::new(state()), members: Some(3), online: Some(1) }
}

#[test]
fn guilds_are_read_and_fit() {
    let whole = shown(wire::guild::view(&view()));
    serde_json::from_str::<serenity::all::PartialGuild>(&whole.to_string()).unwrap();
    fits("GuildWithCountsResponse", &whole);
    fits("GuildResponse", &shown(wire::guild::of(&state())));
    fits("GuildPreviewResponse", &shown(wire::guild::preview(&view())));
    let state = state();
    let summary = GuildSummary {
        guild: state.guild.clone(),
        owner: true,
        permissions: Permissions::ALL,
        members: None,
        online: None,
    };
    let json = shown(wire::guild::summary(&summary));
    both::<twilight_model::user::CurrentUserGuild, serenity::all::GuildInfo>(&json);
    fits("MyGuildResponse", &json);
    fits("GuildWelcomeScreenResponse", &shown(wire::guild::WelcomeScreen::default()));
    fits("UserGuildOnboardingResponse", &shown(wire::guild::onboarding(state.guild.id)));
}

#[test]
fn roles_members_bans_and_emoji_are_read_and_fit() {
    for id in [7, GUILD] {
        let json = shown(wire::role::render(&role(id)));
        both::<twilight_model::guild::Role, serenity::all::Role>(&json);
        fits("GuildRoleResponse", &json);
    }
    let member = member();
    let json = shown(wire::member::render(&member));
    both::<twilight_model::guild::Member, Value>(&json);
    fits("GuildMemberResponse", &json);
    let ban = Ban { user: member.user.id, reason: Some("spam".into()) };
    let json = shown(wire::ban::render(&ban, &member.user));
    both::<twilight_model::guild::Ban, serenity::all::Ban>(&json);
    fits("GuildBanResponse", &json);
    let emoji = emoji();
    let json = shown(wire::emoji::render(&emoji).by(Some(&member.user)));
    both::<twilight_model::guild::Emoji, serenity::all::Emoji>(&json);
    fits("EmojiResponse", &json);
    fits("BulkBanUsersResponse", &shown(wire::ban::bulk(&[member.user.id], &[])));
    fits("GuildPruneResponse", &shown(wire::member::Pruned { pruned: None }));
}

#[test]
fn voice_states_are_read() {
    let state = VoiceState {
        user: UserId::new(1).unwrap(),
        guild: GuildId::new(GUILD).unwrap(),
        channel: ChannelId::new(77).unwrap(),
        session: "0123456789abcdef".into(),
        bot: false,
        self_mute: true,
        self_deaf: false,
        self_video: true,
        suppress: true,
        asks_since: Some(at()),
    };
    let member = member();
    let there = wire::voice::render(&state, Some(&member));
    for shown_as in [there, there.gone(), wire::voice::render(&state, None)] {
        both::<twilight_model::voice::VoiceState, serenity::all::VoiceState>(&shown(shown_as));
    }
    let gone = shown(there.gone());
    assert_eq!((&gone["channel_id"], &gone["self_mute"]), (&json!(null), &json!(true)));
    let listed = shown(wire::voice::VoiceStates(&[(state.clone(), member.clone())]));
    both::<Vec<twilight_model::voice::VoiceState>, Vec<serenity::all::VoiceState>>(&listed);
    let mut expected = shown(there);
    for key in ["guild_id", "member"] {
        expected.as_object_mut().unwrap().remove(key);
    }
    assert_eq!(listed, json!([expected]));
}

#[test]
fn channels_and_threads_are_read_and_fit() {
    use GuildChannelKind as K;
    for kind in [K::Text, K::Voice, K::Category, K::Announcement, K::Stage] {
        let view = GuildChannelView::bare(channel(kind));
        let json = shown(wire::guild_channel::view(&view));
        both::<twilight_model::channel::Channel, serenity::all::GuildChannel>(&json);
        fits("GuildChannelResponse", &json);
        assert_eq!(json.get("last_message_id").is_some(), kind != K::Category);
    }
    for kind in [K::AnnouncementThread, K::PublicThread, K::PrivateThread] {
        let member = ThreadMember { user: UserId::new(1).unwrap(), joined: at() };
        let view = GuildChannelView {
            joined: Some(member.clone()),
            members: 80,
            ..GuildChannelView::bare(channel(kind))
        };
        let json = shown(wire::guild_channel::view(&view));
        both::<twilight_model::channel::Channel, serenity::all::GuildChannel>(&json);
        fits("ThreadResponse", &json);
        assert_eq!(json["member_count"], 50);
        fits("ThreadsResponse", &shown(wire::guild_channel::threads(&[view], false)));
        let json = shown(wire::guild_channel::thread_member(ChannelId::new(5).unwrap(), &member, None));
        fits("ThreadMemberResponse", &json);
    }
}

#[test]
fn invites_and_webhooks_are_read_and_fit() {
    let invite = Invite {
        code: "abcdefgh".into(),
        guild: GuildId::new(GUILD).unwrap(),
        channel: ChannelId::new(77).unwrap(),
        inviter: UserId::new(1),
        created: at(),
        max_age: 86_400,
        max_uses: 5,
        uses: 1,
        temporary: false,
    };
    let view = InviteView {
        invite,
        guild: state().guild,
        channel: channel(GuildChannelKind::Text),
        inviter: Some(user(1, false)),
        members: Some(3),
        online: Some(1),
    };
    let json = shown(wire::invite::render(&view));
    both::<twilight_model::guild::invite::Invite, serenity::all::Invite>(&json);
    fits("GuildInviteResponse", &json);
    assert!(json.get("uses").is_none());
    let json = shown(wire::invite::full(&view));
    both::<twilight_model::guild::invite::Invite, serenity::all::RichInvite>(&json);
    fits("GuildInviteResponse", &json);

    let webhook = Webhook {
        id: WebhookId::new(5).unwrap(),
        guild: GuildId::new(GUILD).unwrap(),
        channel: ChannelId::new(77).unwrap(),
        name: "hook".into(),
        avatar: None,
        creator: UserId::new(1),
        application: None,
        token: "secret".into(),
    };
    let view = WebhookView { webhook, creator: Some(user(1, false)) };
    let json = shown(wire::webhook::view(&view));
    both::<twilight_model::channel::webhook::Webhook, serenity::all::Webhook>(&json);
    fits("GuildIncomingWebhookResponse", &json);
    assert!(!shown(wire::webhook::render(&view.webhook)).to_string().contains("secret"));
    assert!(shown(wire::webhook::with_token(&view.webhook)).get("user").is_none());
}

#[test]
fn the_audit_log_is_read_and_fits() {
    let entry = AuditEntry {
        id: AuditId::new(1_300_000_000_000_000_009).unwrap(),
        actor: UserId::new(1),
        action: AuditAction::ChannelUpdate,
        target: Some(77),
        changes: vec![
            AuditChange {
                key: "name".into(),
                old: Some(AuditValue::Text("a".into())),
                new: Some(AuditValue::Text("b".into())),
            },
            AuditChange { key: "nsfw".into(), old: None, new: Some(AuditValue::Flag(true)) },
            AuditChange { key: "position".into(), old: Some(AuditValue::Number(1)), new: None },
            AuditChange {
                key: "$add".into(),
                old: None,
                new: Some(AuditValue::Roles(vec![(7, "mods".into())])),
            },
        ],
        options: vec![],
        reason: Some("why".into()),
    };
    let json = shown(wire::audit_log::render(&entry));
    both::<twilight_model::guild::audit_log::AuditLogEntry, serenity::all::AuditLogEntry>(&json);
    let integration = Integration { application: application(), bot: user(2, true), member: member().member };
    let (users, threads) = ([user(1, false)], [channel(GuildChannelKind::PublicThread)]);
    let page = wire::audit_log::page(wire::audit_log::Page {
        entries: std::slice::from_ref(&entry),
        users: &users,
        webhooks: &[],
        integrations: &[],
        threads: &threads,
    });
    let json = shown(&page);
    both::<twilight_model::guild::audit_log::AuditLog, serenity::all::AuditLogs>(&json);
    fits("GuildAuditLogResponse", &json);
    let json = shown(wire::integration::render(&integration));
    both::<twilight_model::guild::GuildIntegration, serenity::all::Integration>(&json);
    fits("DiscordIntegrationResponse", &json);
    assert_eq!(account(user(1, false)).user.id.get(), 1);
}

#[test]
fn a_webhooks_message_has_its_own_author_and_no_account() {
    let mut view = message(1);
    view.message.webhook =
        Some(WebhookAuthor { id: WebhookId::new(5).unwrap(), name: "Captain Hook".into(), avatar: None });
    view.message.mention_roles = vec![RoleId::new(7).unwrap()];
    let guild = InGuild { guild: GuildId::new(GUILD).unwrap(), member: None };
    let json = shown(wire::message::render(&view).channel_type(0).in_guild(Some(&guild)));
    both::<twilight_model::channel::Message, serenity::all::Message>(&json);
    fits("MessageResponse", &shown(wire::message::render(&view)));
    assert_eq!(
        (&json["webhook_id"], &json["author"]["username"], &json["author"]["discriminator"]),
        (&json!("5"), &json!("Captain Hook"), &json!("0000"))
    );
    assert_eq!((&json["author"]["bot"], &json["mention_roles"]), (&json!(true), &json!(["7"])));
    assert!(json.get("member").is_none());
}
