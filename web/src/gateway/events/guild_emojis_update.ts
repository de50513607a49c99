import type { GuildEmoji, Id } from '../../api/types';
import { emojisReplaced } from '../../state/guilds';
import type { Patch, State } from '../../state/model';

export const guildEmojisUpdate = (state: State, d: { guild_id: Id; emojis: GuildEmoji[] }): Patch =>
  emojisReplaced(state, d.guild_id, d.emojis);
