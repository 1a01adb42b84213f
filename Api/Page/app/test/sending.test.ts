import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../src/http';
import { isUnknown, sendOnce } from '../src/pages/swap/sending';

const call = { kind: 'add_stake', amount: '1' };
const problem = (status: number) => new ApiError(status, '', '', 1, '', '', '');

function storage() {
  const kept = new Map<string, string>();
  return { getItem: (name: string) => kept.get(name) ?? null, setItem: (name: string, value: string) => void kept.set(name, value), removeItem: (name: string) => void kept.delete(name) };
}

test('a key is kept while the outcome is unknown, and for no longer', async () => {
  const kept = storage();
  const keys: string[] = [];
  const send = (error: unknown) => sendOnce('5A', call, (key) => {
    keys.push(key);
    return error ? Promise.reject(error) : Promise.resolve(key);
  }, kept).catch(() => undefined);

  for (const error of [problem(0), problem(503), problem(429), null]) await send(error);
  assert.equal(new Set(keys).size, 1);

  await send(problem(422));
  await send(null);
  assert.equal(new Set(keys).size, 3);
});

test('two accounts, and two calls, have keys of their own', async () => {
  const kept = storage();
  const keys = new Set<string>();
  const fail = (from: string, amount: string) => sendOnce(from, { ...call, amount }, (key) => {
    keys.add(key);
    return Promise.reject(problem(503));
  }, kept).catch(() => undefined);
  await fail('5A', '1');
  await fail('5B', '1');
  await fail('5A', '2');
  assert.equal(keys.size, 3);
});

test('only an answer that says no ends an operation', () => {
  assert.deepEqual([0, 429, 500, 503].map((status) => isUnknown(problem(status))), [true, true, true, true]);
  assert.deepEqual([400, 409, 422].map((status) => isUnknown(problem(status))), [false, false, false]);
  assert.equal(isUnknown(new TypeError()), true);
});
