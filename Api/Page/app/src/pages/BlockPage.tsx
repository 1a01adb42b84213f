import { block, operationsOf, subnetsAt, type SubnetAtBlock } from '../api';
import { CopyButton } from '../components/Address';
import { Amount, Price } from '../components/Amount';
import { byBigInt, byNumber, DataTable, type Column } from '../components/DataTable';
import { OperationTable } from '../components/OperationTable';
import { Pager } from '../components/Pager';
import { Empty, Loaded } from '../components/States';
import { Tabs } from '../components/Tabs';
import { compareDecimals } from '../logic/decimal';
import { grouped } from '../logic/amount';
import { clock } from '../logic/time';
import { useQuery } from '../query';
import { setQuery, useRoute } from '../router';

/** One block: its header, the operations that it took in, and what it did to each subnet. */
export function BlockPage({ number }: { number: bigint }) {
  const query = useQuery(`block ${number}`, (signal) => block(number, signal));
  return (
    <>
      <div class="title">
        <h1>Block {grouped(number)}</h1>
        {number > 0n ? <a href={`/blocks/${number - 1n}`}>← Before</a> : null}
        <a href={`/blocks/${number + 1n}`}>Next →</a>
      </div>
      <Loaded query={query} what={`block ${number}`}>
        {(one) => one === undefined
          ? <section class="panel"><Empty>Block {grouped(number)} has not closed. The newest ones are in the <a href="/blocks">list of blocks</a>.</Empty></section>
          : <>
              <section class="panel">
                <dl class="pairs">
                  <dt>Closed</dt><dd>{clock(one.timestamp)}</dd>
                  <dt>Hash</dt><dd class="mono">{one.hash} <CopyButton text={one.hash} what="the hash" /></dd>
                  <dt>Parent</dt><dd class="mono"><a href={`/blocks/${number - 1n}`}>{one.parentHash}</a></dd>
                  {one.stateRoot ? <><dt>State root</dt><dd class="mono">{one.stateRoot}</dd></> : null}
                  {one.issuance === null ? null : <><dt>Issuance</dt><dd><Amount rao={one.issuance} /></dd></>}
                  {one.emission === null ? null : <><dt>Emission</dt><dd><Amount rao={one.emission} /></dd></>}
                </dl>
              </section>
              <Tabs label="What to see of this block" tabs={[
                { key: 'operations', label: 'Operations', content: () => <InBlock number={number} /> },
                { key: 'subnets', label: 'Subnets', content: () => <AtBlock number={number} /> },
              ]} />
            </>}
      </Loaded>
    </>
  );
}

function InBlock({ number }: { number: bigint }) {
  const page = Number(useRoute().query.get('page') ?? 1);
  const query = useQuery(`operations in ${number} ${page}`, (signal) => operationsOf({ block: number }, page, signal));
  return (
    <section class="panel flush" aria-label="Operations">
      <Loaded query={query} what="operations">
        {(data) => <>
          <OperationTable operations={data.data} empty="No operation was decided in this block." />
          <Pager pagination={data.pagination} onPage={(next) => setQuery({ page: next === 1 ? '' : String(next) })} what="operations" />
        </>}
      </Loaded>
    </section>
  );
}

const COLUMNS: readonly Column<SubnetAtBlock>[] = [
  { key: 'netuid', label: 'Netuid', isNumber: true, cell: (one) => <a href={`/subnets/${one.netuid}`}>{one.netuid}</a>, compare: byNumber((one) => one.netuid) },
  { key: 'price', label: 'Price after', isNumber: true, cell: (one) => <Price value={one.price} digits={7} />, compare: (left, right) => compareDecimals(left.price, right.price) },
  { key: 'taoIn', label: 'TAO to the pool', isNumber: true, cell: (one) => <Amount rao={one.taoIn} />, compare: byBigInt((one) => one.taoIn) },
  { key: 'excess', label: 'TAO that bought alpha', isNumber: true, cell: (one) => <Amount rao={one.excess} />, compare: byBigInt((one) => one.excess) },
  { key: 'alphaIn', label: 'Alpha to the pool', isNumber: true, cell: (one) => <Amount rao={one.alphaIn} symbol="α" />, compare: byBigInt((one) => one.alphaIn) },
  { key: 'alphaOut', label: 'Alpha to people', isNumber: true, cell: (one) => <Amount rao={one.alphaOut} symbol="α" />, compare: byBigInt((one) => one.alphaOut) },
  { key: 'epoch', label: 'Epoch', cell: (one) => one.isEpoch ? <span class="badge good">paid</span> : '' },
];

function AtBlock({ number }: { number: bigint }) {
  const query = useQuery(`subnets at ${number}`, (signal) => subnetsAt(number, signal));
  return (
    <section class="panel flush" aria-label="Subnets">
      <Loaded query={query} what="subnets">
        {(data) => <DataTable caption="Subnets at this block" columns={COLUMNS} rows={data} rowKey={(one) => String(one.netuid)} sort={{ key: 'netuid', isDescending: false }} empty="Nothing is recorded of subnets at this block." />}
      </Loaded>
    </section>
  );
}
