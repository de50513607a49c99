import { ApiError } from '../../api/client';
import { listMessages } from '../../api/messages';
import type { Id, Message } from '../../api/types';
import { compareIds, nextId } from '../../state/ids';
import {
  abandonEndLoad,
  aroundLoaded,
  beginEndLoad,
  latestLoaded,
  newerLoaded,
  olderLoaded,
  windowOf,
  windowRefreshed,
} from '../../state/messages';
import { apply, store } from '../../state/store';
import { outboxSettled } from '../send/sender';

const PAGE = 50;
const REFRESH_PAGE = 100;
const REFRESH_PAGES = 5;

const inFlight = new Map<string, Promise<void>>();

/** The same load is never under way twice. */
function single(key: string, work: () => Promise<void>): Promise<void> {
  let running = inFlight.get(key);
  if (!running) {
    running = work().finally(() => inFlight.delete(key));
    inFlight.set(key, running);
  }
  return running;
}

async function endLoad(channel: Id, work: () => Promise<void>): Promise<void> {
  apply((state) => beginEndLoad(state, channel));
  try {
    await work();
  } catch (error) {
    apply((state) => abandonEndLoad(state, channel));
    throw error;
  }
}

export const loadLatest = (channel: Id): Promise<void> =>
  single(`latest ${channel}`, async () => {
    // A message whose answer was lost must not stand beside its own greyed copy.
    await outboxSettled(channel, 1500);
    await endLoad(channel, async () => {
      const page = await listMessages(channel, { limit: PAGE });
      apply((state) => latestLoaded(state, channel, page, PAGE));
    });
  });

export const loadOlder = (channel: Id): Promise<void> =>
  single(`older ${channel}`, async () => {
    const window = windowOf(store.getState(), channel);
    const before = window.items[0]?.id;
    if (window.atStart || !window.loaded || before === undefined) return;
    const page = await listMessages(channel, { before, limit: PAGE });
    apply((state) => olderLoaded(state, channel, before, page, PAGE));
  });

export const loadNewer = (channel: Id): Promise<void> =>
  single(`newer ${channel}`, async () => {
    const window = windowOf(store.getState(), channel);
    const after = window.items.at(-1)?.id;
    if (window.atEnd || window.refreshing || !window.loaded || after === undefined) return;
    await endLoad(channel, async () => {
      const page = await listMessages(channel, { after, limit: PAGE });
      apply((state) => newerLoaded(state, channel, after, page, PAGE));
    });
  });

/** Makes a message part of the held piece. Answers whether it is there. */
export async function loadAround(channel: Id, target: Id): Promise<boolean> {
  const holds = () => windowOf(store.getState(), channel).items.some((m) => m.id === target);
  if (holds()) return true;
  await single(`around ${channel} ${target}`, () =>
    endLoad(channel, async () => {
      const page = await listMessages(channel, { around: target, limit: PAGE });
      apply((state) => aroundLoaded(state, channel, target, page, PAGE));
    }),
  );
  return holds();
}

/** Fetches again, from the newest backwards, what an open conversation showed when its session was lost. */
const refreshWindow = (channel: Id): Promise<void> =>
  single(`refresh ${channel}`, async () => {
    const held = windowOf(store.getState(), channel);
    const oldest = held.items[0]?.id;
    const newestHeld = held.items.at(-1)?.id;
    if (oldest === undefined || newestHeld === undefined) {
      await loadLatest(channel);
      return;
    }
    if (!held.refreshing) {
      await refreshMiddle(channel, newestHeld);
      return;
    }
    await outboxSettled(channel, 1500);
    await endLoad(channel, async () => {
      const fresh: Message[] = [];
      let before: Id | undefined;
      let atStart = false;
      for (let pages = 0; pages < REFRESH_PAGES; pages++) {
        const page = await listMessages(channel, { before, limit: REFRESH_PAGE });
        fresh.push(...page);
        before = page.at(-1)?.id ?? before;
        atStart = page.length < REFRESH_PAGE;
        if (atStart || (before !== undefined && compareIds(before, oldest) <= 0)) break;
      }
      apply((state) => windowRefreshed(state, channel, fresh, atStart));
    });
  });

/** The reader is far up in history: only the page that is being read is renewed. */
async function refreshMiddle(channel: Id, newestHeld: Id): Promise<void> {
  const page = await listMessages(channel, { before: nextId(newestHeld), limit: REFRESH_PAGE });
  const target = page[Math.floor(page.length / 2)]?.id;
  if (target === undefined) return;
  apply((state) => ({
    ...aroundLoaded(state, channel, target, page, REFRESH_PAGE),
  }));
  apply((state) => {
    const window = windowOf(state, channel);
    return {
      windows: { ...state.windows, [channel]: { ...window, atStart: page.length < REFRESH_PAGE, atEnd: false } },
    };
  });
}

/** Keeps trying while the connection stands, because an open conversation with a gap would be a lie. */
export async function refreshUntilDone(channel: Id): Promise<void> {
  for (let attempt = 0; attempt < 6; attempt++) {
    try {
      await refreshWindow(channel);
      return;
    } catch (error) {
      if (error instanceof ApiError && !error.temporary) return;
      await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** attempt));
    }
    if (store.getState().connection !== 'open') return;
  }
}
