import { request } from './client';
import type { Id, Webhook } from './types';

export const listWebhooks = (guild: Id) => request<Webhook[]>('GET', `/guilds/${guild}/webhooks`);

export const createWebhook = (channel: Id, name: string) =>
  request<Webhook>('POST', `/channels/${channel}/webhooks`, { body: { name } });

export const changeWebhook = (id: Id, body: { name?: string; channel_id?: Id }) =>
  request<Webhook>('PATCH', `/webhooks/${id}`, { body });

export const deleteWebhook = (id: Id) => request<void>('DELETE', `/webhooks/${id}`);
