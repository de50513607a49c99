import { request } from './client';
import type { Id } from './types';

export const requestFriend = (username: string) =>
  request<void>('POST', '/users/@me/relationships', { body: { username, discriminator: null } });

export const acceptFriend = (id: Id) => request<void>('PUT', `/users/@me/relationships/${id}`, { body: {} });

export const blockUser = (id: Id) => request<void>('PUT', `/users/@me/relationships/${id}`, { body: { type: 2 } });

export const removeRelationship = (id: Id) => request<void>('DELETE', `/users/@me/relationships/${id}`);
