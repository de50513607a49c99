import { describe, expect, it } from 'vitest';
import { go, parseRoute, pathOf, route } from './route';

describe('routes', () => {
  it.each([
    ['/', { page: 'home' }],
    ['/channels/@me', { page: 'home' }],
    ['/channels/@me/friends', { page: 'friends' }],
    ['/channels/@me/123', { page: 'conversation', guild: null, channel: '123', message: null }],
    ['/channels/@me/123/456', { page: 'conversation', guild: null, channel: '123', message: '456' }],
    ['/channels/900', { page: 'server', guild: '900' }],
    ['/channels/900/123', { page: 'conversation', guild: '900', channel: '123', message: null }],
    ['/channels/900/123/456', { page: 'conversation', guild: '900', channel: '123', message: '456' }],
    ['/channels/900/<script>', { page: 'server', guild: '900' }],
    ['/channels/nowhere/123', { page: 'home' }],
    ['/invite/aB3-x_9', { page: 'invite', code: 'aB3-x_9' }],
    ['/invite/a%20b', { page: 'home' }],
    ['/channels/@me/<script>', { page: 'home' }],
    ['/login', { page: 'login' }],
    ['/register', { page: 'register' }],
    ['/anything/else', { page: 'home' }],
  ])('reads %s', (path, expected) => {
    expect(parseRoute(path)).toEqual(expected);
    if (path !== '/' && expected.page !== 'home' && !path.includes('<')) expect(pathOf(parseRoute(path))).toBe(path);
  });

  it('keeps what a bot asks for', () => {
    const asked = parseRoute('/oauth2/authorize', '?client_id=5&scope=bot&permissions=8');
    expect(asked).toEqual({ page: 'authorize', query: '?client_id=5&scope=bot&permissions=8' });
    expect(pathOf(asked)).toBe('/oauth2/authorize?client_id=5&scope=bot&permissions=8');
  });

  it('goes back where it came from', async () => {
    go({ page: 'friends' });
    go({ page: 'conversation', guild: null, channel: '7', message: null });
    expect(route()).toEqual({ page: 'conversation', guild: null, channel: '7', message: null });
    const back = new Promise((resolve) => window.addEventListener('popstate', resolve, { once: true }));
    window.history.back();
    await back;
    expect(route()).toEqual({ page: 'friends' });
  });
});
