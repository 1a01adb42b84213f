import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compact, exact, parseAmount, percentOf, rao, short } from '../src/logic/amount';

test('an amount is shown to its last rao', () => {
  const rows: [bigint, string][] = [
    [0n, '0.000000000'],
    [1n, '0.000000001'],
    [1_234_567_890_123n, '1,234.567890123'],
    [-5n, '-0.000000005'],
    [18_446_744_073_709_551_615n, '18,446,744,073.709551615'],
    [9_007_199_254_740_993n, '9,007,199.254740993'],
  ];
  for (const [amount, text] of rows) assert.equal(exact(amount), text);
});

test('a shortened amount is cut off and never more than what is there', () => {
  assert.equal(short(1_999_999_999n, 3), '1.999');
  assert.equal(short(999_999_999n, 0), '0');
  assert.equal(compact(9_999_999_999_999n), '9,999.9');
  assert.equal(compact(12_349_999_999_999n), '12.34k');
  assert.equal(compact(1_509_999_000_000_000n), '1.50M');
  assert.equal(compact(99_999_999_999n), '99.999');
});

test('what is typed becomes whole rao, and comes back the same', () => {
  for (const text of ['0.000000001', '12.5', '.5', '7', '18446744073.709551615', '1,000', '1,234,567.5']) {
    const parsed = parseAmount(text);
    assert.ok('rao' in parsed, text);
    assert.deepEqual(parseAmount(exact(parsed.rao)), parsed);
  }
  assert.deepEqual(parseAmount('12.5'), { rao: 12_500_000_000n });
});

test('what is no amount is told why', () => {
  for (const text of ['', 'ten', '1e9', '-1', '0', '0.0000000001', '18446744073.709551616', '1.2.3', 'NaN', '12,5', '1,50', '1,0000', '1.5,000', ',5']) {
    assert.ok('fault' in parseAmount(text), text);
  }
});

test('rao come from text without a loss', () => {
  assert.equal(rao('9007199254740993'), 9_007_199_254_740_993n);
  assert.equal(rao(null), 0n);
  assert.throws(() => rao('1.5'));
});

test('a part of a whole is cut off at hundredths of a percent', () => {
  assert.equal(percentOf(1n, 3n), '33.33');
  assert.equal(percentOf(-1n, 200n), '-0.50');
  assert.equal(percentOf(1n, 0n), '0.00');
});
