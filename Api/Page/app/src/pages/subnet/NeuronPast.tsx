import { useEffect, useRef, useState } from 'preact/hooks';
import { arrivals, departures, epochs, type NeuronEpoch, type Pool, type Subnet } from '../../api';
import { Address } from '../../components/Address';
import { Amount } from '../../components/Amount';
import { DataTable, type Column } from '../../components/DataTable';
import { Pager } from '../../components/Pager';
import { Empty, Loaded } from '../../components/States';
import { grouped } from '../../logic/amount';
import { fixed } from '../../logic/decimal';
import { stays, type Stay } from '../../logic/seats';
import { clock } from '../../logic/time';
import { useQuery } from '../../query';
import { NeuronCurve } from './NeuronCurve';
import { BlockLink } from './SeatChanges';

/** Epochs that are drawn, and those on a page of the table. */
const DRAWN = 100;
const ROWS = 10;
/** Fewer are read better in the table alone. */
const DRAWN_MIN = 3;
const STAYS = 50;
/** Neither seats nor epochs change with every block. */
const REFRESH_MS = 5_000;

/** A uid's past: who held it, and what each epoch found for it. */
export function NeuronPast({ pool, subnet, uid }: { pool: Pool; subnet: Subnet | undefined; uid: number }) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => frame.current?.scrollIntoView({ block: 'nearest' }), []);
  return (
    <div class="past" ref={frame} role="region" aria-label={`History of uid ${uid}`}>
      <Holders netuid={pool.netuid} uid={uid} />
      <Epochs pool={pool} subnet={subnet} uid={uid} />
    </div>
  );
}

const STAY_COLUMNS: readonly Column<Stay>[] = [
  { key: 'hotkey', label: 'Hotkey', cell: (one) => <Address value={one.from.hotkey} of="validators" /> },
  { key: 'coldkey', label: 'Owner now', cell: (one) => <Address value={one.from.coldkey} /> },
  { key: 'from', label: 'From block', isNumber: true, cell: (one) => <BlockLink number={one.from.block} /> },
  { key: 'how', label: 'How', cell: (one) => one.from.cause },
  { key: 'cost', label: 'Cost', isNumber: true, cell: (one) => one.from.cost === null ? <span class="muted">–</span> : <Amount rao={one.from.cost} digits={6} /> },
  { key: 'until', label: 'Until block', isNumber: true, cell: (one) => one.until === null ? <span class="muted">–</span> : <BlockLink number={one.until.block} /> },
  { key: 'why', label: 'Why it left', cell: (one) => one.until?.cause ?? <span class="muted">–</span> },
];

function Holders({ netuid, uid }: { netuid: number; uid: number }) {
  const query = useQuery(`stays ${netuid} ${uid}`, async (signal) => {
    const [came, left] = await Promise.all([arrivals({ netuid, uid }, 1, STAYS, signal), departures({ netuid, uid }, 1, STAYS, signal)]);
    return { total: came.pagination.total_items, rows: stays({ data: came.data, total: came.pagination.total_items }, { data: left.data, total: left.pagination.total_items }) };
  }, true, REFRESH_MS);
  return (
    <section aria-labelledby={`holders-${uid}`}>
      <h3 id={`holders-${uid}`}>Who held uid {uid}</h3>
      <Loaded query={query} what="who held it">
        {({ total, rows }) => <>
          <DataTable caption={`Who held uid ${uid}`} columns={STAY_COLUMNS} rows={rows} rowKey={(one) => `${one.from.block} ${one.from.hotkey}`} empty="Nothing is recorded of this uid yet." />
          {total > rows.length ? <p class="muted small pager-note">The newest {rows.length} of {grouped(total)}.</p> : null}
        </>}
      </Loaded>
    </section>
  );
}

function Epochs({ pool, subnet, uid }: { pool: Pool; subnet: Subnet | undefined; uid: number }) {
  const { netuid, symbol } = pool;
  const [page, setPage] = useState(1);
  const drawn = useQuery(`curve ${netuid} ${uid}`, (signal) => epochs({ netuid, uid }, 1, DRAWN, signal), true, REFRESH_MS);
  const query = useQuery(`epochs ${netuid} ${uid} ${page}`, (signal) => epochs({ netuid, uid }, page, ROWS, signal), page === 1, REFRESH_MS);
  const columns: readonly Column<NeuronEpoch>[] = [
    { key: 'block', label: 'Block', isNumber: true, cell: (one) => <BlockLink number={one.block} /> },
    { key: 'time', label: 'Time', cell: (one) => <span class="muted">{clock(one.timestamp) || '–'}</span> },
    { key: 'hotkey', label: 'Hotkey', cell: (one) => <Address value={one.hotkey} of="validators" /> },
    { key: 'role', label: 'Role', cell: (one) => <span class={`badge ${one.hasPermit ? 'good' : ''}`}>{one.hasPermit ? 'validator' : 'miner'}</span> },
    { key: 'emission', label: 'Emission', isNumber: true, cell: (one) => <Amount rao={one.emission} symbol={symbol} digits={6} /> },
    { key: 'incentive', label: 'Incentive', isNumber: true, cell: (one) => fixed(one.incentive, 5) },
    { key: 'dividends', label: 'Dividends', isNumber: true, cell: (one) => fixed(one.dividends, 5) },
    { key: 'trust', label: 'Validator trust', isNumber: true, cell: (one) => fixed(one.trust, 5) },
    { key: 'consensus', label: 'Consensus', isNumber: true, cell: (one) => fixed(one.consensus, 5) },
    { key: 'weight', label: 'Stake weight', isNumber: true, title: 'Its part of the stake that the epoch counted', cell: (one) => fixed(one.stakeWeight, 5) },
    { key: 'alpha', label: 'Alpha stake', isNumber: true, cell: (one) => <Amount rao={one.alphaStake} symbol={symbol} digits={3} /> },
    { key: 'root', label: 'Root stake', isNumber: true, cell: (one) => <Amount rao={one.rootStake} digits={3} /> },
    { key: 'updated', label: 'Updated', isNumber: true, title: 'Blocks since it last set weights, or was registered', cell: (one) => `${grouped(one.updated)} blocks ago` },
    { key: 'active', label: 'Active', cell: (one) => one.isActive ? 'yes' : 'no' },
  ];
  return (
    <section aria-labelledby={`epochs-${uid}`}>
      <h3 id={`epochs-${uid}`}>What epochs found</h3>
      {drawn.data !== undefined && drawn.data.data.length >= DRAWN_MIN ? <NeuronCurve epochs={drawn.data.data} uid={uid} symbol={symbol} /> : null}
      <Loaded query={query} what="epochs">
        {(data) => data.pagination.total_items === 0 ? <Empty>{noEpoch(subnet)}</Empty> : <>
          <DataTable caption={`What epochs found for uid ${uid}`} columns={columns} rows={data.data} rowKey={(one) => String(one.block)} empty="There is nothing on this page of the list." />
          <Pager pagination={data.pagination} onPage={setPage} what="epochs" />
        </>}
      </Loaded>
    </section>
  );
}

function noEpoch(subnet: Subnet | undefined): string {
  const next = subnet?.blocksUntilEpoch ?? null;
  return `No epoch has run since somebody came to this uid.${next === null ? '' : ` The next one comes in ${grouped(next)} ${next === 1 ? 'block' : 'blocks'}.`}`;
}
