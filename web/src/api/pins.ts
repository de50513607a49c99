import { request } from './client';
import type { Id, Message } from './types';

export interface Pin {
  pinned_at: string;
  message: Message;
}

export const listPins = (channel: Id, before?: string) =>
  request<{ items: Pin[]; has_more: boolean }>('GET', `/channels/${channel}/messages/pins`, { query: { before, limit: 50 } });

export const pinMessage = (channel: Id, message: Id) => request<void>('PUT', `/channels/${channel}/messages/pins/${message}`);

export const unpinMessage = (channel: Id, message: Id) =>
  request<void>('DELETE', `/channels/${channel}/messages/pins/${message}`);
