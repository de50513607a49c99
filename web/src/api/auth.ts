import { request } from './client';

export interface Registration {
  username: string;
  global_name?: string;
  password: string;
  invite?: string;
}

export const register = (body: Registration) =>
  request<{ token: string }>('POST', '/auth/register', { body: { ...body, consent: true }, auth: false, waitForLimit: false });

export const login = (username: string, password: string) =>
  request<{ token: string; user_id: string }>('POST', '/auth/login', {
    body: { login: username, password },
    auth: false,
    waitForLimit: false,
  });

export const logout = () => request<void>('POST', '/auth/logout', { body: {} });
