import { beforeEach, describe, expect, it } from 'vitest';
import { emojiByName, emojiName, isEmojiOnly, loadEmoji, replaceShortcodes, searchEmoji } from '.';
import { byCode, emoji } from './data';
import { recentEmoji, rememberEmoji, setSkinTone, skinTone, withTone } from './preferences';

beforeEach(async () => {
  localStorage.clear();
  await loadEmoji();
});

const found = async (typed: string, limit?: number) => (await searchEmoji(typed, limit)).map((one) => one.char);

describe('searchEmoji', () => {
  it.each([
    ['smile', '😄'],
    ['sob', '😭'],
    ['thumbsup', '👍'],
    ['+1', '👍'],
    ['heart', '❤️'],
    ['tada', '🎉'],
    ['fire', '🔥'],
    ['100', '💯'],
    ['sunglasses', '😎'],
    ['flag_de', '🇩🇪'],
    [':rocket:', '🚀'],
    ['Red Heart', '❤️'],
  ])('%s finds %s first', async (typed, first) => {
    expect((await found(typed))[0]).toBe(first);
  });

  it('finds by the beginning of a name, by its words and by meaning', async () => {
    expect(await found('thumbs')).toEqual(expect.arrayContaining(['👍', '👎']));
    expect(await found('tears_of')).toContain('😂');
    expect(await found('lol', 30)).toContain('😂');
  });

  it('puts what was used lately first among equals', async () => {
    expect((await found('cat', 40)).indexOf('😹')).toBeGreaterThan(0);
    rememberEmoji('😹');
    const joyful = (await found('joy', 5)).indexOf('😹');
    expect(joyful).toBeLessThanOrEqual(1);
  });

  it('keeps to the limit and answers nothing to nothing', async () => {
    expect(await found('a', 7)).toHaveLength(7);
    expect(await found('')).toEqual([]);
    expect(await found('zzzzzz')).toEqual([]);
  });
});

describe('names', () => {
  it('are those between colons, with or without tone and variation selector', () => {
    expect(emojiName('👍')).toBe('thumbsup');
    expect(emojiName('👍🏽')).toBe('thumbsup');
    expect(emojiName('❤️')).toBe('heart');
    expect(emojiName('❤')).toBe('heart');
    expect(emojiName('x')).toBeUndefined();
    expect(emojiByName('tada')).toBe('🎉');
    expect(emojiByName('TADA')).toBe('🎉');
    expect(emojiByName('constructor')).toBeUndefined();
  });

  it('lead back to their emoji, every one', () => {
    expect(emoji.length).toBeGreaterThan(1_800);
    for (const one of emoji) {
      expect(one.codes.length, one.label).toBeGreaterThan(0);
      for (const code of one.codes) expect(emojiByName(code), code).toBe(one.char);
      expect(isEmojiOnly(one.char), one.label).toBe(true);
    }
  });

  it('become emoji in text, but not in code, addresses or custom emoji', () => {
    expect(replaceShortcodes('hi :tada: :wave:!')).toBe('hi 🎉 👋!');
    expect(replaceShortcodes(':tada::tada:')).toBe('🎉:tada:');
    for (const text of ['`:tada:`', '```\n:tada:\n```', 'https://a.example/:tada:', '<:tada:123>', '12:30:45', ':nosuch:', ':']) {
      expect(replaceShortcodes(text)).toBe(text);
    }
  });
});

describe('isEmojiOnly', () => {
  it.each(['😀', '😀 👍🏽\n👩‍💻', '❤️', '1️⃣', '🇩🇪'])('%s', (text) => expect(isEmojiOnly(text)).toBe(true));
  it.each(['', ' ', 'a', '😀a', '1', '#', '©'])('not %j', (text) => expect(isEmojiOnly(text)).toBe(false));
});

describe('preferences', () => {
  it('keep the latest first, once each, and no more than three rows', () => {
    for (const one of emoji.slice(0, 40)) rememberEmoji(one.char);
    rememberEmoji(emoji[20]!.char);
    expect(recentEmoji()).toHaveLength(27);
    expect(recentEmoji()[0]).toBe(emoji[20]!.char);
    expect(new Set(recentEmoji()).size).toBe(27);
  });

  it('survive what others wrote into the storage', () => {
    for (const broken of ['{', '{"a":1}', 'null', '[1,null,"😀"]']) {
      localStorage.setItem('guildhall.emoji.recent', broken);
      expect(recentEmoji()).toEqual(broken.startsWith('[') ? ['😀'] : []);
    }
    localStorage.setItem('guildhall.emoji.tone', 'x');
    expect(skinTone()).toBe(0);
  });

  it('give the chosen tone to hands, and to nothing else', () => {
    setSkinTone(3);
    expect(withTone(byCode.get('thumbsup')!)).toBe('👍🏽');
    expect(withTone(byCode.get('fire')!)).toBe('🔥');
    setSkinTone(0);
    expect(withTone(byCode.get('thumbsup')!)).toBe('👍');
  });
});
