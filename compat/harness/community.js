// A guild with its people, made over plain REST calls as clients of people make them.

import { Owner } from './owner.js';

/** A picture of one transparent pixel. */
export const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

export class Community {
  /** @param {Owner} owner who is signed in and will own it */
  constructor(owner) {
    this.owner = owner;
  }

  async make(name) {
    const { id } = await this.owner.call('POST', '/guilds', { name });
    await this.adopt(id);
  }

  /** A guild that is there already. */
  async adopt(id) {
    this.id = id;
    this.channels = await this.owner.call('GET', `/guilds/${id}/channels`);
    this.general = this.channels.find((channel) => channel.type === 0);
  }

  /** Somebody new, who comes in by an invite. */
  async newcomer(username) {
    const person = await this.stranger(username);
    await this.enter(person);
    return person;
  }

  /** Somebody new, who stays outside. */
  async stranger(username) {
    const person = new Owner(this.owner.api, this.owner.watch);
    await person.register(username);
    return person;
  }

  async enter(person) {
    const { code } = await this.owner.call('POST', `/channels/${this.general.id}/invites`, {});
    return person.call('POST', `/invites/${code}`, {});
  }

  /** What the page of consent does. */
  async addBot(permissions) {
    const asked = `client_id=${this.owner.application.id}&scope=bot&permissions=${permissions}`;
    const consent = await this.owner.call('GET', `/oauth2/authorize?${asked}`);
    await this.owner.call('POST', `/oauth2/authorize?${asked}`, {
      authorize: true,
      guild_id: this.id,
      permissions: `${permissions}`,
    });
    return consent;
  }

  /** A text channel. */
  channel(name, more = {}) {
    return this.owner.call('POST', `/guilds/${this.id}/channels`, { name, type: 0, ...more });
  }
}
