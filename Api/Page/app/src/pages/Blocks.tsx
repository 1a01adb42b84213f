import { blocks, type Block } from '../api';
import { DataTable, type Column } from '../components/DataTable';
import { Pager } from '../components/Pager';
import { Loaded } from '../components/States';
import { grouped } from '../logic/amount';
import { clock } from '../logic/time';
import { useQuery } from '../query';
import { setQuery, useRoute } from '../router';

const COLUMNS: readonly Column<Block>[] = [
  { key: 'number', label: 'Block', isNumber: true, cell: (one) => <a href={`/blocks/${one.number}`}>{grouped(one.number)}</a> },
  { key: 'time', label: 'Closed', cell: (one) => clock(one.timestamp) },
  { key: 'operations', label: 'Operations', isNumber: true, cell: (one) => one.operations === null ? '–' : grouped(one.operations) },
  { key: 'hash', label: 'Hash', cell: (one) => <span class="mono muted" title={one.hash}>{one.hash.slice(0, 22)}…</span> },
];

/** The newest blocks. */
export function Blocks() {
  const page = Number(useRoute().query.get('page') ?? 1);
  const query = useQuery(`blocks ${page}`, (signal) => blocks(page, signal), page === 1);
  return (
    <>
      <h1>Blocks</h1>
      <section class="panel flush" aria-label="Blocks">
        <Loaded query={query} what="blocks">
          {(data) => <>
            <DataTable caption="Blocks" columns={COLUMNS} rows={data.data} rowKey={(one) => String(one.number)} empty="No block has closed yet." />
            <Pager pagination={data.pagination} onPage={(next) => setQuery({ page: next === 1 ? '' : String(next) })} what="blocks" />
          </>}
        </Loaded>
      </section>
    </>
  );
}
