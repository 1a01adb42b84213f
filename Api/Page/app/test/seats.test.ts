import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Arrival, Departure } from '../src/api/neurons';
import { stays } from '../src/logic/seats';

const came = (block: bigint, hotkey: string): Arrival => ({ block, hotkey, timestamp: '', uid: 1, coldkey: '', cost: null, cause: 'registered', former: '' });
const left = (block: bigint, hotkey: string): Departure => ({ block, hotkey, timestamp: '', uid: 1, coldkey: '', cause: 'replaced', next: '', incentive: '0', emission: 0n, registeredAt: 0n });
const shown = (arrivals: Arrival[], departures: Departure[], more = 0) =>
  stays({ data: arrivals, total: arrivals.length + more }, { data: departures, total: departures.length + more }).map((one) => `${one.from.hotkey} ${one.from.block}-${one.until?.block ?? ''}`);

test('who holds a uid has no end, and each before has its own, also who came twice', () => {
  assert.deepEqual(shown([came(9n, 'a'), came(5n, 'b'), came(0n, 'a')], [left(9n, 'b'), left(5n, 'a')]), ['a 9-', 'b 5-9', 'a 0-5']);
  assert.deepEqual(shown([came(5n, 'b'), came(5n, 'a')], [left(5n, 'a')], 60), ['b 5-', 'a 5-5']);
});

test('a uid that nobody has now has an end for everybody', () => {
  assert.deepEqual(shown([came(5n, 'b'), came(0n, 'a')], [left(7n, 'b'), left(5n, 'a')]), ['b 5-7', 'a 0-5']);
  assert.deepEqual(shown([came(5n, 'b'), came(0n, 'a')], [left(7n, 'b'), left(3n, 'a')]), ['b 5-7', 'a 0-3']);
  assert.deepEqual(shown([], []), []);
});

test('what a block changed in one of the two answers only is left open', () => {
  assert.deepEqual(shown([came(5n, 'b'), came(0n, 'a')], [left(9n, 'b'), left(5n, 'a')]), ['b 5-9', 'a 0-5']);
  assert.deepEqual(shown([came(0n, 'a')], [left(9n, 'b'), left(9n, 'a')]), ['a 0-']);
});
