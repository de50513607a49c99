import { test as base, expect, type BrowserContext, type Page } from '@playwright/test';
import { randomBytes } from 'node:crypto';
import { Account } from './api';
import { Server } from './server';

export { expect, Account };

/** Somebody in front of a browser of their own. */
export interface Person {
  account: Account;
  page: Page;
  context: BrowserContext;
}

interface Seat {
  token?: string;
  viewport?: { width: number; height: number };
  theme?: 'dark' | 'light';
  phone?: boolean;
}

interface Fixtures {
  noise: Noise;
  /** A browser window without anybody logged in, or with the owner of a token. */
  seat: (options?: Seat) => Promise<{ page: Page; context: BrowserContext }>;
  /** Somebody new, logged in and looking at the first page. */
  person: (name: string, options?: Seat) => Promise<Person>;
  /** Two friends. */
  friends: (first?: string, second?: string) => Promise<[Person, Person]>;
  /** Console errors of these forms are what the journey is about; all others fail it. */
  mayLog: (...patterns: RegExp[]) => void;
}

interface WorkerFixtures {
  server: Server;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  server: [
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],

  noise: [
    async ({}, use) => {
      const noise = new Noise();
      await use(noise);
      expect(noise.unexpected(), 'what the pages complained about').toEqual([]);
    },
    { auto: true },
  ],

  mayLog: async ({ noise }, use) => {
    await use((...patterns) => noise.allowed.push(...patterns));
  },

  seat: async ({ browser, server, noise }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async ({ token, viewport, theme = 'dark', phone = false } = {}) => {
      const context = await browser.newContext({
        baseURL: server.url,
        viewport: viewport ?? (phone ? { width: 390, height: 844 } : { width: 1440, height: 900 }),
        colorScheme: theme,
        hasTouch: phone,
        isMobile: phone,
        permissions: ['clipboard-read', 'clipboard-write'],
        ...(token === undefined
          ? {}
          : { storageState: { cookies: [], origins: [{ origin: server.url, localStorage: [{ name: 'guildhall.token', value: token }] }] } }),
      });
      contexts.push(context);
      const page = await context.newPage();
      noise.watch(page);
      return { page, context };
    });
    for (const context of contexts) await context.close();
  },

  person: async ({ seat, server }, use) => {
    await use(async (name, options) => {
      const account = await Account.register(server.url, unique(name), name);
      const { page, context } = await seat({ token: account.token, ...options });
      await page.goto('/');
      return { account, page, context };
    });
  },

  friends: async ({ person }, use) => {
    await use(async (first = 'Ada', second = 'Grace') => {
      const a = await person(first);
      const b = await person(second);
      await a.account.befriend(b.account);
      return [a, b];
    });
  },
});

/** Whatever a page complains about: exceptions, console errors, and what its security policy refused. */
class Noise {
  readonly allowed: RegExp[] = [];
  readonly #heard: string[] = [];

  watch(page: Page): void {
    page.on('pageerror', (error) => this.#heard.push(`exception: ${error.stack ?? error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') this.#heard.push(`console: ${message.text()} (${message.location().url})`);
    });
  }

  heard(pattern: RegExp): string[] {
    return this.#heard.filter((line) => pattern.test(line));
  }

  unexpected(): string[] {
    return this.#heard.filter((line) => !this.allowed.some((pattern) => pattern.test(line)));
  }
}

export function unique(name: string): string {
  return `${name.toLowerCase().replace(/[^a-z0-9]/g, '_')}_${randomBytes(4).toString('hex')}`;
}
