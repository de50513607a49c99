//! The contract of [`ports::directory`]. Run all of it on an engine with [`crate::directory_conformance`].
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a contract fails"
)]

pub mod accounts;
pub mod applications;
pub mod channels;
pub mod devices;
pub mod guilds;
pub mod instance;
pub mod relationships;

use model::device::TokenKind;
use model::relationship::{RelationshipAction, RelationshipRefusal, Transition};
use model::user::Account;
use model::{ChannelId, DeviceId, Timestamp, UserId};
use ports::directory::Directory;
use ports::directory::accounts::{NewAccount, Registered};
use ports::directory::devices::NewDevice;
use ports::directory::relationships::RelationshipLimits;
use std::sync::Arc;

/// The moment at which these tests begin.
pub const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// Limits that no test reaches by accident.
pub const ROOMY: RelationshipLimits = RelationshipLimits { friends: 1000, blocks: 1000 };

/// Rounds of each fence race.
pub const RACES: u32 = 500;

/// A user's id.
pub fn user(n: u64) -> UserId {
    UserId::new(n << 22).unwrap()
}

/// A channel's id.
pub fn channel(n: u64) -> ChannelId {
    ChannelId::new((1 << 50) + (n << 22)).unwrap()
}

/// A device's id.
pub fn device(n: u64) -> DeviceId {
    DeviceId::new((1 << 51) + (n << 22)).unwrap()
}

/// A token's hash.
pub fn hash(n: u64) -> [u8; 32] {
    let mut hash = [7; 32];
    hash[..8].copy_from_slice(&n.to_be_bytes());
    hash
}

/// A registration of the user with this number.
pub fn new_account(n: u64) -> NewAccount {
    NewAccount {
        id: user(n),
        username: format!("user{n}"),
        global_name: None,
        email: None,
        password_hash: format!("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$hash{n}"),
        code: None,
        at: NOW,
    }
}

/// A sign-in of a user with the device, and the token hash, of this number.
pub fn new_device(of: UserId, n: u64, at: Timestamp) -> NewDevice {
    NewDevice {
        id: device(n),
        user: of,
        kind: TokenKind::User,
        token_hash: hash(n),
        os: "linux".into(),
        client: "test".into(),
        at,
    }
}

/// Registers the user with this number.
pub async fn register(directory: &dyn Directory, n: u64) -> Account {
    match directory.create_account(&new_account(n)).await.unwrap() {
        Registered::Created(account) => account,
        other => panic!("no account: {other:?}"),
    }
}

/// Registers several users.
pub async fn people<const N: usize>(directory: &dyn Directory) -> [UserId; N] {
    for n in 1..=N as u64 {
        register(directory, n).await;
    }
    std::array::from_fn(|n| user(n as u64 + 1))
}

/// Changes a relationship, without limits.
pub async fn act(
    directory: &dyn Directory,
    actor: UserId,
    other: UserId,
    action: RelationshipAction,
) -> Result<Transition, RelationshipRefusal> {
    directory.change_relationship(actor, other, action, NOW, ROOMY).await.unwrap()
}

/// Makes two users friends.
pub async fn befriend(directory: &dyn Directory, a: UserId, b: UserId) -> Transition {
    act(directory, a, b, RelationshipAction::Befriend).await.unwrap();
    act(directory, b, a, RelationshipAction::Befriend).await.unwrap()
}

/// Waits for tasks that were started together; what each answered.
pub async fn all_of<T: Send + 'static>(
    tasks: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let running: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
    let mut answers = Vec::with_capacity(running.len());
    for task in running {
        answers.push(task.await.unwrap());
    }
    answers
}

/// What every test of the directory ends with: nothing is wrong with the store.
pub async fn sound(directory: &Arc<dyn Directory>) {
    assert_eq!(directory.check_directory().await.unwrap(), Vec::<String>::new());
}

/// Makes one test of every sentence of the directory's contract. `$make` is an `async fn` without arguments that
/// answers a fresh `(Arc<dyn Directory>, guard)`; the guard lives as long as the test.
#[macro_export]
macro_rules! directory_conformance {
    ($make:path) => {
        $crate::directory_conformance! { @list $make;
            accounts: an_account_is_stored_and_found;
            accounts: a_repeated_registration_answers_the_same_account;
            accounts: a_username_belongs_to_one;
            accounts: an_email_address_belongs_to_one;
            accounts: a_race_for_a_username_has_one_winner;
            accounts: a_code_is_used_up_with_the_account;
            accounts: a_code_with_one_use_makes_one_account;
            accounts: a_code_survives_a_refused_registration;
            accounts: users_are_found_in_batches;
            accounts: users_are_never_older_than_a_change;
            accounts: credentials_are_found_by_username_and_email_never_a_bots;
            accounts: a_change_leaves_the_rest;
            accounts: a_change_cannot_take_what_another_has;
            accounts: a_new_password_revokes_every_other_device;
            accounts: settings_have_defaults_and_are_kept;
            accounts: settings_for_guilds_are_changed_one_by_one;
            accounts: accounts_are_listed_in_pages;
            devices: a_token_is_known_until_it_is_revoked;
            devices: a_repeated_sign_in_is_one_device;
            devices: above_the_cap_those_idle_longest_go;
            devices: devices_are_listed_used_last_first;
            devices: only_the_owners_devices_are_revoked;
            devices: a_use_is_seen_within_ten_minutes;
            devices: no_revoked_token_is_taken_after_the_answer;
            relationships: the_table_is_kept_on_both_sides;
            relationships: a_request_is_seen_from_both_sides;
            relationships: a_block_takes_the_others_row_away;
            relationships: a_version_rises_with_every_change_and_survives_removal;
            relationships: since_is_set_when_the_kind_changes;
            relationships: limits_count_the_actor_and_the_asked;
            relationships: a_nickname_is_ones_own_and_for_friends_only;
            relationships: two_who_ask_at_once_are_friends;
            relationships: any_order_of_acts_leaves_a_consistent_pair;
            relationships: nobody_stands_to_oneself;
            channels: a_direct_message_is_one_per_pair;
            channels: opening_at_once_from_both_sides_makes_one_channel;
            channels: a_direct_message_is_listed_for_its_opener_alone;
            channels: closing_and_reopening;
            channels: a_group_is_open_for_everybody;
            channels: a_group_grows_up_to_its_cap;
            channels: a_group_shrinks_and_hands_its_owner_on;
            channels: members_who_come_and_go_at_once_leave_a_consistent_group;
            channels: a_group_is_changed;
            channels: memberships_are_open_or_not;
            channels: a_scope_tells_how_the_pair_stands;
            channels: a_scope_tells_a_bot_and_its_owner;
            channels: a_groups_scope_has_a_version;
            channels: no_scope_is_older_than_an_answered_change;
            applications: an_application_has_a_bot_with_its_id;
            applications: there_are_at_most_so_many;
            applications: a_bots_name_is_unique;
            applications: a_change_of_an_application_leaves_the_rest;
            applications: deleting_leaves_the_bot_readable_and_frees_its_name;
            applications: a_new_token_ends_the_old_one;
            guilds: a_guild_is_made_with_its_roles_and_channels;
            guilds: guilds_of_one_user_are_capped;
            guilds: settings_change_under_a_version;
            guilds: a_member_who_comes_leaves_the_state_alone;
            guilds: versions_of_several_guilds_are_told_at_once;
            guilds: a_deleted_guild_leaves_nothing;
            guilds: summaries_tell_what_roles_grant;
            guilds: no_authority_is_older_than_an_answered_change;
            guilds: a_role_is_made_above_everyone;
            guilds: roles_made_at_once_stay_within_the_cap;
            guilds: a_role_is_changed;
            guilds: roles_are_moved;
            guilds: a_deleted_role_is_gone_everywhere;
            guilds: members_are_counted_by_role;
            guilds: a_channel_is_made_and_found;
            guilds: channels_are_capped_and_have_a_category;
            guilds: a_channel_is_changed;
            guilds: several_channels_are_changed_at_once;
            guilds: a_channel_is_deleted;
            guilds: overwrites_are_set_and_taken_away;
            guilds: members_are_listed_in_pages;
            guilds: members_are_found_by_the_beginning_of_a_name;
            guilds: a_member_is_changed;
            guilds: a_membership_ends;
            guilds: a_bot_comes_and_goes_with_its_role;
            guilds: the_silent_are_prunable;
            guilds: members_who_come_and_go_at_once_are_counted;
            guilds: an_invite_is_made_and_found;
            guilds: an_invite_is_taken_back;
            guilds: coming_in_counts_a_use;
            guilds: who_is_in_enough_guilds_stays_outside;
            guilds: a_hundred_at_once_use_an_invite_as_often_as_it_may_be;
            guilds: a_vanity_code_belongs_to_one_guild;
            guilds: a_race_for_a_vanity_code_has_one_winner;
            guilds: a_ban_and_a_join_at_once_leave_nobody_banned_inside;
            guilds: a_ban_keeps_out;
            guilds: bans_are_listed_in_pages;
            guilds: emojis_are_made_changed_and_deleted;
            guilds: webhooks_are_made_changed_and_deleted;
            guilds: the_audit_log_is_read_in_pages;
            guilds: a_thread_is_in_the_state_until_it_is_archived;
            guilds: active_threads_are_capped;
            guilds: people_come_into_threads_and_leave_them;
            guilds: archived_threads_are_listed;
            guilds: threads_are_found_by_name;
            guilds: threads_go_with_their_channel;
            instance: a_secret_is_the_same_for_everybody;
            instance: workers_are_leased_to_one_holder;
            instance: a_lease_that_ran_out_is_free;
            instance: many_who_lease_at_once_get_different_workers;
            instance: unknown_ids_are_answered_not_feared;
        }
    };
    (@list $make:path; $($module:ident: $case:ident;)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            let (directory, _guard) = $make().await;
            $crate::conformance::directory::$module::$case(directory.clone()).await;
            $crate::conformance::directory::sound(&directory).await;
        }
    )+};
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_sentence_is_in_the_list() {
        let list = include_str!("mod.rs");
        for (module, source) in [
            ("accounts", include_str!("accounts.rs")),
            ("applications", include_str!("applications.rs")),
            ("channels", include_str!("channels.rs")),
            ("devices", include_str!("devices.rs")),
            ("guilds", include_str!("guilds/state.rs")),
            ("guilds", include_str!("guilds/roles.rs")),
            ("guilds", include_str!("guilds/channels.rs")),
            ("guilds", include_str!("guilds/members.rs")),
            ("guilds", include_str!("guilds/invites.rs")),
            ("guilds", include_str!("guilds/bans.rs")),
            ("guilds", include_str!("guilds/things.rs")),
            ("guilds", include_str!("guilds/threads.rs")),
            ("instance", include_str!("instance.rs")),
            ("relationships", include_str!("relationships.rs")),
        ] {
            for line in source.lines() {
                let Some(name) = line.strip_prefix("pub async fn ").and_then(|rest| rest.split('(').next())
                else {
                    continue;
                };
                assert!(list.contains(&format!("{module}: {name};")), "{module}::{name} never runs");
            }
        }
    }
}
