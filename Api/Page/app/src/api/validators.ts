import { get } from '../http';
import { rao } from '../logic/amount';
import { toPercent } from '../logic/decimal';
import { toPosition, type Position } from './accounts';
import { ss58, type Pagination, type Row } from './wire';

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

/** The validators of a subnet; with null those of root, by all of their stake. */
export async function validators(netuid: number | null, signal?: AbortSignal): Promise<Validator[]> {
  return (await get('/api/dtao/validator/latest/v1', { netuid, limit: 200 }, signal)).data.map(toValidator);
}

/** A validator as root knows it; one without stake on root as the subnet does where it has the most. */
export async function validator(hotkey: string, signal?: AbortSignal): Promise<Validator | undefined> {
  const on = async (netuid: number | null) => (await get('/api/dtao/validator/latest/v1', { hotkey, netuid }, signal)).data[0];
  const one = await on(null) ?? await largestStakes(hotkey, signal).then(([most]) => most && on(most['netuid']));
  return one && toValidator(one);
}

/** Where a hotkey has stake, most first. */
async function largestStakes(hotkey: string, signal?: AbortSignal): Promise<Row<'/api/dtao/hotkey_alpha_shares/latest/v1'>[]> {
  const stakes = (await get('/api/dtao/hotkey_alpha_shares/latest/v1', { hotkey, limit: 200 }, signal)).data;
  return [...stakes].sort((left, right) => (rao(right['alpha_as_tao']) > rao(left['alpha_as_tao']) ? 1 : -1));
}

export async function nominators(hotkey: string, page: number, signal?: AbortSignal): Promise<{ pagination: Pagination; data: Position[] }> {
  const answer = await get('/api/dtao/stake_balance/latest/v1', { hotkey, page, limit: 50 }, signal);
  return { pagination: answer.pagination, data: answer.data.map(toPosition) };
}

/** What stake on a hotkey earned, on root and on the subnets where it has the most stake. */
export async function yields(hotkey: string, signal?: AbortSignal): Promise<ValidatorYield[]> {
  const most = (await largestStakes(hotkey, signal)).slice(0, YIELDS_MAX);
  const found = await Promise.all(most.map((stake) => get('/api/dtao/validator/yield/latest/v1', { hotkey, netuid: stake['netuid'] }, signal)));
  return found.flatMap((answer) => answer.data).map((one) => ({
    netuid: one['netuid'], stake: rao(one['stake']), hour: percent(one['one_hour_apy']), day: percent(one['one_day_apy']), week: percent(one['seven_day_apy']),
  }));
}

/** Each is a look at all validators of a subnet. */
const YIELDS_MAX = 8;

const percent = (fraction: string | null) => (fraction === null ? null : toPercent(fraction, 2));

function toValidator(wire: Row<'/api/dtao/validator/latest/v1'>): Validator {
  return {
    hotkey: ss58(wire['hotkey']),
    coldkey: ss58(wire['coldkey']),
    name: wire['name'] || null,
    stake: rao(wire['stake']),
    rootStake: rao(wire['root_stake']),
    alphaValue: rao(wire['global_alpha_stake_as_tao']),
    weight: rao(wire['global_weighted_stake']),
    takePercent: toPercent(String(wire['take'] ?? '0'), 2),
    nominators: wire['global_nominators'] ?? 0,
  };
}
