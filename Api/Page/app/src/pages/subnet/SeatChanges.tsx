import { arrivals, departures, type Arrival, type Departure, type Pool, type Subnet } from '../../api';
import { Address } from '../../components/Address';
import { Amount } from '../../components/Amount';
import { Choice } from '../../components/Choice';
import { DataTable, type Column } from '../../components/DataTable';
import { Pager } from '../../components/Pager';
import { Loaded } from '../../components/States';
import { grouped } from '../../logic/amount';
import { fixed } from '../../logic/decimal';
import { clock } from '../../logic/time';
import { useQuery } from '../../query';
import { setQuery, useRoute } from '../../router';

const LISTS = [
  { value: 'came', label: 'Registrations' },
  { value: 'left', label: 'Deregistrations' },
] as const;

const ROWS = 10;
const BEYOND = 'There is nothing on this page of the list.';

/** Who came to a uid of a subnet, and who lost one, the newest first. */
export function SeatChanges({ pool, subnet }: { pool: Pool; subnet: Subnet | undefined }) {
  const { query } = useRoute();
  const list = query.get('seats') === 'left' ? 'left' : 'came';
  return (
    <section class="panel flush" aria-labelledby="seats">
      <div class="panel-head">
        <h2 id="seats">Who came, who left</h2>
        <Choice label="Which list" options={LISTS} value={list} onChange={(value) => setQuery({ seats: value === 'came' ? '' : value, page: '' })} />
      </div>
      {list === 'came' ? <Arrivals pool={pool} /> : <Departures pool={pool} subnet={subnet} />}
    </section>
  );
}

const ARRIVALS: readonly Column<Arrival>[] = [
  { key: 'block', label: 'Block', isNumber: true, cell: (one) => <BlockLink number={one.block} /> },
  { key: 'time', label: 'Time', cell: (one) => <span class="muted">{clock(one.timestamp) || '–'}</span> },
  { key: 'uid', label: 'Uid', isNumber: true, cell: (one) => one.uid },
  { key: 'hotkey', label: 'Hotkey', cell: (one) => <Address value={one.hotkey} of="validators" /> },
  { key: 'coldkey', label: 'Owner now', cell: (one) => <Address value={one.coldkey} /> },
  { key: 'cause', label: 'How', cell: (one) => one.cause },
  { key: 'cost', label: 'Cost', isNumber: true, title: 'None at genesis, for the owner of a new subnet, and where keys were swapped', cell: (one) => one.cost === null ? <span class="muted">–</span> : <Amount rao={one.cost} digits={6} /> },
  { key: 'former', label: 'In place of', cell: (one) => <Address value={one.former} of="validators" /> },
];

function Arrivals({ pool }: { pool: Pool }) {
  const page = Number(useRoute().query.get('page') ?? 1);
  const query = useQuery(`arrivals ${pool.netuid} ${page}`, (signal) => arrivals({ netuid: pool.netuid }, page, ROWS, signal), page === 1);
  return (
    <Loaded query={query} what="registrations">
      {(data) => <>
        <DataTable caption="Registrations" columns={ARRIVALS} rows={data.data} rowKey={(one) => `${one.block} ${one.uid} ${one.hotkey}`} empty={data.pagination.total_items > 0 ? BEYOND : 'No hotkey has ever had a uid of this subnet.'} />
        <Pager pagination={data.pagination} onPage={toPage} what="registrations" />
      </>}
    </Loaded>
  );
}

function Departures({ pool, subnet }: { pool: Pool; subnet: Subnet | undefined }) {
  const page = Number(useRoute().query.get('page') ?? 1);
  const query = useQuery(`departures ${pool.netuid} ${page}`, (signal) => departures({ netuid: pool.netuid }, page, ROWS, signal), page === 1);
  const columns: readonly Column<Departure>[] = [
    { key: 'block', label: 'Block', isNumber: true, cell: (one) => <BlockLink number={one.block} /> },
    { key: 'time', label: 'Time', cell: (one) => <span class="muted">{clock(one.timestamp) || '–'}</span> },
    { key: 'uid', label: 'Uid', isNumber: true, cell: (one) => one.uid },
    { key: 'hotkey', label: 'Hotkey', cell: (one) => <Address value={one.hotkey} of="validators" /> },
    { key: 'coldkey', label: 'Owner now', cell: (one) => <Address value={one.coldkey} /> },
    { key: 'cause', label: 'Why', cell: (one) => one.cause },
    { key: 'next', label: 'Followed by', cell: (one) => <Address value={one.next} of="validators" /> },
    { key: 'registered', label: 'Registered in block', isNumber: true, cell: (one) => grouped(one.registeredAt) },
    { key: 'incentive', label: 'Last incentive', isNumber: true, title: 'Of the last epoch before; 0 where none has run since it came', cell: (one) => fixed(one.incentive, 5) },
    { key: 'emission', label: 'Last emission', isNumber: true, title: 'Alpha of the last epoch before', cell: (one) => <Amount rao={one.emission} symbol={pool.symbol} digits={6} /> },
  ];
  return (
    <Loaded query={query} what="deregistrations">
      {(data) => <>
        <DataTable caption="Deregistrations" columns={columns} rows={data.data} rowKey={(one) => `${one.block} ${one.uid} ${one.hotkey}`} empty={data.pagination.total_items > 0 ? BEYOND : `No neuron has ever lost its uid here.${room(subnet)}`} />
        <Pager pagination={data.pagination} onPage={toPage} what="deregistrations" />
      </>}
    </Loaded>
  );
}

/** Why nobody had to leave, as far as the seats tell. */
function room(subnet: Subnet | undefined): string {
  if (subnet === undefined || subnet.seats === 0) return '';
  return subnet.neurons < subnet.seats
    ? ` ${grouped(subnet.neurons)} of ${grouped(subnet.seats)} seats are taken: a registration replaces somebody only once all are.`
    : ` All ${grouped(subnet.seats)} seats are taken: the next registration replaces somebody.`;
}

const toPage = (page: number) => setQuery({ page: page === 1 ? '' : String(page) });

/** Genesis is block 0, which has no page of its own. */
export function BlockLink({ number }: { number: bigint }) {
  return number === 0n ? <>0</> : <a href={`/blocks/${number}`}>{String(number)}</a>;
}
