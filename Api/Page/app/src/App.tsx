import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { Shell } from './components/Shell';
import { Empty } from './components/States';
import { Account } from './pages/account/Account';
import { BlockPage } from './pages/BlockPage';
import { Blocks } from './pages/Blocks';
import { Cluster } from './pages/Cluster';
import { Overview } from './pages/Overview';
import { SearchPage } from './pages/SearchPage';
import { Subnet } from './pages/subnet/Subnet';
import { Swap } from './pages/swap/Swap';
import { ValidatorPage } from './pages/ValidatorPage';
import { Validators } from './pages/Validators';
import { safely, shortAddress } from './logic/search';
import { useRoute } from './router';

/** Which page stands at which path; the first that fits. */
const PAGES: readonly { path: RegExp; title: (found: readonly string[]) => string; page: (found: readonly string[]) => ComponentChildren }[] = [
  { path: /^\/(?:subnets)?$/, title: () => 'Subnets', page: () => <Overview /> },
  { path: /^\/subnets\/(\d{1,5})$/, title: ([netuid]) => `Subnet ${netuid}`, page: ([netuid]) => <Subnet key={netuid} netuid={Number(netuid)} /> },
  { path: /^\/accounts\/(.+)$/, title: ([address]) => `Account ${shortAddress(address!)}`, page: ([address]) => <Account key={address} address={safely(decodeURIComponent, address!)} /> },
  { path: /^\/validators$/, title: () => 'Validators', page: () => <Validators /> },
  { path: /^\/validators\/([^/]+)$/, title: ([hotkey]) => `Validator ${shortAddress(hotkey!)}`, page: ([hotkey]) => <ValidatorPage key={hotkey} hotkey={hotkey!} /> },
  { path: /^\/blocks$/, title: () => 'Blocks', page: () => <Blocks /> },
  { path: /^\/blocks\/(\d{1,19})$/, title: ([number]) => `Block ${number}`, page: ([number]) => <BlockPage key={number} number={BigInt(number!)} /> },
  { path: /^\/cluster$/, title: () => 'Cluster', page: () => <Cluster /> },
  { path: /^\/swap$/, title: () => 'Swap', page: () => <Swap /> },
  { path: /^\/search$/, title: () => 'Search', page: () => <SearchPage /> },
];

export function App() {
  const { path } = useRoute();
  const place = PAGES.find((one) => one.path.test(path));
  const found = place?.path.exec(path)?.slice(1) ?? [];
  const title = place?.title(found) ?? 'Nothing here';
  useEffect(() => {
    document.title = `${title} · Dtao`;
  }, [title]);
  return (
    <Shell>
      {place ? place.page(found) : <section class="panel"><h1>Nothing here</h1><Empty>No page stands at {path}. Search above, or go to the <a href="/">subnets</a>.</Empty></section>}
    </Shell>
  );
}
