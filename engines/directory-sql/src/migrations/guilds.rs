//! Step 2: guilds.

/// No foreign keys: a row's guild is locked by every change in it, and a deleted guild's members go in steps after it.
/// A role, a member or a ban lies with its guild; what is found without one (channels, emoji, webhooks) by its own id.
pub(super) const TABLES: &[&str] = &[
    "CREATE TABLE guilds (
        id BIGINT NOT NULL PRIMARY KEY,
        owner BIGINT NOT NULL,
        name VARCHAR(400) NOT NULL,
        icon VARCHAR(128),
        description TEXT,
        vanity VARCHAR(64){exact} UNIQUE,
        verification_level BIGINT NOT NULL,
        default_notifications BIGINT NOT NULL,
        content_filter BIGINT NOT NULL,
        nsfw_level BIGINT NOT NULL,
        system_channel BIGINT,
        system_channel_flags BIGINT NOT NULL,
        rules_channel BIGINT,
        updates_channel BIGINT,
        safety_channel BIGINT,
        afk_channel BIGINT,
        afk_timeout BIGINT NOT NULL,
        preferred_locale VARCHAR(64) NOT NULL,
        progress_bar BIGINT NOT NULL,
        state_version BIGINT NOT NULL,
        members_version BIGINT NOT NULL,
        member_count BIGINT NOT NULL,
        created BIGINT NOT NULL
    ){table}",
    // Guilds that are deleted while some of their rows are still to be.
    "CREATE TABLE guilds_gone (
        id BIGINT NOT NULL PRIMARY KEY
    ){table}",
    "CREATE TABLE guild_roles (
        guild_id BIGINT NOT NULL,
        id BIGINT NOT NULL,
        name VARCHAR(400) NOT NULL,
        permissions BIGINT NOT NULL,
        place BIGINT NOT NULL,
        color BIGINT NOT NULL,
        hoist BIGINT NOT NULL,
        mentionable BIGINT NOT NULL,
        bot BIGINT,
        icon VARCHAR(128),
        unicode_emoji VARCHAR(255),
        PRIMARY KEY (guild_id, id)
    ){table}",
    "CREATE TABLE guild_channels (
        id BIGINT NOT NULL PRIMARY KEY,
        guild_id BIGINT NOT NULL,
        kind BIGINT NOT NULL,
        name VARCHAR(400) NOT NULL,
        place BIGINT NOT NULL,
        parent BIGINT,
        topic TEXT,
        nsfw BIGINT NOT NULL,
        slowmode BIGINT NOT NULL,
        bitrate BIGINT NOT NULL,
        user_limit BIGINT NOT NULL,
        default_auto_archive BIGINT NOT NULL,
        flags BIGINT NOT NULL,
        thread_owner BIGINT,
        archived BIGINT NOT NULL,
        closed BIGINT NOT NULL,
        auto_archive BIGINT NOT NULL,
        archive_changed BIGINT NOT NULL,
        invitable BIGINT NOT NULL,
        created BIGINT NOT NULL
    ){table}",
    "CREATE INDEX channels_of_guild ON guild_channels (guild_id, archived, id)",
    "CREATE INDEX active_channels ON guild_channels (archived, id)",
    "CREATE INDEX threads_of_channel ON guild_channels (parent, archived, archive_changed)",
    "CREATE TABLE guild_overwrites (
        channel_id BIGINT NOT NULL,
        kind BIGINT NOT NULL,
        target BIGINT NOT NULL,
        guild_id BIGINT NOT NULL,
        allowed BIGINT NOT NULL,
        denied BIGINT NOT NULL,
        PRIMARY KEY (channel_id, kind, target)
    ){table}",
    "CREATE INDEX overwrites_of_guild ON guild_overwrites (guild_id, channel_id)",
    "CREATE TABLE guild_members (
        guild_id BIGINT NOT NULL,
        user_id BIGINT NOT NULL,
        bot BIGINT NOT NULL,
        nick VARCHAR(128),
        joined BIGINT NOT NULL,
        timeout_until BIGINT,
        deaf BIGINT NOT NULL,
        mute BIGINT NOT NULL,
        flags BIGINT NOT NULL,
        PRIMARY KEY (guild_id, user_id)
    ){table}",
    "CREATE INDEX members_by_user ON guild_members (user_id)",
    "CREATE INDEX bots_of_guild ON guild_members (guild_id, bot, user_id)",
    "CREATE TABLE member_roles (
        guild_id BIGINT NOT NULL,
        user_id BIGINT NOT NULL,
        role_id BIGINT NOT NULL,
        PRIMARY KEY (guild_id, user_id, role_id)
    ){table}",
    "CREATE INDEX members_by_role ON member_roles (guild_id, role_id)",
    "CREATE TABLE guild_bans (
        guild_id BIGINT NOT NULL,
        user_id BIGINT NOT NULL,
        reason TEXT,
        PRIMARY KEY (guild_id, user_id)
    ){table}",
    "CREATE TABLE guild_invites (
        code VARCHAR(64){exact} NOT NULL PRIMARY KEY,
        guild_id BIGINT NOT NULL,
        channel_id BIGINT NOT NULL,
        inviter BIGINT,
        created BIGINT NOT NULL,
        max_age BIGINT NOT NULL,
        max_uses BIGINT NOT NULL,
        uses BIGINT NOT NULL,
        for_now BIGINT NOT NULL,
        ends BIGINT
    ){table}",
    "CREATE INDEX invites_of_guild ON guild_invites (guild_id, created)",
    "CREATE INDEX invites_of_channel ON guild_invites (channel_id)",
    "CREATE TABLE guild_emojis (
        id BIGINT NOT NULL PRIMARY KEY,
        guild_id BIGINT NOT NULL,
        name VARCHAR(128) NOT NULL,
        animated BIGINT NOT NULL,
        creator BIGINT NOT NULL,
        role_list TEXT NOT NULL
    ){table}",
    "CREATE INDEX emojis_of_guild ON guild_emojis (guild_id)",
    "CREATE TABLE webhooks (
        id BIGINT NOT NULL PRIMARY KEY,
        guild_id BIGINT NOT NULL,
        channel_id BIGINT NOT NULL,
        name VARCHAR(320) NOT NULL,
        avatar VARCHAR(128),
        creator BIGINT,
        application BIGINT,
        token VARCHAR(255) NOT NULL
    ){table}",
    "CREATE INDEX webhooks_of_guild ON webhooks (guild_id)",
    "CREATE INDEX webhooks_of_channel ON webhooks (channel_id)",
    "CREATE TABLE thread_members (
        thread_id BIGINT NOT NULL,
        user_id BIGINT NOT NULL,
        guild_id BIGINT NOT NULL,
        joined BIGINT NOT NULL,
        PRIMARY KEY (thread_id, user_id)
    ){table}",
    "CREATE INDEX threads_by_member ON thread_members (guild_id, user_id)",
    // What members want to be told of; guild 0 is their private channels.
    "CREATE TABLE guild_settings (
        user_id BIGINT NOT NULL,
        guild_id BIGINT NOT NULL,
        settings MEDIUMTEXT NOT NULL,
        PRIMARY KEY (user_id, guild_id)
    ){table}",
    "CREATE TABLE audit_log (
        guild_id BIGINT NOT NULL,
        id BIGINT NOT NULL,
        actor BIGINT,
        action BIGINT NOT NULL,
        target BIGINT,
        details TEXT NOT NULL,
        reason TEXT,
        PRIMARY KEY (guild_id, id)
    ){table}",
    "CREATE INDEX audit_by_actor ON audit_log (guild_id, actor, id)",
    "CREATE INDEX audit_by_action ON audit_log (guild_id, action, id)",
];

/// When a membership began, by the version of its guild's members. Nodes of the version before leave it 0: not known.
pub(super) const CAME: &[&str] = &["ALTER TABLE guild_members ADD COLUMN came BIGINT NOT NULL DEFAULT 0"];

/// When a membership was changed, in the same way: a gateway that read over several changes knows by it whose sight is in doubt.
pub(super) const CHANGED: &[&str] =
    &["ALTER TABLE guild_members ADD COLUMN changed BIGINT NOT NULL DEFAULT 0"];
