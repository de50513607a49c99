import { request } from './client';
import type { Consent, Id } from './types';

export const getConsent = (application: Id, scope: string) =>
  request<Consent>('GET', '/oauth2/authorize', { query: { client_id: application, scope } });

export const giveConsent = (application: Id, scope: string, guild: Id, permissions: string) =>
  request<{ location?: string }>('POST', '/oauth2/authorize', {
    query: { client_id: application, scope },
    body: { authorize: true, guild_id: guild, permissions },
  });
