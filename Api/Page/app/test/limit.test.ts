import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBillionths, rateOf, toBillionths, withTolerance } from '../src/logic/limit';
import { callOf, hasLimit, initialForm } from '../src/pages/swap/form';

test('a price keeps nine digits, cut off', () => {
  assert.equal(toBillionths('0.203941003999999999'), 203_941_003n);
  assert.equal(toBillionths('12'), 12_000_000_000n);
  assert.equal(fromBillionths(203_941_003n), '0.203941003');
  assert.equal(fromBillionths(12_000_000_000n), '12.000000000');
});

test('a tolerance is never more than it says', () => {
  assert.equal(withTolerance(1_000_000_003n, 50n, true), 1_005_000_003n);
  assert.equal(withTolerance(1_000_000_003n, 50n, false), 995_000_003n);
  assert.equal(withTolerance(1n, 50n, false), 1n);
  assert.equal(rateOf(200_000_000n, 400_000_000n), 500_000_000n);
  assert.equal(rateOf(1n, 0n), null);
});

test('a limit makes it the limited call, and only where a price can be passed', () => {
  const form = { ...initialForm(new URLSearchParams('netuid=3&hotkey=5H'), [{ name: '//Alice', address: '5A' }]), takesPart: true };
  assert.deepEqual(callOf(form, 7n), { kind: 'add_stake', amount: '7', hotkey: '5H', netuid: 3 });
  assert.deepEqual(callOf(form, 7n, 9n), { kind: 'add_stake_limit', amount: '7', limit: '9', allow_partial: true, hotkey: '5H', netuid: 3 });
  assert.equal(callOf({ ...form, operation: 'remove_stake' }, 7n, 9n)?.kind, 'remove_stake_limit');
  assert.equal(callOf({ ...form, operation: 'swap_stake', toNetuid: 4 }, 7n, 9n)?.kind, 'swap_stake_limit');
  assert.equal(callOf({ ...form, netuid: 0 }, 7n, 9n)?.kind, 'add_stake');
  assert.deepEqual([hasLimit({ ...form, operation: 'swap_stake' }), hasLimit({ ...form, operation: 'transfer_stake' })], [false, false]);
});
