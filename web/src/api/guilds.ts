import { request } from './client';
import type { Channel, Guild, GuildSettings, Id, Integration } from './types';

export interface GuildChange {
  name?: string;
  icon?: string | null;
  description?: string | null;
  owner_id?: Id;
  system_channel_id?: Id | null;
  default_message_notifications?: number;
}

export const createGuild = (body: { name: string; icon?: string }) => request<Guild>('POST', '/guilds', { body });

export const changeGuild = (id: Id, body: GuildChange) => request<Guild>('PATCH', `/guilds/${id}`, { body });

export const deleteGuild = (id: Id) => request<void>('DELETE', `/guilds/${id}`);

export const leaveGuild = (id: Id) => request<void>('DELETE', `/users/@me/guilds/${id}`);

export interface NewChannel {
  name: string;
  type: number;
  parent_id?: Id | null;
  topic?: string;
  nsfw?: boolean;
  permission_overwrites?: { id: Id; type: number; allow: string; deny: string }[];
}

export const createChannel = (guild: Id, body: NewChannel) => request<Channel>('POST', `/guilds/${guild}/channels`, { body });

export interface ChannelPlace {
  id: Id;
  position: number;
  parent_id?: Id | null;
}

export const moveChannels = (guild: Id, places: ChannelPlace[]) => request<void>('PATCH', `/guilds/${guild}/channels`, { body: places });

export interface NotifyChange {
  muted?: boolean;
  mute_config?: { end_time: string | null; selected_time_window?: number } | null;
  message_notifications?: number;
  suppress_everyone?: boolean;
  suppress_roles?: boolean;
  channel_overrides?: Record<Id, { muted?: boolean; mute_config?: { end_time: string | null } | null; message_notifications?: number; collapsed?: boolean }>;
}

export const changeNotify = (guild: Id, body: NotifyChange) =>
  request<GuildSettings>('PATCH', `/users/@me/guilds/${guild}/settings`, { body });

/** All channels of it are read, on every device. */
export const ackGuild = (guild: Id) => request<void>('POST', `/guilds/${guild}/ack`, { body: {} });

export const listIntegrations = (guild: Id) => request<Integration[]>('GET', `/guilds/${guild}/integrations`);

export const removeIntegration = (guild: Id, id: Id) => request<void>('DELETE', `/guilds/${guild}/integrations/${id}`);
