// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { actionName, changeLines, nameIn, toneOf } from './auditText';

const entry = (changes: { key: string; old_value?: unknown; new_value?: unknown }[], action_type = 31) => ({
  id: '1',
  user_id: '2',
  target_id: '3',
  action_type,
  changes,
});

describe('the audit log', () => {
  it('says in words what was done', () => {
    expect(actionName(22)).toBe('Banned a member');
    expect(actionName(9999)).toBe('Other');
    expect([toneOf(30), toneOf(31), toneOf(32)]).toEqual(['made', 'changed', 'gone']);
  });

  it('says each change', () => {
    expect(
      changeLines(
        entry([
          { key: 'name', old_value: 'old', new_value: 'new' },
          { key: 'hoist', new_value: true },
          { key: 'topic', old_value: 'tea' },
          { key: '$add', new_value: [{ id: '5', name: 'Moderator' }] },
        ]),
      ),
    ).toEqual(['name: old → new', 'hoist: yes', 'topic was tea', 'Gave Moderator']);
    expect(nameIn(entry([{ key: 'name', old_value: 'gone' }], 32))).toBe('gone');
    expect(nameIn(entry([]))).toBeNull();
  });
});
