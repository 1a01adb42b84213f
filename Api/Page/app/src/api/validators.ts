import { get, type Page, type Pagination } from '../http';
import { rao } from '../logic/amount';
import { toPosition, type Position } from './accounts';
import { optionalText, ss58, type Wire } from './wire';

export interface Validator {
  readonly hotkey: string;
  readonly coldkey: string;
  readonly name: string | null;
  readonly stake: bigint;
  readonly rootStake: bigint;
  readonly alphaValue: bigint;
  readonly weight: bigint;
  readonly takePercent: string;
  readonly nominators: number;
}

export interface ValidatorYield {
  readonly netuid: number;
  readonly stake: bigint;
  readonly hour: string | null;
  readonly day: string | null;
  readonly week: string | null;
}

/** The validators of a subnet; with null those of the whole network. */
export async function validators(netuid: number | null, signal?: AbortSignal): Promise<Validator[]> {
  return (await get<Page<Wire>>('/api/dtao/validator/latest/v1', { netuid, limit: 200 }, signal)).data.map(toValidator);
}

export async function validator(hotkey: string, signal?: AbortSignal): Promise<Validator | undefined> {
  const one = (await get<Page<Wire>>('/api/dtao/validator/latest/v1', { hotkey }, signal)).data[0];
  return one && toValidator(one);
}

export async function nominators(hotkey: string, page: number, signal?: AbortSignal): Promise<{ pagination: Pagination; data: Position[] }> {
  const answer = await get<Page<Wire>>('/api/dtao/stake_balance/latest/v1', { hotkey, page, limit: 50 }, signal);
  return { pagination: answer.pagination, data: answer.data.map(toPosition) };
}

export async function yields(hotkey: string, signal?: AbortSignal): Promise<ValidatorYield[]> {
  const answer = await get<Page<Wire>>('/api/dtao/validator/yield/latest/v1', { hotkey, limit: 200 }, signal);
  return answer.data.map((one) => ({ netuid: one['netuid'], stake: rao(one['stake']), hour: optionalText(one['one_hour_apy']), day: optionalText(one['one_day_apy']), week: optionalText(one['seven_day_apy']) }));
}

function toValidator(wire: Wire): Validator {
  return {
    hotkey: ss58(wire['hotkey']),
    coldkey: ss58(wire['coldkey']),
    name: wire['name'] || null,
    stake: rao(wire['stake']),
    rootStake: rao(wire['root_stake']),
    alphaValue: rao(wire['alpha_stake']),
    weight: rao(wire['global_weighted_stake']),
    takePercent: String(wire['take'] ?? '0'),
    nominators: wire['global_nominators'] ?? 0,
  };
}
