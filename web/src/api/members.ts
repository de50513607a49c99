import { request } from './client';
import type { Ban, Id, Member } from './types';

export const searchMembers = (guild: Id, query: string, limit: number) =>
  request<Member[]>('GET', `/guilds/${guild}/members/search`, { query: { query, limit } });

/** Ordered by the ids of the people. */
export const listMembers = (guild: Id, after: Id | undefined, limit: number) =>
  request<Member[]>('GET', `/guilds/${guild}/members`, { query: { after, limit } });

export interface MemberChange {
  nick?: string | null;
  roles?: Id[];
  communication_disabled_until?: string | null;
}

/** Why something was done is read by whoever reads the audit log. */
const because = (reason: string): Record<string, string> | undefined =>
  reason.trim() ? { 'X-Audit-Log-Reason': encodeURIComponent(reason.trim().slice(0, 512)) } : undefined;

export const changeMember = (guild: Id, user: Id, body: MemberChange, reason = '') =>
  request<Member>('PATCH', `/guilds/${guild}/members/${user}`, { body, headers: because(reason) });

export const changeOwnNick = (guild: Id, nick: string | null) =>
  request<Member>('PATCH', `/guilds/${guild}/members/@me`, { body: { nick } });

export const kickMember = (guild: Id, user: Id, reason = '') =>
  request<void>('DELETE', `/guilds/${guild}/members/${user}`, { headers: because(reason) });

export const banMember = (guild: Id, user: Id, seconds: number, reason = '') =>
  request<void>('PUT', `/guilds/${guild}/bans/${user}`, { body: { delete_message_seconds: seconds }, headers: because(reason) });

export const unban = (guild: Id, user: Id) => request<void>('DELETE', `/guilds/${guild}/bans/${user}`);

/** Ordered by the ids of the people. */
export const listBans = (guild: Id, after: Id | undefined, limit: number) =>
  request<Ban[]>('GET', `/guilds/${guild}/bans`, { query: { after, limit } });
