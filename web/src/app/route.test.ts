import { describe, expect, it } from 'vitest';
import { go, parseRoute, pathOf, route } from './route';

describe('routes', () => {
  it.each([
    ['/', { page: 'home' }],
    ['/channels/@me', { page: 'home' }],
    ['/channels/@me/friends', { page: 'friends' }],
    ['/channels/@me/123', { page: 'conversation', channel: '123', message: null }],
    ['/channels/@me/123/456', { page: 'conversation', channel: '123', message: '456' }],
    ['/channels/@me/<script>', { page: 'home' }],
    ['/login', { page: 'login' }],
    ['/register', { page: 'register' }],
    ['/anything/else', { page: 'home' }],
  ])('reads %s', (path, expected) => {
    expect(parseRoute(path)).toEqual(expected);
    if (path !== '/' && expected.page !== 'home') expect(pathOf(parseRoute(path))).toBe(path);
  });

  it('goes back where it came from', async () => {
    go({ page: 'friends' });
    go({ page: 'conversation', channel: '7', message: null });
    expect(route()).toEqual({ page: 'conversation', channel: '7', message: null });
    const back = new Promise((resolve) => window.addEventListener('popstate', resolve, { once: true }));
    window.history.back();
    await back;
    expect(route()).toEqual({ page: 'friends' });
  });
});
