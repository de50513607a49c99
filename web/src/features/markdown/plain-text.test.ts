// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { plainText } from './plain-text';

describe('plainText', () => {
  it.each([
    ['**a** _b_ ~~c~~ __d__', 'a b c d'],
    ['a\n\nb', 'a b'],
    ['# a\nb', 'a b'],
    ['> a\nb', 'a b'],
    ['- a\n- b', '• a • b'],
    ['2. a\n3. b', '2. a 3. b'],
    ['see ```js\nlet a;\n``` and `b`', 'see let a; and b'],
    ['[a](https://example.org) https://b.example', 'a https://b.example'],
    ['the murderer is ||the gardener||', 'the murderer is (spoiler)'],
    ['<:party:1> 😀', ':party: 😀'],
    ['</ping:1> @here', '/ping @here'],
  ])('%j', (text, plain) => {
    expect(plainText(text)).toBe(plain);
  });

  it('names what is mentioned', () => {
    const names = {
      users: (id: string) => (id === '1' ? { username: 'ada', global_name: null } : undefined),
      channels: (id: string) => (id === '2' ? { name: 'general' } : undefined),
      roles: (id: string) => (id === '3' ? { name: 'mods' } : undefined),
    };
    expect(plainText('<@1> <#2> <@&3>', names)).toBe('@ada #general @mods');
    expect(plainText('<@1> <#2> <@&3>')).toBe('@unknown user #unknown channel @unknown role');
  });
});
