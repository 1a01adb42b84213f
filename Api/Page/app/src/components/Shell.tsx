import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { grouped } from '../logic/amount';
import { clock } from '../logic/time';
import { connection, head } from '../live';
import { useRoute } from '../router';
import { useStore } from '../store';
import { theme, toggleTheme } from '../theme';
import { Search } from './Search';

const LINKS = [
  { to: '/', label: 'Subnets', of: /^\/($|subnets)/ },
  { to: '/validators', label: 'Validators', of: /^\/validators/ },
  { to: '/blocks', label: 'Blocks', of: /^\/(blocks|operations)/ },
  { to: '/cluster', label: 'Cluster', of: /^\/cluster/ },
  { to: '/swap', label: 'Swap', of: /^\/swap/ },
];

/** What stands around every page: where to go, the search, the newest block, the theme. */
export function Shell({ children }: { children: ComponentChildren }) {
  const { path } = useRoute();
  const shownTheme = useStore(theme);
  const other = shownTheme === 'dark' ? 'light' : 'dark';
  return (
    <>
      <a class="skip" href="#main">Skip to the content</a>
      <header class="top">
        <a class="brand" href="/"><img src="/favicon.svg" alt="" width="22" height="22" /> Dtao</a>
        <nav aria-label="Main">
          {LINKS.map((link) => <a key={link.to} href={link.to} aria-current={link.of.test(path) ? 'page' : undefined}>{link.label}</a>)}
        </nav>
        <Search />
        <HeadBlock />
        <button type="button" class="quiet" onClick={toggleTheme} aria-label={`Show the ${other} theme`} title={`Show the ${other} theme`}>{shownTheme === 'dark' ? '☀' : '☾'}</button>
      </header>
      <main id="main" tabIndex={-1}>{children}</main>
      <footer class="bottom">
        <a href="/reference">API reference</a>
        <a href="/licences.txt">Licences</a>
        <span class="muted">Amounts are whole rao, exact to the last one: 1 τ = 1,000,000,000 rao.</span>
      </footer>
      <Announcer />
    </>
  );
}

function HeadBlock() {
  const block = useStore(head);
  const state = useStore(connection);
  if (!block) return <span class="head muted">{state === 'lost' ? 'no network' : 'block …'}</span>;
  return (
    <a class="head" href={`/blocks/${block.blockNumber}`} title={`Closed ${clock(block.timestamp)}; ${state === 'live' ? 'blocks come as they close' : state === 'asked' ? 'asked for every two seconds' : 'the connection is lost'}`}>
      <span class={`dot ${state}`} aria-hidden="true" />
      <span key={block.blockNumber} class="flash">block {grouped(block.blockNumber)}</span>
    </a>
  );
}

/** Tells a screen reader about new blocks, at most every half minute: a network closes one a second. */
function Announcer() {
  const [text, setText] = useState('');
  useEffect(() => {
    let toldAt = 0;
    return head.subscribe(() => {
      const block = head.get();
      if (!block || Date.now() - toldAt < 30_000) return;
      toldAt = Date.now();
      setText(`Block ${block.blockNumber} closed.`);
    });
  }, []);
  return <div class="hidden" aria-live="polite">{text}</div>;
}
