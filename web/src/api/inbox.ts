import { request } from './client';
import type { Id, Message } from './types';

export interface MentionsQuery {
  before?: Id;
  limit: number;
  roles: boolean;
  everyone: boolean;
}

/** What mentioned one in the last seven days, newest first. */
export const listMentions = (query: MentionsQuery) => request<Message[]>('GET', '/users/@me/mentions', { query: { ...query } });

export const dismissMention = (message: Id) => request<void>('DELETE', `/users/@me/mentions/${message}`);
