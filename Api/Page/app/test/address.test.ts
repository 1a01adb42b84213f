import assert from 'node:assert/strict';
import { test } from 'node:test';
import { safely } from '../src/logic/search';

test('an address that is no text is shown as it stands', () => {
  assert.equal(safely(decodeURI, '/accounts/%E0%A4%A'), '/accounts/%E0%A4%A');
  assert.equal(safely(decodeURIComponent, '%2F%2FAlice'), '//Alice');
});
