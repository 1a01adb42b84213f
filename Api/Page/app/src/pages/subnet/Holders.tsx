import { holders, type Pool, type Position } from '../../api';
import { Address } from '../../components/Address';
import { Amount } from '../../components/Amount';
import { byBigInt, DataTable, type Column } from '../../components/DataTable';
import { Pager } from '../../components/Pager';
import { Loaded } from '../../components/States';
import { percentOf } from '../../logic/amount';
import { useQuery } from '../../query';
import { setQuery, useRoute } from '../../router';

/** Who holds this subnet's alpha, the largest first. */
export function Holders({ pool }: { pool: Pool }) {
  const page = Number(useRoute().query.get('page') ?? 1);
  const query = useQuery(`holders ${pool.netuid} ${page}`, (signal) => holders(pool.netuid, page, signal), true);
  const columns: readonly Column<Position>[] = [
    { key: 'coldkey', label: 'Holder', cell: (one) => <Address value={one.coldkey} /> },
    { key: 'hotkey', label: 'On hotkey', cell: (one) => <Address value={one.hotkey} name={one.hotkeyName} of="validators" /> },
    { key: 'balance', label: 'Alpha', isNumber: true, cell: (one) => <Amount rao={one.balance} symbol={pool.symbol} digits={6} />, compare: byBigInt((one) => one.balance) },
    { key: 'tao', label: 'Value', isNumber: true, cell: (one) => <Amount rao={one.value} digits={3} />, compare: byBigInt((one) => one.value) },
    { key: 'share', label: 'Of all held', isNumber: true, cell: (one) => `${percentOf(one.balance, pool.alphaStaked)}%`, compare: byBigInt((one) => one.balance) },
  ];
  return (
    <section class="panel flush" aria-label="Holders">
      <Loaded query={query} what="holders">
        {(data) => <>
          <DataTable caption="Holders" columns={columns} rows={data.data} rowKey={(one) => `${one.coldkey} ${one.hotkey}`} empty="Nobody holds this subnet's alpha yet. Stake some to be the first." />
          <Pager pagination={data.pagination} onPage={(next) => setQuery({ page: next === 1 ? '' : String(next) })} what="positions" />
        </>}
      </Loaded>
    </section>
  );
}
