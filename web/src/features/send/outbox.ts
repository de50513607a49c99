import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Id } from '../../api/types';
import type { PendingMessage } from '../../state/model';

// What was said but is not yet known to be stored survives a reload and a crash of the page.

interface Entry extends PendingMessage {
  userId: Id;
}

interface Schema extends DBSchema {
  messages: { key: string; value: Entry; indexes: { user: Id } };
}

let database: Promise<IDBPDatabase<Schema>> | null = null;

function open(): Promise<IDBPDatabase<Schema>> {
  database ??= openDB<Schema>('guildhall-outbox', 1, {
    upgrade(db) {
      db.createObjectStore('messages', { keyPath: 'nonce' }).createIndex('user', 'userId');
    },
  });
  return database;
}

/** Without storage (a private window, a full disk) sending still works, it is only not kept over a reload. */
async function tolerant<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work();
  } catch {
    return otherwise;
  }
}

export const remember = (userId: Id, message: PendingMessage): Promise<unknown> =>
  tolerant(async () => (await open()).put('messages', { ...message, userId }), undefined);

export const forget = (nonce: string): Promise<unknown> =>
  tolerant(async () => (await open()).delete('messages', nonce), undefined);

export const remembered = (userId: Id): Promise<PendingMessage[]> =>
  tolerant(async () => {
    const entries = await (await open()).getAllFromIndex('messages', 'user', userId);
    return entries.sort((a, b) => a.createdAt - b.createdAt).map(({ userId: _owner, ...message }) => message);
  }, []);

/** Nothing of an account may stay behind on a device that forgets it. */
export async function forgetAll(userId: Id): Promise<void> {
  for (const { nonce } of await remembered(userId)) await forget(nonce);
}
