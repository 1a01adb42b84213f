import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => /\.(ts|tsx|css)$/.test(name)).map((name) => join('src', name));

test('amounts become Numbers nowhere but where they are drawn', () => {
  // What makes a Number of a page's number, a netuid, or a block on an axis is named here, with how often it may.
  const allowed = new Map([['logic/pixels.ts', 2]]);
  for (const name of sources) {
    const text = readFileSync(name, 'utf8');
    const made = (text.match(/\bNumber\((?!one\.number\)|netuid\)|query\.get\('netuid'\)|useRoute\(\)\.query\.get\('page'\))/g) ?? []).length + (text.match(/\bparse(Float|Int)\(/g) ?? []).length;
    const limit = [...allowed].find(([end]) => name.endsWith(end))?.[1] ?? 0;
    assert.ok(made <= limit, `${name} makes ${made} Numbers`);
  }
});

test('nothing is asked of another origin, and no file is longer than a reading', () => {
  for (const name of sources) {
    const text = readFileSync(name, 'utf8');
    assert.doesNotMatch(text, /https?:\/\/|@import|url\(/, name);
    assert.ok(text.split('\n').length < 300, name);
  }
});
