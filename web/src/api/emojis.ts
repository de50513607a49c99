import { request } from './client';
import type { GuildEmoji, Id } from './types';

export const listEmojis = (guild: Id) => request<GuildEmoji[]>('GET', `/guilds/${guild}/emojis`);

/** `image` is a data address of at most 256 KiB. */
export const createEmoji = (guild: Id, body: { name: string; image: string }) =>
  request<GuildEmoji>('POST', `/guilds/${guild}/emojis`, { body });

export const renameEmoji = (guild: Id, id: Id, name: string) =>
  request<GuildEmoji>('PATCH', `/guilds/${guild}/emojis/${id}`, { body: { name } });

export const deleteEmoji = (guild: Id, id: Id) => request<void>('DELETE', `/guilds/${guild}/emojis/${id}`);
