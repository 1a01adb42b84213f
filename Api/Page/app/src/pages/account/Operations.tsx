import { operationsOf } from '../../api';
import { OperationTable } from '../../components/OperationTable';
import { Pager } from '../../components/Pager';
import { Loaded } from '../../components/States';
import { useQuery } from '../../query';
import { setQuery, useRoute } from '../../router';

/** Every operation of an account, the newest first. */
export function Operations({ address }: { address: string }) {
  const page = Number(useRoute().query.get('page') ?? 1);
  const query = useQuery(`operations ${address} ${page}`, (signal) => operationsOf({ account: address }, page, signal), page === 1);
  return (
    <section class="panel flush" aria-label="History">
      <Loaded query={query} what="the history">
        {(data) => <>
          <OperationTable operations={data.data} empty="This account has done nothing yet." />
          <Pager pagination={data.pagination} onPage={(next) => setQuery({ page: next === 1 ? '' : String(next) })} what="operations" />
        </>}
      </Loaded>
    </section>
  );
}
