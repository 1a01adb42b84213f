import { changes, type BalanceChange } from '../../api';
import { Address } from '../../components/Address';
import { Amount } from '../../components/Amount';
import { DataTable, type Column } from '../../components/DataTable';
import { Pager } from '../../components/Pager';
import { Loaded } from '../../components/States';
import { clock } from '../../logic/time';
import { useQuery } from '../../query';
import { setQuery, useRoute } from '../../router';

const COLUMNS: readonly Column<BalanceChange>[] = [
  { key: 'block', label: 'Block', isNumber: true, cell: (one) => <a href={`/blocks/${one.block}`}>{String(one.block)}</a> },
  { key: 'time', label: 'Time', cell: (one) => <span class="muted">{clock(one.timestamp)}</span> },
  { key: 'cause', label: 'Because of', cell: (one) => <><strong>{one.calls[0]?.call ?? one.cause}</strong> <span class="muted">{one.calls.length > 0 ? one.cause : ''}{one.calls.length > 1 ? ` and ${one.calls.length - 1} more` : ''}</span></> },
  { key: 'change', label: 'Change', isNumber: true, cell: (one) => <span class={one.delta < 0n ? 'down' : 'up'}>{one.delta > 0n ? '+' : ''}<Amount rao={one.delta} /></span> },
  { key: 'after', label: 'Free after', isNumber: true, cell: (one) => <Amount rao={one.after} /> },
  { key: 'other', label: 'With', cell: (one) => one.counterparty ? <Address value={one.counterparty} /> : one.netuid === null ? <span class="muted">–</span> : <a href={`/subnets/${one.netuid}`}>subnet {one.netuid}</a> },
];

/** Each change of a balance with its cause. */
export function Changes({ address }: { address: string }) {
  const page = Number(useRoute().query.get('page') ?? 1);
  const query = useQuery(`changes ${address} ${page}`, (signal) => changes(address, page, signal), page === 1);
  return (
    <section class="panel flush" aria-label="Changes of the balance">
      <Loaded query={query} what="changes">
        {(data) => <>
          <DataTable caption="Changes of the free balance" columns={COLUMNS} rows={data.data} rowKey={(one) => one.id} empty="The free balance has not changed since genesis." />
          <Pager pagination={data.pagination} onPage={(next) => setQuery({ page: next === 1 ? '' : String(next) })} what="changes" />
        </>}
      </Loaded>
    </section>
  );
}
