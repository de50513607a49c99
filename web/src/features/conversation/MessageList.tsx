import { useVirtualizer } from '@tanstack/react-virtual';
import {
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type Ref,
} from 'react';
import type { Id } from '../../api/types';
import { t } from '../../i18n';
import { dayOf } from '../../i18n/day';
import { clock, longDay } from '../../i18n/time';
import { compareIds } from '../../state/ids';
import { emptyWindow, type PendingMessage } from '../../state/model';
import { buildRows, type Row } from '../../state/rows';
import { apply, store, useApp } from '../../state/store';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { Spinner } from '../../ui/Spinner';
import { attempt } from '../attempt';
import { explain } from '../errors';
import { Beginning } from './Beginning';
import { loadAround, loadLatest, loadNewer, loadOlder } from './history';
import { markRead } from './markRead';
import { MessageRow } from './MessageRow';
import { PendingRow } from './PendingRow';
import { placeOf, rememberPlace } from './scrollMemory';

const NEAR_END = 60;
const LOAD_WITHIN = 8;
const RETRY_MS = 2500;
/** A jump has found its place when it stands still for so many frames: how long that takes is up to the machine. */
const STILL_FRAMES = 4;
/** By then it is over in any case. */
const SETTLE_MOST_MS = 5000;
/** The same, once the reader has taken over. */
const TAKEN_OVER_MS = 250;
const nothing: PendingMessage[] = [];

/** Room for the wheel that says that more is coming. */
const LOADER = 72;

function estimate(row: Row | undefined): number {
  if (!row) return 44;
  if (row.kind === 'beginning') return 210;
  const extra = (row.day !== null ? 40 : 0) + (row.head ? 36 : 0);
  const content = row.kind === 'message' ? row.message.content : row.pending.content;
  return 26 + extra + Math.floor(content.length / 110) * 22;
}

const isUnreadRow = (row: Row) => row.kind === 'message' && row.unread;

export interface ListHandle {
  jump: (message: Id) => void;
  toEnd: () => void;
}

interface Props {
  channelId: Id;
  label: string;
  handle: Ref<ListHandle>;
  onAtEnd: (atEnd: boolean) => void;
}

export function MessageList({ channelId, label, handle, onAtEnd }: Props) {
  const held = useApp((s) => s.windows[channelId] ?? emptyWindow);
  const pending = useApp((s) => s.pending[channelId] ?? nothing);
  const divider = useApp((s) => s.dividers[channelId]);
  const me = useApp((s) => s.me?.id ?? null);
  const opened = useApp((s) => s.openChannel === channelId);
  const rows = useMemo(() => buildRows(held, pending, me, divider), [held, pending, me, divider]);
  const scroller = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const [flash, setFlash] = useState<Id | null>(null);
  const [target, setTarget] = useState<Id | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [attempts, setAttempts] = useState(0);
  const [seenAt, setSeenAt] = useState<Id | null>(null);
  const [dividerSeen, setDividerSeen] = useState(false);

  const live = held.atEnd || held.refreshing;
  const wasLive = useRef(live);

  const guesses = useRef(new Map<string, number>());
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => {
      const row = rows[index];
      if (!row) return estimate(row);
      // Guessed once: a guess that changed with its row would move what stands below without anybody noticing.
      const known = guesses.current.get(row.key);
      if (known !== undefined) return known;
      const guess = estimate(row);
      guesses.current.set(row.key, guess);
      return guess;
    },
    getItemKey: useCallback((index: number) => rows[index]?.key ?? index, [rows]),
    overscan: 10,
    anchorTo: 'end',
    // A page that reaches the end was asked for by reading on, not by new messages: it must not pull the reader along.
    followOnAppend: wasLive.current && live,
    scrollEndThreshold: NEAR_END,
    paddingStart: held.atStart ? 0 : LOADER,
    paddingEnd: live ? 8 : LOADER,
  });

  // Rows that were loaded above what is being read grow upwards when their true height is known, and so does the row that
  // was the first one until then, when it loses its head or its day to them.
  const firstKey = rows[0]?.key;
  const knownFirst = useRef(firstKey);
  const seam = useRef<string | undefined>(undefined);
  const seamIndex = useRef(0);
  if (knownFirst.current !== firstKey) {
    seam.current = knownFirst.current;
    knownFirst.current = firstKey;
    seamIndex.current = rows.findIndex((r) => r.key === seam.current);
  }
  const measured = useRef(new Set<unknown>());
  virtualizer.shouldAdjustScrollPositionOnItemSizeChange = (item, _delta, instance) => {
    const offset = instance.scrollOffset ?? 0;
    if (item.key === seam.current) {
      seam.current = undefined;
      return true;
    }
    const first = !measured.current.has(item.key);
    measured.current.add(item.key);
    if (first) return item.start < offset || item.index < seamIndex.current;
    return item.end <= offset && instance.scrollDirection !== 'backward';
  };

  useEffect(() => {
    wasLive.current = live;
  }, [live]);

  // The first page.
  useEffect(() => {
    if (held.loaded) return;
    let wanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    setProblem(null);
    loadLatest(channelId).catch((error: unknown) => {
      if (!wanted) return;
      setProblem(explain(error));
      timer = setTimeout(() => setAttempts((n) => n + 1), RETRY_MS);
    });
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [channelId, held.loaded, attempts]);

  // A jump goes on while the rows that it comes by are measured. The virtualizer knows its goal by index only, and a page
  // that is put above it in the meantime makes that index another row's: so no page is asked for until the jump stands
  // still, and a page that comes all the same makes it aim again.
  const moving = useRef<{ until: number; aim: { key: string; align: 'start' | 'center' } | null } | null>(null);
  const settle = useCallback(() => {
    let before = '';
    let still = 0;
    const run = moving.current;
    const look = () => {
      const element = scroller.current;
      if (run === null || moving.current !== run) return;
      const now = element ? `${element.scrollTop} ${element.scrollHeight}` : '';
      still = now === before ? still + 1 : 0;
      before = now;
      if (element && still < STILL_FRAMES && Date.now() < run.until) {
        requestAnimationFrame(look);
        return;
      }
      moving.current = null;
      setAttempts((n) => n + 1);
    };
    requestAnimationFrame(look);
  }, []);
  const move = useCallback(
    (aim: { key: string; align: 'start' | 'center' } | null) => {
      moving.current = { until: Date.now() + SETTLE_MOST_MS, aim };
      settle();
    },
    [settle],
  );
  const aimAt = useCallback(
    (index: number, align: 'start' | 'center') => {
      const key = rows[index]?.key;
      move(key === undefined ? null : { key, align });
      virtualizer.scrollToIndex(index, { align });
    },
    [rows, virtualizer, move],
  );
  const takeOver = useCallback(() => {
    if (!moving.current) return;
    moving.current.aim = null;
    moving.current.until = Math.min(moving.current.until, Date.now() + TAKEN_OVER_MS);
  }, []);
  useLayoutEffect(() => {
    const aim = moving.current?.aim;
    if (!aim) return;
    const index = rows.findIndex((r) => r.key === aim.key);
    if (index >= 0) virtualizer.scrollToIndex(index, { align: aim.align });
  }, [rows, virtualizer]);

  // Where the conversation opens: at the first unread message, where it was left, or at its end.
  const placed = useRef(false);
  useLayoutEffect(() => {
    if (placed.current || !opened || !held.loaded || rows.length === 0) return;
    placed.current = true;
    const unread = rows.findIndex(isUnreadRow);
    if (unread >= 0) {
      aimAt(Math.max(0, unread - 1), 'start');
      return;
    }
    move(null);
    const place = placeOf(channelId);
    const index = place ? rows.findIndex((r) => r.key === place.key) : -1;
    if (place && index >= 0) {
      const start = virtualizer.getOffsetForIndex(index, 'start')?.[0];
      if (start !== undefined) virtualizer.scrollToOffset(start + place.offset);
      return;
    }
    virtualizer.scrollToEnd();
  }, [opened, held.loaded, rows, channelId, virtualizer, move, aimAt]);

  const dividerIndex = useMemo(() => rows.findIndex(isUnreadRow), [rows]);
  const lineAt = useRef(-1);
  lineAt.current = dividerIndex;
  const atEndNow = useRef(true);
  const measure = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    const end = element.scrollHeight - element.clientHeight - element.scrollTop <= NEAR_END;
    setAtEnd(end);
    atEndNow.current = end;
    const top = virtualizer.getVirtualItemForOffset(element.scrollTop);
    if (!placed.current) return;
    if (top && top.index <= lineAt.current) setDividerSeen(true);
    rememberPlace(channelId, end || !top ? null : { key: String(top.key), offset: element.scrollTop - top.start });
  }, [channelId, virtualizer]);

  useEffect(() => setDividerSeen(false), [divider]);
  useEffect(measure, [measure, rows]);

  // The keyboard of a phone, a longer draft or a smaller window must not cover the end for somebody who is there.
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let height = element.clientHeight;
    const observer = new ResizeObserver(() => {
      if (element.clientHeight === height) return;
      height = element.clientHeight;
      if (atEndNow.current && placed.current) virtualizer.scrollToEnd();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [virtualizer]);

  // Which message was the last one when the reader left the end.
  const last = held.items.at(-1)?.id ?? null;
  const caughtUp = atEnd && live;
  useEffect(() => {
    if (caughtUp) setSeenAt(last);
  }, [caughtUp, last]);
  useEffect(() => onAtEnd(caughtUp && held.loaded), [caughtUp, held.loaded, onAtEnd]);

  // More history where the reader comes near an end of what is held.
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const final = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (!held.loaded || !placed.current || held.items.length === 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = (wait: number) => {
      timer = setTimeout(() => setAttempts((n) => n + 1), wait);
    };
    const load = (work: Promise<void>) =>
      work.then(
        () => again(0),
        () => again(RETRY_MS),
      );
    // Asked again when it stands still.
    if (moving.current) return;
    if (!held.atStart && first < LOAD_WITHIN) void load(loadOlder(channelId));
    if (!live && final > rows.length - LOAD_WITHIN) void load(loadNewer(channelId));
    return () => clearTimeout(timer);
  }, [channelId, held, live, first, final, rows.length, attempts]);

  const toEnd = useCallback(() => {
    // Whoever wants the end does not want to be taken back to where a jump aimed.
    takeOver();
    const window = store.getState().windows[channelId];
    if (window && !window.atEnd && !window.refreshing) {
      void attempt(() => loadLatest(channelId)).then(() => requestAnimationFrame(() => virtualizer.scrollToEnd()));
    } else {
      virtualizer.scrollToEnd();
    }
  }, [channelId, virtualizer, takeOver]);

  const jump = useCallback(
    (message: Id) => {
      void attempt(async () => {
        if (await loadAround(channelId, message)) setTarget(message);
        else setFlash(null);
      });
    },
    [channelId],
  );

  useImperativeHandle(handle, () => ({ jump, toEnd }), [jump, toEnd]);

  useLayoutEffect(() => {
    if (!target) return;
    const index = rows.findIndex((r) => r.kind === 'message' && r.message.id === target);
    if (index < 0) return;
    aimAt(index, 'center');
    setFlash(target);
    setTarget(null);
  }, [target, rows, aimAt]);

  useEffect(() => {
    if (!flash) return;
    const timer = setTimeout(() => setFlash(null), 2000);
    return () => clearTimeout(timer);
  }, [flash]);

  // One's own new message is always shown.
  const pendingCount = pending.length;
  const pendingBefore = useRef(pendingCount);
  useEffect(() => {
    if (pendingCount > pendingBefore.current) {
      takeOver();
      virtualizer.scrollToEnd();
    }
    pendingBefore.current = pendingCount;
  }, [pendingCount, virtualizer, takeOver]);

  const oldest = held.items[0]?.id;
  const dividerOutside =
    divider !== undefined && dividerIndex < 0 && !held.atStart && oldest !== undefined && compareIds(oldest, divider) > 0;
  const unreadItems = useMemo(
    () => (divider === undefined ? [] : held.items.filter((m) => compareIds(m.id, divider) > 0 && m.author.id !== me)),
    [held.items, divider, me],
  );
  const showTop = divider !== undefined && !dividerSeen && unreadItems.length > 0 && (dividerOutside || dividerIndex >= 0);

  const fresh = useMemo(
    () =>
      seenAt === null || caughtUp ? [] : held.items.filter((m) => compareIds(m.id, seenAt) > 0 && m.author.id !== me),
    [held.items, seenAt, caughtUp, me],
  );

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    takeOver();
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    if (event.target instanceof HTMLElement && event.target.closest('textarea, input')) return;
    const all = [...(scroller.current?.querySelectorAll<HTMLElement>('article') ?? [])];
    const current = all.findIndex((e) => e.contains(document.activeElement));
    const next = current < 0 ? all.at(-1) : all[current + (event.key === 'ArrowUp' ? -1 : 1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: 'nearest' });
  };

  return (
    <div className="list-frame">
      {showTop ? (
        <div className="unread-bar">
          <button
            type="button"
            className="unread-bar-jump"
            onClick={() => {
              if (dividerIndex >= 0) aimAt(dividerIndex, 'center');
              else if (divider) jumpToUnread(channelId, divider, setTarget);
              setDividerSeen(true);
            }}
          >
            <Icon name="up" size={16} />
            {dividerOutside
              ? t('More than {count} new messages', { count: unreadItems.length })
              : t('{count, plural, one {# new message} other {# new messages}} since {time}', {
                  count: unreadItems.length,
                  time: sinceTime(unreadItems[0]?.timestamp ?? ''),
                })}
          </button>
          <button type="button" className="unread-bar-read" onClick={() => markRead(channelId)}>
            {t('Mark as read')}
          </button>
        </div>
      ) : null}
      <div
        ref={scroller}
        className="scroller"
        role="log"
        aria-label={label}
        aria-live="off"
        tabIndex={0}
        onScroll={measure}
        onWheel={takeOver}
        onTouchMove={takeOver}
        onPointerDown={takeOver}
        onKeyDown={onKeyDown}
      >
        {held.loaded ? (
          <div className="scroller-inner">
            <div className="sizer" style={{ height: virtualizer.getTotalSize() }}>
              {held.atStart ? null : (
                <div className="list-loading">
                  <Spinner />
                </div>
              )}
              {live ? null : (
                <div className="list-loading is-below">
                  <Spinner />
                </div>
              )}
              {items.map((item) => {
                const row = rows[item.index];
                return row ? (
                  <div
                    key={item.key}
                    ref={virtualizer.measureElement}
                    data-index={item.index}
                    className="row"
                    style={{ transform: `translateY(${item.start}px)` }}
                  >
                    <RowView row={row} channelId={channelId} flash={flash} />
                  </div>
                ) : null;
              })}
            </div>
          </div>
        ) : problem ? (
          <div className="list-problem" role="alert">
            <p>{problem}</p>
            <Button onPress={() => setAttempts((n) => n + 1)}>{t('Try again')}</Button>
          </div>
        ) : (
          <Skeleton />
        )}
      </div>
      {held.loaded && (!atEnd || !live) ? (
        <button type="button" className={fresh.length > 0 ? 'to-end has-new' : 'to-end'} onClick={toEnd}>
          {fresh.length > 0
            ? t('{count, plural, one {# new message} other {# new messages}}', { count: fresh.length })
            : t('Jump to present')}
          <Icon name="down" size={16} />
        </button>
      ) : null}
    </div>
  );
}

const sinceTime = (timestamp: string): string =>
  dayOf(timestamp) === dayOf(Date.now()) ? clock(timestamp) : longDay(timestamp);

/** The first unread message is further up than what is held. */
function jumpToUnread(channelId: Id, divider: Id, show: (message: Id) => void): void {
  void attempt(async () => {
    await loadAround(channelId, divider);
    const next = store.getState().windows[channelId]?.items.find((m) => compareIds(m.id, divider) > 0);
    if (next) show(next.id);
    apply((state) => ({ dividers: { ...state.dividers, [channelId]: divider } }));
  });
}

function RowView({ row, channelId, flash }: { row: Row; channelId: Id; flash: Id | null }) {
  if (row.kind === 'beginning') return <Beginning channelId={channelId} />;
  if (row.kind === 'pending') {
    return (
      <>
        {row.day !== null ? <Day time={row.day} unread={false} /> : null}
        <PendingRow pending={row.pending} head={row.head} />
      </>
    );
  }
  return (
    <>
      {row.day !== null ? (
        <Day time={row.day} unread={row.unread} />
      ) : row.unread ? (
        <div className="day is-unread is-bare" role="separator" aria-label={t('New messages')}>
          <span className="new-tag">{t('New')}</span>
        </div>
      ) : null}
      <MessageRow message={row.message} head={row.head} flash={flash === row.message.id} />
    </>
  );
}

function Day({ time, unread }: { time: string | number; unread: boolean }) {
  return (
    <div className={unread ? 'day is-unread' : 'day'} role="separator" aria-label={longDay(time)}>
      <span className="day-text">{longDay(time)}</span>
      {unread ? <span className="new-tag">{t('New')}</span> : null}
    </div>
  );
}

const widths = [38, 62, 25, 74, 48, 56];

function Skeleton() {
  return (
    <div className="skeleton" role="status" aria-label={t('Loading messages')}>
      {widths.map((width) => (
        <div key={width} className="skeleton-row">
          <span className="skeleton-face" />
          <span className="skeleton-lines">
            <span style={{ width: 110 }} />
            <span style={{ width: `${width}%` }} />
          </span>
        </div>
      ))}
    </div>
  );
}
