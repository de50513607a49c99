import { setTimeout as sleep } from 'node:timers/promises';

export interface Message {
  id: string;
  content: string;
  author: { id: string; username: string };
}

/** One account over the public API: for what a journey needs to find when it begins. */
export class Account {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly token: string;
  readonly id: string;

  private constructor(url: string, username: string, password: string, token: string, id: string) {
    this.url = url;
    this.username = username;
    this.password = password;
    this.token = token;
    this.id = id;
  }

  static async register(url: string, username: string, displayName?: string): Promise<Account> {
    const password = `secret of ${username}`;
    const { token } = await call<{ token: string }>(url, undefined, 'POST', '/auth/register', {
      username,
      password,
      consent: true,
      ...(displayName === undefined ? {} : { global_name: displayName }),
    });
    const { id } = await call<{ id: string }>(url, token, 'GET', '/users/@me');
    return new Account(url, username, password, token, id);
  }

  call<T>(method: string, path: string, body?: unknown): Promise<T> {
    return call<T>(this.url, this.token, method, path, body);
  }

  /** A further device. */
  async login(): Promise<string> {
    const { token } = await call<{ token: string }>(this.url, undefined, 'POST', '/auth/login', {
      login: this.username,
      password: this.password,
    });
    return token;
  }

  async befriend(other: Account): Promise<void> {
    await this.call('POST', '/users/@me/relationships', { username: other.username, discriminator: null });
    await other.call('PUT', `/users/@me/relationships/${this.id}`, {});
  }

  async openChannel(...recipients: Account[]): Promise<string> {
    const { id } = await this.call<{ id: string }>('POST', '/users/@me/channels', { recipients: recipients.map((one) => one.id) });
    return id;
  }

  send(channel: string, content: string): Promise<Message> {
    return this.call('POST', `/channels/${channel}/messages`, { content });
  }

  /** Every message of a channel, oldest first. */
  async history(channel: string): Promise<Message[]> {
    const all: Message[] = [];
    for (;;) {
      const before = all.length === 0 ? '' : `&before=${all[0]!.id}`;
      const page = await this.call<Message[]>('GET', `/channels/${channel}/messages?limit=100${before}`);
      all.unshift(...page.reverse());
      if (page.length < 100) return all;
    }
  }
}

async function call<T>(url: string, token: string | undefined, method: string, path: string, body?: unknown): Promise<T> {
  for (;;) {
    const response = await fetch(`${url}/api/v10${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: token }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.status === 429) {
      const { retry_after: seconds } = (await response.json()) as { retry_after: number };
      await sleep(seconds * 1000);
      continue;
    }
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}
