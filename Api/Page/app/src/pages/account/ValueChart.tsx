import { useMemo, useState } from 'preact/hooks';
import { accountHistory, type AccountValue, type Frequency } from '../../api';
import { Choice } from '../../components/Choice';
import { Chart } from '../../components/Chart';
import { Empty, Loaded } from '../../components/States';
import { exact } from '../../logic/amount';
import { fromRao } from '../../logic/pixels';
import { epochSeconds } from '../../logic/time';
import { useQuery } from '../../query';

const STEPS = [
  { value: 'by_block', label: 'blocks' },
  { value: 'by_hour', label: 'hours' },
  { value: 'by_day', label: 'days' },
] as const;

/** What an account was worth over time. */
export function ValueChart({ address }: { address: string }) {
  const [frequency, setFrequency] = useState<Frequency>('by_block');
  const query = useQuery(`value ${address} ${frequency}`, (signal) => accountHistory(address, frequency, signal));
  return (
    <section class="panel" aria-labelledby="value">
      <div class="panel-head">
        <h2 id="value">Value over time</h2>
        <Choice label="Steps" options={STEPS} value={frequency} onChange={setFrequency} />
      </div>
      <Loaded query={query} what="the value over time">
        {(data) => data.length < 2 ? <Empty>Nothing has been recorded over time yet. Wait for a few blocks.</Empty> : <Values values={data} />}
      </Loaded>
    </section>
  );
}

function Values({ values }: { values: readonly AccountValue[] }) {
  const x = useMemo(() => values.map((one) => epochSeconds(one.timestamp)), [values]);
  const series = useMemo(() => [
    { label: 'in all τ', values: values.map((one) => fromRao(one.total)), colour: 'accent', isFilled: true },
    { label: 'free τ', values: values.map((one) => fromRao(one.free)), colour: 'muted', isStepped: true },
  ], [values]);
  const last = values[values.length - 1]!;
  return <Chart summary={`Value over time; last ${exact(last.total)} TAO, of which ${exact(last.free)} free.`} x={x} series={series} height={220} />;
}
