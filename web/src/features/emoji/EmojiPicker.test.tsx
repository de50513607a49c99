import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EmojiPicker } from './EmojiPicker';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let root: Root;
let host: HTMLElement;
const onPick = vi.fn();

async function open(): Promise<void> {
  await act(async () => root.render(<EmojiPicker onPick={onPick} />));
}

beforeEach(async () => {
  localStorage.clear();
  onPick.mockReset();
  Element.prototype.scrollIntoView = () => undefined; // jsdom has no layout
  host = document.createElement('div');
  document.body.append(host);
  root = createRoot(host);
  await open();
});

afterEach(() => {
  act(() => root.unmount());
  host.remove();
});

const search = () => host.querySelector<HTMLInputElement>('input[type=search]')!;
const cells = () => [...host.querySelectorAll<HTMLButtonElement>('[role=gridcell]')];
const focused = () => document.activeElement as HTMLElement;

async function type(text: string): Promise<void> {
  await act(async () => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!.call(search(), text);
    search().dispatchEvent(new Event('input', { bubbles: true }));
  });
}

function press(key: string): void {
  act(() => {
    focused().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  });
}

describe('the emoji picker', () => {
  it('shows every emoji in its category, and begins with the search field', () => {
    expect(cells().length).toBeGreaterThan(1_800);
    expect(focused()).toBe(search());
    expect([...host.querySelectorAll('h3')].map((h) => h.textContent)).toEqual([
      'Smileys',
      'People',
      'Animals and nature',
      'Food and drink',
      'Travel and places',
      'Activities',
      'Objects',
      'Symbols',
      'Flags',
    ]);
  });

  it('picks what is pressed, and shows it among those used lately the next time', async () => {
    act(() => cells().find((cell) => cell.dataset.emoji === '🎉')!.click());
    expect(onPick).toHaveBeenCalledWith('🎉');
    act(() => root.unmount());
    root = createRoot(host);
    await open();
    expect(host.querySelector('h3')!.textContent).toBe('Used lately');
    expect(cells()[0]!.dataset.emoji).toBe('🎉');
  });

  it('searches, says how many it found, and takes the first with Enter', async () => {
    await type('rocket');
    expect(cells()[0]!.dataset.emoji).toBe('🚀');
    expect(host.querySelector('[role=status]')!.textContent).toMatch(/^\d+ emoji found$/);
    press('Enter');
    expect(onPick).toHaveBeenCalledWith('🚀');
    await type('zzzzzz');
    expect(cells()).toHaveLength(0);
    expect(host.textContent).toContain('No emoji has that name.');
    press('Enter');
    expect(onPick).toHaveBeenCalledTimes(1);
  });

  it('is walked with the arrows, with one stop for Tab', () => {
    press('ArrowDown');
    expect(focused()).toBe(cells()[0]);
    press('ArrowRight');
    expect(focused()).toBe(cells()[1]);
    press('ArrowDown');
    expect(focused()).toBe(cells()[10]);
    press('Home');
    expect(focused()).toBe(cells()[9]);
    press('ArrowLeft');
    expect(focused()).toBe(cells()[8]);
    press('End');
    press('PageDown');
    expect(focused()).toBe(cells()[8 + 45]);
    press('PageUp');
    press('ArrowUp');
    expect(focused()).toBe(search());
    expect(cells().filter((cell) => cell.tabIndex === 0)).toHaveLength(1);
  });

  it('gives the chosen skin tone, and remembers the emoji without it', async () => {
    const select = host.querySelector('select')!;
    await act(async () => {
      Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value')!.set!.call(select, '5');
      select.dispatchEvent(new Event('change', { bubbles: true }));
    });
    act(() => cells().find((cell) => cell.dataset.emoji === '👍')!.click());
    expect(onPick).toHaveBeenCalledWith('👍🏿');
    expect(localStorage.getItem('guildhall.emoji.recent')).toBe('["👍"]');
  });
});
