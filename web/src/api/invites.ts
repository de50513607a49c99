import { request } from './client';
import type { Id, Invite } from './types';

/** Anybody who has the code may look at it. */
export const getInvite = (code: string) =>
  request<Invite>('GET', `/invites/${encodeURIComponent(code)}`, { query: { with_counts: true } });

export const acceptInvite = (code: string) => request<Invite>('POST', `/invites/${encodeURIComponent(code)}`, { body: {} });

export const revokeInvite = (code: string) => request<Invite>('DELETE', `/invites/${encodeURIComponent(code)}`);

/** `max_age` in seconds; 0 of either means no end. */
export const createInvite = (channel: Id, body: { max_age: number; max_uses: number; unique?: boolean }) =>
  request<Invite>('POST', `/channels/${channel}/invites`, { body });

export const listGuildInvites = (guild: Id) => request<Invite[]>('GET', `/guilds/${guild}/invites`);
