import type { Patch, State } from '../../state/model';
import { channelCreate } from './channel_create';
import { channelDelete } from './channel_delete';
import { channelPinsUpdate } from './channel_pins_update';
import { channelRecipientAdd } from './channel_recipient_add';
import { channelRecipientRemove } from './channel_recipient_remove';
import { channelUpdate } from './channel_update';
import { guildBanAdd } from './guild_ban_add';
import { guildBanRemove } from './guild_ban_remove';
import { guildCreate } from './guild_create';
import { guildDelete } from './guild_delete';
import { guildEmojisUpdate } from './guild_emojis_update';
import { guildMemberAdd } from './guild_member_add';
import { guildMemberListUpdate } from './guild_member_list_update';
import { guildMemberRemove } from './guild_member_remove';
import { guildMemberUpdate } from './guild_member_update';
import { guildMembersChunk } from './guild_members_chunk';
import { guildRoleCreate } from './guild_role_create';
import { guildRoleDelete } from './guild_role_delete';
import { guildRoleUpdate } from './guild_role_update';
import { guildUpdate } from './guild_update';
import { inviteCreate } from './invite_create';
import { inviteDelete } from './invite_delete';
import { messageAck } from './message_ack';
import { messageCreate } from './message_create';
import { messageDelete } from './message_delete';
import { messageDeleteBulk } from './message_delete_bulk';
import { messageReactionAdd } from './message_reaction_add';
import { messageReactionRemove } from './message_reaction_remove';
import { messageReactionRemoveAll } from './message_reaction_remove_all';
import { messageReactionRemoveEmoji } from './message_reaction_remove_emoji';
import { messageUpdate } from './message_update';
import { presenceUpdate } from './presence_update';
import { ready } from './ready';
import { recentMentionDelete } from './recent_mention_delete';
import { relationshipAdd } from './relationship_add';
import { relationshipRemove } from './relationship_remove';
import { relationshipUpdate } from './relationship_update';
import { threadCreate } from './thread_create';
import { threadDelete } from './thread_delete';
import { threadListSync } from './thread_list_sync';
import { threadMemberUpdate } from './thread_member_update';
import { threadMembersUpdate } from './thread_members_update';
import { threadUpdate } from './thread_update';
import { typingStart } from './typing_start';
import { userGuildSettingsUpdate } from './user_guild_settings_update';
import { userSettingsUpdate } from './user_settings_update';
import { userUpdate } from './user_update';
import { voiceStateUpdate } from './voice_state_update';
import { webhooksUpdate } from './webhooks_update';

type Handler = (state: State, d: never) => Patch;

/** What each event of the server does to the state. An event that is not listed concerns features that are not here. */
export const handlers: Record<string, Handler> = {
  READY: ready,
  CHANNEL_CREATE: channelCreate,
  CHANNEL_UPDATE: channelUpdate,
  CHANNEL_DELETE: channelDelete,
  CHANNEL_PINS_UPDATE: channelPinsUpdate,
  CHANNEL_RECIPIENT_ADD: channelRecipientAdd,
  CHANNEL_RECIPIENT_REMOVE: channelRecipientRemove,
  GUILD_BAN_ADD: guildBanAdd,
  GUILD_BAN_REMOVE: guildBanRemove,
  GUILD_CREATE: guildCreate,
  GUILD_DELETE: guildDelete,
  GUILD_EMOJIS_UPDATE: guildEmojisUpdate,
  GUILD_MEMBER_ADD: guildMemberAdd,
  GUILD_MEMBER_LIST_UPDATE: guildMemberListUpdate,
  GUILD_MEMBER_REMOVE: guildMemberRemove,
  GUILD_MEMBER_UPDATE: guildMemberUpdate,
  GUILD_MEMBERS_CHUNK: guildMembersChunk,
  GUILD_ROLE_CREATE: guildRoleCreate,
  GUILD_ROLE_DELETE: guildRoleDelete,
  GUILD_ROLE_UPDATE: guildRoleUpdate,
  GUILD_UPDATE: guildUpdate,
  INVITE_CREATE: inviteCreate,
  INVITE_DELETE: inviteDelete,
  THREAD_CREATE: threadCreate,
  THREAD_DELETE: threadDelete,
  THREAD_LIST_SYNC: threadListSync,
  THREAD_MEMBER_UPDATE: threadMemberUpdate,
  THREAD_MEMBERS_UPDATE: threadMembersUpdate,
  THREAD_UPDATE: threadUpdate,
  MESSAGE_CREATE: messageCreate,
  MESSAGE_UPDATE: messageUpdate,
  MESSAGE_DELETE: messageDelete,
  MESSAGE_DELETE_BULK: messageDeleteBulk,
  MESSAGE_ACK: messageAck,
  MESSAGE_REACTION_ADD: messageReactionAdd,
  MESSAGE_REACTION_REMOVE: messageReactionRemove,
  MESSAGE_REACTION_REMOVE_ALL: messageReactionRemoveAll,
  MESSAGE_REACTION_REMOVE_EMOJI: messageReactionRemoveEmoji,
  PRESENCE_UPDATE: presenceUpdate,
  RECENT_MENTION_DELETE: recentMentionDelete,
  RELATIONSHIP_ADD: relationshipAdd,
  RELATIONSHIP_UPDATE: relationshipUpdate,
  RELATIONSHIP_REMOVE: relationshipRemove,
  TYPING_START: typingStart,
  USER_UPDATE: userUpdate,
  USER_SETTINGS_UPDATE: userSettingsUpdate,
  USER_GUILD_SETTINGS_UPDATE: userGuildSettingsUpdate,
  VOICE_STATE_UPDATE: voiceStateUpdate,
  WEBHOOKS_UPDATE: webhooksUpdate,
};

export function reduce(state: State, event: string, d: unknown): Patch {
  return handlers[event]?.(state, d as never) ?? {};
}
