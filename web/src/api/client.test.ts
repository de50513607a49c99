import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, flattenErrors, NetworkError, request, setUnauthorizedHandler } from './client';
import { setToken } from './token';

const answer = (status: number, body: unknown) =>
  new Response(status === 204 ? null : JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });

afterEach(() => {
  vi.unstubAllGlobals();
  setToken(null);
});

describe('requests', () => {
  it('carry the bare token and JSON, and answer nothing for 204', async () => {
    const fetch = vi.fn(() => Promise.resolve(answer(204, null)));
    vi.stubGlobal('fetch', fetch);
    setToken('a.b.c');
    expect(await request('PUT', '/x', { body: { a: 1 }, query: { q: 'y', none: undefined } })).toBeUndefined();
    const [url, init] = fetch.mock.calls[0] as unknown as [URL, RequestInit];
    expect(`${url.pathname}${url.search}`).toBe('/api/v10/x?q=y');
    expect(init.headers).toEqual({ Authorization: 'a.b.c', 'Content-Type': 'application/json' });
  });

  it('fail with the code, the words and the fields of the server', async () => {
    const body = { code: 50035, message: 'Invalid Form Body', errors: { username: { _errors: [{ code: 'USERNAME_ALREADY_TAKEN', message: 'Taken' }] } } };
    vi.stubGlobal('fetch', () => Promise.resolve(answer(400, body)));
    const error = await request('POST', '/x').catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 400, code: 50035, fields: { username: { code: 'USERNAME_ALREADY_TAKEN', message: 'Taken' } }, temporary: false });
  });

  it('wait when they are too fast', async () => {
    const fetch = vi.fn().mockResolvedValueOnce(answer(429, { retry_after: 0.01 })).mockResolvedValueOnce(answer(200, { ok: true }));
    vi.stubGlobal('fetch', fetch);
    expect(await request('GET', '/x')).toEqual({ ok: true });
    vi.stubGlobal('fetch', () => Promise.resolve(answer(429, { retry_after: 0.01 })));
    await expect(request('GET', '/x', { waitForLimit: false })).rejects.toMatchObject({ status: 429, retryAfter: 0.01, temporary: true });
  });

  it('tell a server that is away from one that refuses', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')));
    await expect(request('GET', '/x')).rejects.toBeInstanceOf(NetworkError);
  });

  it('report a token that is worth nothing any more', async () => {
    const lost = vi.fn();
    setUnauthorizedHandler(lost);
    vi.stubGlobal('fetch', () => Promise.resolve(answer(401, { code: 0, message: '401: Unauthorized' })));
    await request('GET', '/x', { auth: false }).catch(() => {});
    expect(lost).not.toHaveBeenCalled();
    setToken('a.b.c');
    await request('GET', '/x').catch(() => {});
    expect(lost).toHaveBeenCalledOnce();
  });

  it('name nested fields by their path', () => {
    expect(flattenErrors({ embeds: { 0: { title: { _errors: [{ code: 'C', message: 'M' }] } } }, _errors: [{ code: 'W', message: 'whole' }] })).toEqual({
      '': { code: 'W', message: 'whole' },
      'embeds.0.title': { code: 'C', message: 'M' },
    });
  });
});
