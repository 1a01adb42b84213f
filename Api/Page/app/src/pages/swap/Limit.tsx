import { fromBillionths, withTolerance } from '../../logic/limit';
import type { Form } from './form';

/** How much worse than now a price may get, in hundredths of a percent. */
const TOLERANCES = [{ hundredths: 10n, label: '0.1%' }, { hundredths: 50n, label: '0.5%' }, { hundredths: 100n, label: '1%' }, { hundredths: 500n, label: '5%' }] as const;

interface Props {
  readonly form: Form;
  readonly change: (changes: Partial<Form>) => void;
  /** The price now, or the rate between two subnets; null while it is not known. */
  readonly price: bigint | null;
  readonly isRate: boolean;
  readonly isBuying: boolean;
  readonly fault: string | null;
}

/** The price that must not be passed: typed, or so much worse than the one now. */
export function Limit({ form, change, price, isRate, isBuying, fault }: Props) {
  const isSet = form.limit.trim() !== '';
  return (
    <fieldset class="limit">
      <legend>Slippage tolerance</legend>
      <div class="row">
        <span class="choice" role="group" aria-label="How much worse the price may get">
          <button type="button" aria-pressed={!isSet} onClick={() => change({ limit: '' })}>any</button>
          {TOLERANCES.map((one) => (
            <button type="button" key={one.label} aria-pressed={false} disabled={price === null} onClick={() => price !== null && change({ limit: fromBillionths(withTolerance(price, one.hundredths, isBuying)) })}>{one.label}</button>
          ))}
        </span>
        <label>{isRate ? 'Limit rate' : 'Limit price, τ for one α'}
          <input inputMode="decimal" value={form.limit} placeholder="none" onInput={(event) => change({ limit: event.currentTarget.value })} aria-invalid={fault !== null} aria-describedby="limit-hint" autocomplete="off" />
        </label>
      </div>
      <p id="limit-hint" class={fault ? 'fault' : 'hint'}>
        {fault ?? (isSet
          ? `${isBuying ? 'Nothing is bought above' : 'Nothing is sold below'} this ${isRate ? 'rate' : 'price'}, however the ${isRate ? 'prices move' : 'price moves'} before the operation is decided.`
          : 'Without a limit the operation takes whatever price it meets.')}
      </p>
      {isSet ? <label class="check"><input type="checkbox" checked={form.takesPart} onChange={(event) => change({ takesPart: event.currentTarget.checked })} /> Do what fits up to the limit, in place of nothing</label> : null}
    </fieldset>
  );
}
