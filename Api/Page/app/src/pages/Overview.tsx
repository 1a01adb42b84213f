import { useState } from 'preact/hooks';
import { block as readBlock, courses, pools, subnetsAt, type Pool } from '../api';
import { Amount, Change, Price } from '../components/Amount';
import { byBigInt, byNumber, byText, DataTable, type Column } from '../components/DataTable';
import { Facts } from '../components/Facts';
import { Sparkline } from '../components/Sparkline';
import { Loaded } from '../components/States';
import { changePercent, compareDecimals, significant, sumDecimals } from '../logic/decimal';
import { grouped, percentOf } from '../logic/amount';
import { ago } from '../logic/time';
import { head } from '../live';
import { useQuery } from '../query';
import { useStore } from '../store';

const decimalsOf = (of: (row: Row) => string | null) => (left: Row, right: Row) => compareDecimals(of(left) ?? '0', of(right) ?? '0');

/** A pool with its part of the newest block's emission. */
interface Row extends Pool {
  readonly emission: bigint;
  readonly share: string;
  /** The change in the last hour, or since it began. */
  readonly lately: string | null;
}

const SINCE_IT_BEGAN = 'Since it began: the subnet is younger than an hour';

const COLUMNS: readonly Column<Row>[] = [
  { key: 'netuid', label: 'Netuid', isNumber: true, cell: (one) => one.netuid, compare: byNumber((one) => one.netuid) },
  { key: 'name', label: 'Subnet', cell: (one) => <a class="name-cell" href={`/subnets/${one.netuid}`}>{one.name || `Subnet ${one.netuid}`} <span class="badge">{one.symbol}</span></a>, compare: byText((one) => one.name) },
  { key: 'price', label: 'Price', isNumber: true, title: 'TAO for one alpha, at the margin', cell: (one) => <Price value={one.price} />, compare: decimalsOf((one) => one.price) },
  { key: 'hour', label: '1 h', isNumber: true, title: 'Of a younger subnet since it began', cell: (one) => <Change percent={one.lately} title={one.change.hour === null ? SINCE_IT_BEGAN : undefined} />, compare: decimalsOf((one) => one.lately) },
  { key: 'day', label: '24 h', isNumber: true, cell: (one) => <Change percent={one.change.day} />, compare: decimalsOf((one) => one.change.day) },
  { key: 'line', label: 'Course', title: 'Seven days; of a younger subnet the last hour, or since it began', cell: (one) => <Sparkline values={one.prices} /> },
  { key: 'emission', label: 'Emission', isNumber: true, title: 'Part of the TAO that the newest block emitted', cell: (one) => <span class="amount"><span class="bar" aria-hidden="true"><i style={{ width: `${one.share}%` }} /></span><span class="share">{one.share}%</span></span>, compare: byBigInt((one) => one.emission) },
  { key: 'liquidity', label: 'Liquidity', isNumber: true, title: 'TAO and alpha in the pool, in TAO', cell: (one) => <Amount rao={one.liquidity} digits="compact" />, compare: byBigInt((one) => one.liquidity) },
  { key: 'volume', label: 'Volume 24 h', isNumber: true, title: 'TAO that was swapped', cell: (one) => one.volumeDay === null ? <span class="muted">–</span> : <Amount rao={one.volumeDay} digits="compact" />, compare: byBigInt((one) => one.volumeDay ?? 0n) },
  { key: 'cap', label: 'Market cap', isNumber: true, cell: (one) => <Amount rao={one.marketCap} digits="compact" />, compare: byBigInt((one) => one.marketCap) },
];

/** Below so many pieces of four hours a course of seven days says nothing; the last hour is asked for then, of so many subnets at most. */
const YOUNG = 6;
const COURSES = 32;
const COURSE_MS = 5_000;

/** The network at a glance, and every subnet. */
export function Overview() {
  const block = useStore(head);
  const [text, setText] = useState('');
  const all = useQuery('pools', pools, true);
  const newest = useQuery('newest block', (signal) => readBlock('latest', signal), true);
  const emission = useQuery('emission', (signal) => subnetsAt('latest', signal), true);
  const wanted = text.trim().toLowerCase();
  const fits = (one: Pool) => wanted === '' || one.name.toLowerCase().includes(wanted) || one.symbol.toLowerCase() === wanted || String(one.netuid) === wanted;
  const parts = new Map((emission.data ?? []).map((one) => [one.netuid, one.taoIn + one.excess]));
  const whole = [...parts.values()].reduce((sum, part) => sum + part, 0n);
  const young = (all.data ?? []).filter((one) => one.netuid !== 0 && one.prices.length < YOUNG).slice(0, COURSES).map((one) => one.netuid);
  const lately = useQuery(`courses ${young.join()}`, (signal) => courses(young, signal), true, COURSE_MS);
  const subnets = (all.data ?? []).filter((one) => one.netuid !== 0).map((one): Row => {
    const part = parts.get(one.netuid) ?? 0n;
    const course = one.prices.length < YOUNG ? [...(lately.data?.get(one.netuid) ?? []), one.price] : one.prices;
    return { ...one, emission: part, share: percentOf(part, whole), prices: course, lately: one.change.hour ?? (course.length > 1 ? changePercent(course[0]!, one.price) : null) };
  });
  return (
    <>
      <h1>Network</h1>
      <Facts facts={[
        { label: 'Block', value: block ? grouped(block.blockNumber) : '–', note: block ? `closed ${ago(block.timestamp)}` : undefined },
        { label: 'Issuance', value: newest.data?.issuance ? <Amount rao={newest.data.issuance} digits={3} /> : '–' },
        { label: 'Emission of a block', value: newest.data?.emission ? <Amount rao={newest.data.emission} /> : '–' },
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
