import { useMemo } from 'preact/hooks';
import { blocks, cluster, type Block, type Silo } from '../api';
import { Chart } from '../components/Chart';
import { byNumber, byText, DataTable, type Column } from '../components/DataTable';
import { Facts } from '../components/Facts';
import { Empty, Loaded } from '../components/States';
import { grouped } from '../logic/amount';
import { ago } from '../logic/time';
import { useQuery } from '../query';

const SILOS: readonly Column<Silo>[] = [
  { key: 'name', label: 'Silo', cell: (one) => <span class="mono">{one.address}</span>, compare: byText((one) => one.address) },
  { key: 'status', label: 'Status', cell: (one) => <span class={`badge ${one.status === 'Active' ? 'good' : one.status === 'Dead' ? 'bad' : 'warn'}`}>{one.status}</span>, compare: byText((one) => one.status) },
  { key: 'since', label: 'Started', cell: (one) => ago(one.startedAt) },
  { key: 'count', label: 'Subnets', isNumber: true, cell: (one) => one.netuids.length, compare: byNumber((one) => one.netuids.length) },
  { key: 'subnets', label: 'Which', cell: (one) => one.netuids.length === 0 ? <span class="muted">none</span> : <span class="places">{one.netuids.map((netuid) => <a key={netuid} class="badge" href={`/subnets/${netuid}`}>{netuid}</a>)}</span> },
];

/** The processes behind the network: where what runs, and how long blocks take. */
export function Cluster() {
  const query = useQuery('cluster', cluster, true);
  const newest = useQuery('phases', (signal) => blocks(1, signal), true);
  return (
    <>
      <h1>Cluster</h1>
      <Loaded query={query} what="the cluster">
        {(data) => <>
          <Facts facts={[
            { label: 'Silos', value: `${data.silos.filter((one) => one.status === 'Active').length} active`, note: `${data.silos.length} known` },
            { label: 'Network', value: data.network },
            { label: 'Rule set', value: data.ruleSet },
            { label: 'Operations', value: data.requiresSignatures ? 'signed' : 'not signed', note: data.requiresSignatures ? undefined : 'whoever names a coldkey acts for it' },
            { label: 'Audit', value: data.audit === null ? <span class="muted">not here</span> : <span class={data.audit.outcome === 'clean' ? 'up' : 'warn'}>{data.audit.outcome}</span>,
              note: data.audit === null ? 'this process does not audit; dtao audit does' : `at block ${grouped(data.audit.block)}` },
            { label: 'Version', value: <span class="mono small" title={data.version}>{data.version.slice(0, 14)}</span> },
          ]} />
          <section class="panel flush" aria-labelledby="silos">
            <div class="panel-head"><h2 id="silos">Silos and the subnets on them</h2></div>
            <DataTable caption="Silos" columns={SILOS} rows={data.silos} rowKey={(one) => one.address} empty="No silo is known." />
          </section>
        </>}
      </Loaded>
      <section class="panel" aria-labelledby="phases">
        <h2 id="phases">How long blocks take, by phase</h2>
        <Loaded query={newest} what="blocks">
          {(data) => data.data.length < 2 ? <Empty>No block has closed yet.</Empty> : <Phases blocks={data.data} />}
        </Loaded>
      </section>
    </>
  );
}

const PHASES = [
  { label: 'gather', colour: 'series-1' },
  { label: 'plan', colour: 'series-2' },
  { label: 'fan-out', colour: 'series-3' },
  { label: 'header', colour: 'series-4' },
] as const;

function Phases({ blocks }: { blocks: readonly Block[] }) {
  const rows = useMemo(() => blocks.filter((one) => one.phases.length === PHASES.length).reverse(), [blocks]);
  const x = useMemo(() => rows.map((one) => Number(one.number)), [rows]);
  const series = useMemo(() => PHASES.map((phase, at) => ({ ...phase, label: `${phase.label}, ms`, values: rows.map((one) => one.phases[at]! / 1000) })), [rows]);
  const last = rows[rows.length - 1];
  return <Chart summary={last ? `Block ${last.number} took ${PHASES.map((phase, at) => `${last.phases[at]} microseconds to ${phase.label}`).join(', ')}.` : 'None.'}
    x={x} isTime={false} xName="block" xLabel={(value) => grouped(value)} series={series} height={240} unit=" ms" />;
}
