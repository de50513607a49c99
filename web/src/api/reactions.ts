import { request } from './client';
import type { Emoji, Id, User } from './types';

const path = (channel: Id, message: Id, emoji: Emoji) => {
  const name = emoji.id ? `${emoji.name ?? '_'}:${emoji.id}` : (emoji.name ?? '');
  return `/channels/${channel}/messages/${message}/reactions/${encodeURIComponent(name)}`;
};

export const addReaction = (channel: Id, message: Id, emoji: Emoji) =>
  request<void>('PUT', `${path(channel, message, emoji)}/@me`);

export const removeReaction = (channel: Id, message: Id, emoji: Emoji) =>
  request<void>('DELETE', `${path(channel, message, emoji)}/@me`);

export const listReactions = (channel: Id, message: Id, emoji: Emoji) =>
  request<User[]>('GET', path(channel, message, emoji), { query: { limit: 25 } });
