import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changePercent, compareDecimals, fixed, isNegative, significant, sumDecimals } from '../src/logic/decimal';

test('a price keeps its first digits, the rest cut off', () => {
  const rows: [string, number, string][] = [
    ['0.210032406999', 6, '0.210032'],
    ['0.000000123456789', 4, '0.0000001234'],
    ['123.456', 4, '123.4'],
    ['1234567.5', 4, '1,234,567'],
    ['0', 6, '0'],
    ['1', 6, '1'],
    ['-0.5', 2, '-0.5'],
  ];
  for (const [text, digits, shown] of rows) assert.equal(significant(text, digits), shown);
});

test('decimals compare and add up exactly, where Numbers would not', () => {
  assert.equal(compareDecimals('0.300000000000000001', '0.300000000000000000'), 1);
  assert.equal(compareDecimals('-1', '0.1'), -1);
  assert.equal(compareDecimals('01.50', '1.5'), 0);
  assert.equal(sumDecimals(['0.1', '0.2', '0.000000000000000001']), '0.300000000000000001');
  assert.equal(sumDecimals([]), '0');
});

test('a change is told in percent with two digits', () => {
  assert.equal(changePercent('2', '2.5'), '25.00');
  assert.equal(changePercent('3', '2'), '-33.33');
  assert.equal(changePercent('0', '2'), null);
  assert.equal(isNegative('-0.00'), false);
  assert.equal(isNegative('-0.01'), true);
  assert.equal(fixed('18', 2), '18.00');
});
