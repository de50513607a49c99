import { request } from './client';
import type { Application, Id, User } from './types';

export const listApplications = () => request<Application[]>('GET', '/applications');

export const createApplication = (name: string) => request<Application>('POST', '/applications', { body: { name } });

export const changeApplication = (id: Id, body: { name?: string; description?: string; flags?: number }) =>
  request<Application>('PATCH', `/applications/${id}`, { body });

export const changeBot = (id: Id, body: { username: string }) => request<User>('PATCH', `/applications/${id}/bot`, { body });

export const deleteApplication = (id: Id) => request<void>('POST', `/applications/${id}/delete`, { body: {} });

export const resetBotToken = (id: Id) => request<{ token: string }>('POST', `/applications/${id}/bot/reset`, { body: {} });
