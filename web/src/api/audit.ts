import { request } from './client';
import type { AuditLog, Id } from './types';

export const getAuditLog = (guild: Id, query: { user_id?: Id; action_type?: number; before?: Id; limit: number }) =>
  request<AuditLog>('GET', `/guilds/${guild}/audit-logs`, { query });
