import type { Patch, State } from '../../state/model';
import { channelCreate } from './channel_create';
import { channelDelete } from './channel_delete';
import { channelPinsUpdate } from './channel_pins_update';
import { channelRecipientAdd } from './channel_recipient_add';
import { channelRecipientRemove } from './channel_recipient_remove';
import { channelUpdate } from './channel_update';
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
import { relationshipAdd } from './relationship_add';
import { relationshipRemove } from './relationship_remove';
import { relationshipUpdate } from './relationship_update';
import { typingStart } from './typing_start';
import { userSettingsUpdate } from './user_settings_update';
import { userUpdate } from './user_update';

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
  RELATIONSHIP_ADD: relationshipAdd,
  RELATIONSHIP_UPDATE: relationshipUpdate,
  RELATIONSHIP_REMOVE: relationshipRemove,
  TYPING_START: typingStart,
  USER_UPDATE: userUpdate,
  USER_SETTINGS_UPDATE: userSettingsUpdate,
};

export function reduce(state: State, event: string, d: unknown): Patch {
  return handlers[event]?.(state, d as never) ?? {};
}
