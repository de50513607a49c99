// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { compareIds, idTime, isNewer, newest, nextId, previousId } from './ids';

describe('ids', () => {
  it('compares as numbers, not as text', () => {
    expect(compareIds('9', '10')).toBeLessThan(0);
    expect(compareIds('1574791343094366216', '1574791343094366217')).toBeLessThan(0);
    expect(compareIds('5', '5')).toBe(0);
  });

  it('counts beyond what a float can hold', () => {
    expect(nextId('1574791343094366216')).toBe('1574791343094366217');
    expect(previousId('1574791343094366216')).toBe('1574791343094366215');
  });

  it('treats nothing as older than anything', () => {
    expect(isNewer('1', null)).toBe(true);
    expect(isNewer(null, '1')).toBe(false);
    expect(newest(undefined, '7')).toBe('7');
    expect(newest(null, undefined)).toBeNull();
  });

  it('tells the time of an id', () => {
    expect(idTime('0')).toBe(1420070400000);
    expect(idTime(String(1000n << 22n))).toBe(1420070401000);
  });
});
