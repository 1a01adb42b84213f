import { useState } from 'preact/hooks';
import { pools, stats, type Pool } from '../api';
import { Amount, Change, Price } from '../components/Amount';
import { byBigInt, byNumber, byText, DataTable, type Column } from '../components/DataTable';
import { Facts } from '../components/Facts';
import { Sparkline } from '../components/Sparkline';
import { Loaded } from '../components/States';
import { compareDecimals, significant, sumDecimals } from '../logic/decimal';
import { grouped } from '../logic/amount';
import { ago } from '../logic/time';
import { head } from '../live';
import { useQuery } from '../query';
import { useStore } from '../store';

const decimalsOf = (of: (row: Pool) => string | null) => (left: Pool, right: Pool) => compareDecimals(of(left) ?? '0', of(right) ?? '0');

const COLUMNS: readonly Column<Pool>[] = [
  { key: 'netuid', label: 'Netuid', isNumber: true, cell: (one) => one.netuid, compare: byNumber((one) => one.netuid) },
  { key: 'name', label: 'Subnet', cell: (one) => <a class="name-cell" href={`/subnets/${one.netuid}`}>{one.name || `Subnet ${one.netuid}`} <span class="badge">{one.symbol}</span></a>, compare: byText((one) => one.name) },
  { key: 'price', label: 'Price', isNumber: true, title: 'TAO for one alpha, at the margin', cell: (one) => <Price value={one.price} />, compare: decimalsOf((one) => one.price) },
  { key: 'hour', label: '1 h', isNumber: true, cell: (one) => <Change percent={one.change.hour} />, compare: decimalsOf((one) => one.change.hour) },
  { key: 'day', label: '24 h', isNumber: true, cell: (one) => <Change percent={one.change.day} />, compare: decimalsOf((one) => one.change.day) },
  { key: 'line', label: '7 days', cell: (one) => <Sparkline values={one.prices} /> },
  { key: 'liquidity', label: 'Liquidity', isNumber: true, title: 'TAO and alpha in the pool, in TAO', cell: (one) => <Amount rao={one.liquidity} digits="compact" />, compare: byBigInt((one) => one.liquidity) },
  { key: 'volume', label: 'Volume 24 h', isNumber: true, title: 'TAO that was swapped', cell: (one) => one.volumeDay === null ? <span class="muted">–</span> : <Amount rao={one.volumeDay} digits="compact" />, compare: byBigInt((one) => one.volumeDay ?? 0n) },
  { key: 'cap', label: 'Market cap', isNumber: true, cell: (one) => <Amount rao={one.marketCap} digits="compact" />, compare: byBigInt((one) => one.marketCap) },
];

/** The network at a glance, and every subnet. */
export function Overview() {
  const block = useStore(head);
  const [text, setText] = useState('');
  const all = useQuery('pools', pools, true);
  const numbers = useQuery('stats', stats, true);
  const wanted = text.trim().toLowerCase();
  const fits = (one: Pool) => wanted === '' || one.name.toLowerCase().includes(wanted) || one.symbol.toLowerCase() === wanted || String(one.netuid) === wanted;
  const subnets = (all.data ?? []).filter((one) => one.netuid !== 0);
  return (
    <>
      <h1>Network</h1>
      <Facts facts={[
        { label: 'Block', value: block ? grouped(block.blockNumber) : '–', note: block ? `closed ${ago(block.timestamp)}` : undefined },
        { label: 'Issuance', value: numbers.data ? <Amount rao={numbers.data.issued} digits={3} /> : '–' },
        { label: 'Sum of prices', value: all.data ? `${significant(sumDecimals(subnets.map((one) => one.price)), 7)} τ` : '–' },
        { label: 'Subnets', value: all.data ? subnets.length : '–' },
      ]} />
      <section class="panel flush" aria-labelledby="subnets">
        <div class="panel-head">
          <h2 id="subnets">Subnets</h2>
          <input type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} aria-label="Show only subnets with this name, symbol, or netuid" placeholder="Filter" />
        </div>
        <Loaded query={all} what="the subnets">
          {() => <DataTable caption="Subnets" columns={COLUMNS} rows={subnets.filter(fits)} rowKey={(one) => String(one.netuid)} sort={{ key: 'cap', isDescending: true }}
            empty={wanted === '' ? 'This network has no subnets yet.' : <>No subnet fits “{text}”. <button type="button" onClick={() => setText('')}>Show all</button></>} />}
        </Loaded>
      </section>
    </>
  );
}
