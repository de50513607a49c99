// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { user } from '../../testing/samples';
import { decodeMentions, encodeMentions } from './mentions';

const members = [user('1', 'ada'), user('2', 'grace.hopper')];
const find = (id: string) => members.find((u) => u.id === id);

describe('mentions', () => {
  it('become ids when they are sent and names when they are edited', () => {
    const text = 'hey @ada and @grace.hopper. Tea?';
    const sent = encodeMentions(text, members);
    expect(sent).toBe('hey <@1> and <@2>. Tea?');
    expect(decodeMentions(sent, find)).toBe(text);
  });

  it('leave alone what is not a member, part of a word, or code', () => {
    for (const text of ['@nobody', 'mail@ada', '`@ada`', '```\n@ada\n```', '@adamant']) {
      expect(encodeMentions(text, members)).toBe(text);
    }
  });
});
