import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useStore } from '../store';
import { colour, theme } from '../theme';

export interface Series {
  readonly label: string;
  readonly values: readonly number[];
  readonly colour: string;
  readonly isStepped?: boolean;
  readonly isFilled?: boolean;
}

interface Props {
  /** What is seen, for those who do not see it. */
  readonly summary: string;
  readonly x: readonly number[];
  readonly isTime?: boolean;
  readonly xLabel?: (value: number) => string;
  readonly xName?: string;
  readonly series: readonly Series[];
  readonly height?: number;
  readonly plugins?: uPlot.Plugin[];
  readonly hideLines?: boolean;
  readonly unit?: string;
  /** How much of the x axis stays free on both sides, in its own unit. */
  readonly pad?: number;
}

/** A chart of lines over time or over another axis, in the colours of the theme. */
export function Chart({ summary, x, isTime = true, xLabel, xName = '', series, height = 260, plugins = [], hideLines = false, unit = '', pad = 0 }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const shownTheme = useStore(theme);
  const data = [x, ...series.map((one) => one.values)] as unknown as uPlot.AlignedData;
  const shape = series.map((one) => one.label).join('|');

  useEffect(() => {
    const element = frame.current!;
    const axis: uPlot.Axis = {
      stroke: colour('muted'),
      grid: { stroke: colour('line'), width: 1 },
      ticks: { stroke: colour('line'), width: 1 },
      font: '11px system-ui, sans-serif',
    };
    const created = new uPlot({
      width: element.clientWidth || 600,
      height,
      plugins,
      scales: { x: { time: isTime, range: (_, low, high) => padded(low, high, pad) } },
      legend: { show: series.length > 1 && !hideLines },
      cursor: { drag: { x: true, y: false }, points: { show: !hideLines } },
      axes: [
        { ...axis, space: isTime ? 84 : 64, ...(isTime ? {} : { incrs: WHOLE }), values: (_: uPlot, ticks: number[]) => ticks.map(xLabel ?? ((tick, at) => timeLabel(tick, ticks[at - 1], ticks.length > 1 && ticks[1]! - ticks[0]! < 60))) },
        { ...axis, size: 76, values: (_: uPlot, ticks: number[]) => ticks.map((tick) => tickLabel(tick, ticks) + unit) },
      ],
      series: [
        { label: isTime ? 'time' : xName, value: (_: uPlot, value: number | null) => value === null ? '–' : xLabel ? xLabel(value) : timeLabel(value, value, true) },
        ...series.map((one): uPlot.Series => ({
          label: one.label,
          stroke: hideLines ? 'transparent' : colour(one.colour),
          fill: one.isFilled ? `${colour(one.colour)}22` : undefined,
          width: 1.5,
          points: { show: false },
          paths: one.isStepped ? uPlot.paths.stepped!({ align: 1 }) : undefined,
          value: (_: uPlot, value: number | null) => (value === null ? '–' : label(value)),
        })),
      ],
    }, data, element);
    plot.current = created;
    const observer = new ResizeObserver(() => created.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      created.destroy();
      plot.current = null;
    };
  }, [shownTheme, shape, height, plugins, pad]);

  useEffect(() => plot.current?.setData(data), [x, ...series.map((one) => one.values)]);
  return <div class="chart" ref={frame} role="img" aria-label={summary} />;
}

/** Steps of an axis that counts. */
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7, 1e8, 1e9];

function padded(low: number, high: number, pad: number): [number, number] {
  const least = high === low ? 1 : 0;
  return [low - pad - least, high + pad + least];
}

/** The time of a tick, with its day where the tick before is of another one. */
function timeLabel(seconds: number, before: number | undefined, hasSeconds: boolean): string {
  const date = new Date(seconds * 1000);
  const time = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', ...(hasSeconds ? { second: '2-digit' } : {}) });
  const isNewDay = before === undefined || new Date(before * 1000).toDateString() !== date.toDateString();
  return isNewDay ? `${time}\n${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })}` : time;
}

/** As many digits as tell one tick from the next. */
function tickLabel(tick: number, ticks: readonly number[]): string {
  const step = Math.abs((ticks[1] ?? 0) - (ticks[0] ?? 0));
  if (step === 0) return label(tick);
  const largest = Math.max(...ticks.map(Math.abs));
  const [unit, name] = largest >= 1e9 ? [1e9, 'B'] : largest >= 1e6 ? [1e6, 'M'] : largest >= 1e4 ? [1e3, 'k'] : [1, ''];
  return (tick / unit).toFixed(Math.min(12, Math.max(0, -Math.floor(Math.log10(step / unit) + 1e-9)))) + name;
}

function label(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${(value / 1e9).toFixed(2)}B`;
  if (size >= 1e6) return `${(value / 1e6).toFixed(2)}M`;
  if (size >= 1e4) return `${(value / 1e3).toFixed(1)}k`;
  return size === 0 ? '0' : value.toPrecision(4).replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
}
