import { request } from './client';
import type { Instance } from './types';

export const getInstance = () => request<Instance>('GET', '/guildhall/instance', { auth: false });
