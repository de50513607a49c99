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

describe('mentions in a server', () => {
  const more = {
    roles: [
      { id: '7', name: 'Moderators' },
      { id: '8', name: 'Night Owls' },
      { id: '9', name: 'C++ (new)' },
      { id: '10', name: 'ada' },
    ],
    channels: [
      { id: '20', name: 'general' },
      { id: '21', name: 'general-help' },
    ],
    emojis: [
      { id: '30', name: 'gear' },
      { id: '31', name: 'dance', animated: true },
    ],
  };

  it('are roles with spaces, channels and emoji as well', () => {
    const text = 'hey @Night Owls, @Moderators! see #general-help and #general. :gear: :dance: @C++ (new)';
    const sent = encodeMentions(text, members, more);
    expect(sent).toBe('hey <@&8>, <@&7>! see <#21> and <#20>. <:gear:30> <a:dance:31> <@&9>');
    expect(decodeMentions(sent, find, more)).toBe(text);
  });

  it('are people before roles of the same name', () => {
    expect(encodeMentions('@ada', members, more)).toBe('<@1>');
  });

  it('leave alone what is not there, part of something else, or sent already', () => {
    for (const text of ['@Moderatorship', '#generally', 'a#general', ':gears:', '<:gear:30>', 'https://x.example/#general', '`#general :gear:`', '<@&7>', '@everyone']) {
      expect(encodeMentions(text, members, more)).toBe(text);
    }
  });
});
