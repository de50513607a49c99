import {
  useDeferredValue,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
} from 'react';
import { t } from '../../i18n';
import { byChar, emoji, type Emoji } from './data';
import './emoji.css';
import { recentEmoji, rememberEmoji, setSkinTone, skinTone, withTone } from './preferences';
import { rank } from './rank';

const COLUMNS = 9;
const MAX_FOUND = 90;
/** Sections are drawn when they come this near; the next one always is, so that the arrows find it. */
const NEAR = '400px 0px';
const TONES = ['✋', '✋🏻', '✋🏼', '✋🏽', '✋🏾', '✋🏿'];

/** An emoji that a server drew. */
export interface CustomEmoji {
  id: string;
  name: string;
  animated?: boolean;
}

export interface CustomGroup {
  id: string;
  title: string;
  items: CustomEmoji[];
}

type Cell = Emoji | CustomEmoji;

type Section = { key: string; icon: string; title: string; items: Cell[] };

const isCustom = (one: Cell): one is CustomEmoji => 'id' in one;

const pictureOf = (one: CustomEmoji): string => `/emojis/${one.id}.${one.animated ? 'gif' : 'webp'}?size=48`;

/** Cells are told apart by what they hold; the sign in front is in no character's name. */
const keyOf = (one: Cell): string => (isCustom(one) ? `:${one.id}` : one.char);

const noGroups: CustomGroup[] = [];

/** Emojibase numbers its groups; 2 holds parts of emoji and is left out. */
const GROUPS: [group: number, icon: string, title: () => string][] = [
  [0, '😀', () => t('Smileys')],
  [1, '👋', () => t('People')],
  [3, '🐻', () => t('Animals and nature')],
  [4, '🍔', () => t('Food and drink')],
  [5, '🚗', () => t('Travel and places')],
  [6, '⚽', () => t('Activities')],
  [7, '💡', () => t('Objects')],
  [8, '💗', () => t('Symbols')],
  [9, '🏁', () => t('Flags')],
];

interface Props {
  onPick: (emoji: string) => void;
  custom?: CustomGroup[];
  onPickCustom?: (emoji: CustomEmoji) => void;
  /** The search field takes the focus when the picker opens. */
  autoFocus?: boolean;
}

export function EmojiPicker({ onPick, custom = noGroups, onPickCustom, autoFocus = true }: Props) {
  const [typed, setTyped] = useState('');
  const query = useDeferredValue(typed.trim());
  const [tone, setTone] = useState(skinTone);
  const [recent] = useState(recentEmoji);
  const [shown, setShown] = useState<Cell>();
  const scroller = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const id = useId();

  useEffect(() => {
    if (autoFocus) search.current?.focus({ preventScroll: true });
  }, [autoFocus]);

  const sections = useMemo((): Section[] => {
    if (query !== '') {
      const wanted = query.toLowerCase();
      const own = custom.flatMap((group) => group.items).filter((one) => one.name.toLowerCase().includes(wanted));
      const items = [...own, ...rank(emoji, query, recent, MAX_FOUND)];
      return items.length === 0 ? [] : [{ key: 'found', icon: '🔍', title: t('Results'), items }];
    }
    const used = recent.flatMap((char) => byChar.get(char) ?? []);
    const all = GROUPS.map(([group, icon, title]) => ({
      key: String(group),
      icon,
      title: title(),
      items: emoji.filter((one) => one.group === group),
    }));
    return [
      ...(used.length === 0 ? [] : [{ key: 'recent', icon: '🕒', title: t('Used lately'), items: used }]),
      ...custom.map((group) => ({ key: `g${group.id}`, icon: '⭐', title: group.title, items: group.items })),
      ...all,
    ];
  }, [query, recent, custom]);

  const pick = (one: Cell) => {
    if (isCustom(one)) {
      onPickCustom?.(one);
      return;
    }
    rememberEmoji(one.char);
    onPick(withTone(one, tone));
  };

  const emojiOf = (target: EventTarget): Cell | undefined => {
    const key = (target as Element).closest<HTMLElement>('[data-emoji]')?.dataset.emoji;
    if (key === undefined) return undefined;
    return key.startsWith(':') ? custom.flatMap((group) => group.items).find((one) => keyOf(one) === key) : byChar.get(key);
  };

  const onClick = (event: MouseEvent) => {
    const one = emojiOf(event.target);
    if (one) pick(one);
  };

  const onGridKey = (event: KeyboardEvent) => {
    const cell = (event.target as Element).closest<HTMLElement>('[data-emoji]');
    if (!cell) return;
    const next = neighbour(scroller.current!, cell, event.key);
    if (next === 'search') search.current?.focus();
    else if (next) focusCell(next);
    else return;
    event.preventDefault();
  };

  const onSearchKey = (event: KeyboardEvent) => {
    const first = scroller.current?.querySelector<HTMLElement>('[data-emoji]');
    if (event.nativeEvent.isComposing || !first) return;
    if (event.key === 'ArrowDown') focusCell(first);
    else if (event.key === 'Enter' && typed.trim() !== '') pick(sections[0]!.items[0]!);
    else return;
    event.preventDefault();
  };

  const chooseTone = (next: number) => {
    setSkinTone(next);
    setTone(next);
  };

  return (
    <div className="emoji-picker">
      <div className="emoji-head">
        <input
          ref={search}
          type="search"
          className="emoji-search"
          placeholder={t('Search emoji')}
          aria-label={t('Search emoji')}
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={onSearchKey}
        />
        <ToneChoice tone={tone} onChoose={chooseTone} />
      </div>
      <div className="emoji-tabs">
        {query === ''
          ? sections.map((section) => (
              <button
                key={section.key}
                type="button"
                className="emoji-tab"
                aria-label={section.title}
                title={section.title}
                onClick={() => document.getElementById(`${id}-${section.key}`)?.scrollIntoView({ block: 'start' })}
              >
                <span aria-hidden="true">{section.icon}</span>
              </button>
            ))
          : null}
      </div>
      <div
        ref={scroller}
        className="emoji-scroller"
        onClick={onClick}
        onKeyDown={onGridKey}
        onMouseOver={(event) => setShown(emojiOf(event.target))}
        onFocus={(event) => setShown(emojiOf(event.target))}
      >
        {sections.map((section, i) => (
          <section key={section.key} className="emoji-section">
            <h3 id={`${id}-${section.key}`} className="emoji-title">
              {section.title}
            </h3>
            <Grid items={section.items} tone={tone} labelledBy={`${id}-${section.key}`} entry={i === 0} />
          </section>
        ))}
        {sections.length === 0 ? <p className="emoji-nothing">{t('No emoji has that name.')}</p> : null}
      </div>
      <div className="emoji-foot" aria-hidden="true">
        {shown ? (
          <>
            <span className="emoji-glyph emoji-foot-glyph">
              {isCustom(shown) ? <img className="emoji-picture" src={pictureOf(shown)} alt="" /> : withTone(shown, tone)}
            </span>
            <span className="emoji-foot-name">
              {isCustom(shown) ? `:${shown.name}:` : shown.codes.length > 0 ? `:${shown.codes[0]}:` : shown.label}
            </span>
          </>
        ) : (
          <span className="emoji-foot-hint">{t('Choose an emoji')}</span>
        )}
      </div>
      <p role="status" className="emoji-status">
        {query === '' ? '' : t('{count, plural, one {# emoji} other {# emoji}} found', { count: sections[0]?.items.length ?? 0 })}
      </p>
    </div>
  );
}

interface GridProps {
  items: Cell[];
  tone: number;
  labelledBy: string;
  /** Tab enters here; every other cell is reached with the arrows. */
  entry: boolean;
}

function Grid({ items, tone, labelledBy, entry }: GridProps) {
  const place = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(entry || typeof IntersectionObserver === 'undefined');
  useEffect(() => {
    if (near || !place.current) return;
    const observer = new IntersectionObserver(
      ([seen]) => {
        if (seen?.isIntersecting) setNear(true);
      },
      { root: place.current.closest('.emoji-scroller'), rootMargin: NEAR },
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [near]);

  const rows: Cell[][] = [];
  for (let i = 0; i < items.length; i += COLUMNS) rows.push(items.slice(i, i + COLUMNS));
  // cells are square, so the room for those to come is known
  if (!near) return <div ref={place} style={{ aspectRatio: `${COLUMNS} / ${rows.length}` }} />;
  return (
    <div role="grid" aria-labelledby={labelledBy}>
      {rows.map((row, i) => (
        <div key={i} role="row" className="emoji-row">
          {row.map((one, j) => (
            <button
              key={keyOf(one)}
              type="button"
              role="gridcell"
              className="emoji-cell emoji-glyph"
              data-emoji={keyOf(one)}
              aria-label={isCustom(one) ? one.name : one.label}
              tabIndex={entry && i === 0 && j === 0 ? 0 : -1}
            >
              {isCustom(one) ? <img className="emoji-picture" src={pictureOf(one)} alt="" loading="lazy" /> : withTone(one, tone)}
            </button>
          ))}
        </div>
      ))}
    </div>
  );
}

function ToneChoice({ tone, onChoose }: { tone: number; onChoose: (tone: number) => void }) {
  const names = [t('No skin tone'), t('Light'), t('Medium light'), t('Medium'), t('Medium dark'), t('Dark')];
  return (
    <select className="emoji-tone emoji-glyph" aria-label={t('Skin tone')} value={tone} onChange={(event) => onChoose(Number(event.target.value))}>
      {TONES.map((hand, i) => (
        <option key={hand} value={i} aria-label={names[i]}>
          {hand}
        </option>
      ))}
    </select>
  );
}

/** One cell at a time can be reached with Tab: the one that had the focus last. */
function focusCell(cell: HTMLElement): void {
  const scroller = cell.closest('.emoji-scroller')!;
  for (const other of scroller.querySelectorAll<HTMLElement>('[data-emoji][tabindex="0"]')) other.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus({ preventScroll: true });
  cell.scrollIntoView({ block: 'nearest' });
}

function neighbour(scroller: HTMLElement, cell: HTMLElement, key: string): HTMLElement | 'search' | undefined {
  const rows = [...scroller.querySelectorAll<HTMLElement>('.emoji-row')];
  const row = rows.indexOf(cell.parentElement!);
  const cells = (at: number) => [...(rows[at]?.children ?? [])] as HTMLElement[];
  const column = cells(row).indexOf(cell);
  switch (key) {
    case 'ArrowRight':
      return cells(row)[column + 1] ?? cells(row + 1)[0];
    case 'ArrowLeft':
      return cells(row)[column - 1] ?? cells(row - 1).at(-1);
    case 'ArrowDown':
      return cells(row + 1)[column] ?? cells(row + 1).at(-1);
    case 'ArrowUp':
      return row === 0 ? 'search' : (cells(row - 1)[column] ?? cells(row - 1).at(-1));
    case 'PageDown':
      return cells(Math.min(row + 5, rows.length - 1))[column] ?? cells(rows.length - 1).at(-1);
    case 'PageUp':
      return cells(Math.max(row - 5, 0))[column] ?? cells(0).at(-1);
    case 'Home':
      return cells(row)[0];
    case 'End':
      return cells(row).at(-1);
    default:
      return undefined;
  }
}
