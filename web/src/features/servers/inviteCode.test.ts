// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { codeIn } from './inviteCode';

describe('the code of an invite', () => {
  it.each([
    ['hTKzmak', 'hTKzmak'],
    [' a-b_c ', 'a-b_c'],
    ['https://chat.example/invite/hTKzmak', 'hTKzmak'],
    ['http://127.0.0.1:8080/invite/hTKzmak?x=1', 'hTKzmak'],
    ['chat.example/invite/hTKzmak/', 'hTKzmak'],
    ['two words', null],
    ['https://chat.example/channels/1/2/3', null],
    ['', null],
  ])('in %j is %j', (text, code) => {
    expect(codeIn(text)).toBe(code);
  });
});
