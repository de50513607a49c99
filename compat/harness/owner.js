// The person who owns the bot: plain REST calls, as any client of a person makes them.

import { Watch } from './shapes.js';

export class Owner {
  /** @param {Watch} watch looks at every answer */
  constructor(api, watch = new Watch()) {
    this.api = api;
    this.watch = watch;
  }

  async call(method, route, body) {
    const response = await this.watch.fetch(this.api + route, {
      method,
      headers: {
        ...(this.token && { authorization: this.token }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const json = text === '' ? null : JSON.parse(text);
    if (!response.ok) {
      throw Object.assign(new Error(`${method} ${route}: ${response.status} ${text}`), {
        status: response.status,
        code: json?.code,
      });
    }
    return json;
  }

  async register(username) {
    const answer = await this.call('POST', '/auth/register', {
      username,
      password: 'four owls read quietly by lamplight',
      consent: true,
    });
    this.token = answer.token;
    this.user = await this.call('GET', '/users/@me');
  }

  /** A new application and a token for its bot. */
  async createBot(name) {
    this.application = await this.call('POST', '/applications', { name });
    return this.resetToken();
  }

  async resetToken() {
    const { token } = await this.call('POST', `/applications/${this.application.id}/bot/reset`, {});
    return token;
  }

  async openDm(userId) {
    this.dm = await this.call('POST', '/users/@me/channels', { recipients: [userId] });
  }

  say(content) {
    return this.call('POST', `/channels/${this.dm.id}/messages`, { content });
  }

  history(query = '') {
    return this.call('GET', `/channels/${this.dm.id}/messages${query}`);
  }

  sayIn(channelId, content) {
    return this.call('POST', `/channels/${channelId}/messages`, { content });
  }

  historyOf(channelId, query = '') {
    return this.call('GET', `/channels/${channelId}/messages${query}`);
  }

  /** The code with which a call is refused; `null` if it is not. */
  async refusal(method, route, body) {
    try {
      await this.call(method, route, body);
      return null;
    } catch (error) {
      if (error.code === undefined) throw error;
      return error.code;
    }
  }

  /** Switches privileged intents on or off: members and message content, Discord's flags. */
  async intents(flags) {
    this.application = await this.call('PATCH', `/applications/${this.application.id}`, { flags });
  }
}
