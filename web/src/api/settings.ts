import { request } from './client';
import type { UserSettings } from './types';

export const changeSettings = (body: Partial<UserSettings>) => request<UserSettings>('PATCH', '/users/@me/settings', { body });
