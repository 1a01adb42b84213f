import assert from 'node:assert/strict';
import { test } from 'node:test';
import { destination, shortAddress } from '../src/logic/search';

test('a search leads to what its text can only be', () => {
  const alice = '5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY';
  const rows: [string, string | null][] = [
    ['1', '/subnets/1'],
    ['sn 12', '/subnets/12'],
    ['12345', '/blocks/12345'],
    ['#7', '/blocks/7'],
    ['block 7', '/blocks/7'],
    [alice, `/accounts/${alice}`],
    ['//Alice', '/accounts/%2F%2FAlice'],
    [`0x${'ab'.repeat(32)}`, `/accounts/0x${'ab'.repeat(32)}`],
    ['Lantern', null],
    ['  ', null],
  ];
  for (const [text, place] of rows) assert.equal(destination(text), place, text);
  assert.equal(shortAddress(alice), '5Grwva…utQY');
});
