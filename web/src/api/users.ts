import { request } from './client';
import type { Id, OwnUser, Profile } from './types';

export interface AccountChange {
  username?: string;
  global_name?: string | null;
  password?: string;
  new_password?: string;
}

export interface ProfileChange {
  bio?: string;
  pronouns?: string;
  accent_color?: number | null;
}

export const changeAccount = (body: AccountChange) => request<OwnUser & { token?: string }>('PATCH', '/users/@me', { body });

export const changeProfile = (body: ProfileChange) => request<ProfileChange>('PATCH', '/users/@me/profile', { body });

export const getProfile = (id: Id) => request<Profile>('GET', `/users/${id}/profile`, { query: { with_mutual_friends: true } });
