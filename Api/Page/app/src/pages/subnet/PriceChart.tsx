import { useState } from 'preact/hooks';
import { candles, type Pool, type Resolution } from '../../api';
import { Candles } from '../../components/Candles';
import { Choice } from '../../components/Choice';
import { Empty, Loaded } from '../../components/States';
import { useQuery } from '../../query';

const INTERVALS = [
  { value: '1', label: '1 min' },
  { value: '5', label: '5 min' },
  { value: '15', label: '15 min' },
  { value: '60', label: '1 h' },
  { value: '240', label: '4 h' },
  { value: '1D', label: '1 d' },
] as const;

/** Candles of the price, by the interval that is chosen. */
export function PriceChart({ pool }: { pool: Pool }) {
  const [interval, setInterval] = useState<Resolution>('1');
  const query = useQuery(`candles ${pool.netuid} ${interval}`, (signal) => candles(pool.netuid, interval, 120, signal), true);
  return (
    <section class="panel" aria-labelledby="price">
      <div class="panel-head">
        <h2 id="price">Price</h2>
        <Choice label="Interval" options={INTERVALS} value={interval} onChange={setInterval} />
      </div>
      <Loaded query={query} what="candles">
        {(data) => data.length === 0
          ? <Empty>Nothing has been seen in this time yet. Wait for a few blocks, or choose a shorter interval.</Empty>
          : <Candles candles={data} symbol={pool.name || `subnet ${pool.netuid}`} />}
      </Loaded>
    </section>
  );
}
