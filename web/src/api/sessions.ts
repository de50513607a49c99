import { request } from './client';
import type { AuthSession } from './types';

export const listSessions = () => request<{ user_sessions: AuthSession[] }>('GET', '/auth/sessions');

export const revokeSessions = (hashes: string[]) =>
  request<void>('POST', '/auth/sessions/logout', { body: { session_id_hashes: hashes } });
