import { get } from '../http';
import { rao } from '../logic/amount';
import { toPercent } from '../logic/decimal';
import { optionalRao, ss58, type Answer, type Query, type Row } from './wire';

export interface Pool {
  readonly netuid: number;
  readonly name: string;
  readonly symbol: string;
  readonly price: string;
  readonly marketCap: bigint;
  readonly liquidity: bigint;
  readonly taoReserve: bigint;
  readonly alphaReserve: bigint;
  readonly alphaStaked: bigint;
  readonly change: { readonly hour: string | null; readonly day: string | null; readonly week: string | null };
  readonly volumeDay: bigint | null;
  readonly buysDay: number | null;
  readonly sellsDay: number | null;
  readonly prices: readonly string[];
}

export interface Subnet {
  readonly netuid: number;
  readonly owner: string;
  readonly tempo: number;
  readonly blocksUntilEpoch: number | null;
  readonly neurons: number;
  readonly seats: number;
  readonly registrationCost: bigint | null;
  readonly emission: bigint;
}

export interface Candle {
  readonly time: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
}

export type Direction = 'tao_to_alpha' | 'alpha_to_tao';

export interface Slippage {
  readonly input: bigint;
  readonly output: bigint;
  readonly slippagePercent: string;
  readonly priceAfter: string;
  readonly fee: bigint;
}

export interface Trade {
  readonly id: string;
  readonly block: bigint;
  readonly timestamp: string;
  readonly isBuy: boolean;
  readonly tao: bigint;
  readonly alpha: bigint;
  readonly price: string;
  readonly coldkey: string;
}

export interface Neuron {
  readonly uid: number;
  readonly hotkey: string;
  readonly hasPermit: boolean;
  readonly stake: bigint;
  readonly trust: string;
  readonly consensus: string;
  readonly incentive: string;
  readonly dividends: string;
  readonly emission: bigint;
  readonly registeredAt: bigint;
}

export async function pools(signal?: AbortSignal): Promise<Pool[]> {
  return (await get('/api/dtao/pool/latest/v1', { limit: 200 }, signal)).data.map(toPool);
}

export async function pool(netuid: number, signal?: AbortSignal): Promise<Pool | undefined> {
  const one = (await get('/api/dtao/pool/latest/v1', { netuid }, signal)).data[0];
  return one && toPool(one);
}

export async function subnet(netuid: number, signal?: AbortSignal): Promise<Subnet | undefined> {
  const one = (await get('/api/subnet/latest/v1', { netuid }, signal)).data[0];
  return one && toSubnet(one);
}

/** The intervals of candles that the API has. */
export type Resolution = NonNullable<Query<'/api/dtao/tradingview/udf/history'>['resolution']> & string;

/** The newest candles, at most `count`, by TradingView's names. */
export async function candles(netuid: number, resolution: Resolution, count: number, signal?: AbortSignal): Promise<Candle[]> {
  const to = Math.floor(Date.now() / 1000) + 60;
  const answer = await get('/api/dtao/tradingview/udf/history', { symbol: `SUB-${netuid}`, resolution, from: 0, to, countback: count }, signal);
  const prices = (name: 'o' | 'h' | 'l' | 'c') => (answer[name] ?? []) as number[];
  const [open, high, low, close] = [prices('o'), prices('h'), prices('l'), prices('c')];
  return ((answer['t'] ?? []) as number[]).map((time, at) => ({ time, open: nine(open[at]), high: nine(high[at]), low: nine(low[at]), close: nine(close[at]) }));
}

/** A candle's price, which comes as a number of nine decimals. */
const nine = (value: number | undefined) => (value ?? 0).toFixed(9);

/** How the prices of some subnets went in the last hour, or since they began, oldest first: for subnets too young for the seven days of {@link Pool.prices}. */
export async function courses(netuids: readonly number[], signal?: AbortSignal): Promise<Map<number, string[]>> {
  const found = new Map<number, string[]>();
  const left = [...netuids];
  const work = async () => {
    for (let netuid = left.shift(); netuid !== undefined; netuid = left.shift()) found.set(netuid, toCourse(await candles(netuid, '1', 60, signal)));
  };
  await Promise.all([work(), work(), work()]);
  return found;
}

/** A candle has no course of its own: the first one begins where it opened. */
const toCourse = (found: readonly Candle[]) => found.length === 0 ? [] : [found[0]!.open, ...found.map((one) => one.close)];

/** What an amount would get, by the pool's own arithmetic. */
export async function slippage(netuid: number, direction: Direction, amount: bigint, signal?: AbortSignal): Promise<Slippage> {
  const one = (await get('/api/dtao/slippage/v1', { netuid, direction, input_tokens: amount.toString() }, signal)).data[0];
  return { input: amount, output: rao(one?.['output_tokens']), slippagePercent: toPercent(one?.['slippage'] ?? '0', 4), priceAfter: one?.['alpha_price_after'] ?? '0', fee: rao(one?.['fee']) };
}

export async function trades(netuid: number, signal?: AbortSignal): Promise<Trade[]> {
  const answer = await get('/api/dtao/trade/v1', { netuid, limit: 25 }, signal);
  return answer.data.map((one) => ({
    id: one['id'],
    block: BigInt(one['block_number']),
    timestamp: one['timestamp'] ?? '',
    isBuy: one['is_buy'],
    tao: rao(one['tao_value']),
    alpha: rao(one['alpha']),
    price: String(one['price']),
    coldkey: ss58(one['coldkey']),
  }));
}

/** All neurons of a subnet, of which there are more than a page of the API's has. */
export async function metagraph(netuid: number, signal?: AbortSignal): Promise<Neuron[]> {
  const found: Neuron[] = [];
  for (let page: number | null = 1; page !== null;) {
    const answer: Answer<'/api/metagraph/latest/v1'> = await get('/api/metagraph/latest/v1', { netuid, page, limit: 200 }, signal);
    found.push(...answer.data.map(toNeuron));
    page = answer.pagination.next_page;
  }
  return found;
}

function toNeuron(one: Row<'/api/metagraph/latest/v1'>): Neuron {
  return {
    uid: one['uid'],
    hotkey: ss58(one['hotkey']),
    hasPermit: one['validator_permit'],
    stake: rao(one['stake']),
    trust: String(one['validator_trust'] ?? '0'),
    consensus: String(one['consensus'] ?? '0'),
    incentive: String(one['incentive'] ?? '0'),
    dividends: String(one['dividends'] ?? '0'),
    emission: rao(one['emission']),
    registeredAt: BigInt(one['registered_at_block'] ?? 0),
  };
}

function toSubnet(wire: Row<'/api/subnet/latest/v1'>): Subnet {
  return {
    netuid: wire['netuid'],
    owner: ss58(wire['owner']),
    tempo: wire['tempo'],
    blocksUntilEpoch: wire['blocks_until_next_epoch'] ?? null,
    neurons: wire['active_keys'] ?? 0,
    seats: wire['max_neurons'] ?? 0,
    registrationCost: optionalRao(wire['neuron_registration_cost']),
    emission: rao(wire['emission']),
  };
}

function toPool(wire: Row<'/api/dtao/pool/latest/v1'>): Pool {
  return {
    netuid: wire['netuid'],
    name: wire['name'] ?? '',
    symbol: wire['symbol'] || 'α',
    price: String(wire['price']),
    marketCap: rao(wire['market_cap']),
    liquidity: rao(wire['liquidity']),
    taoReserve: rao(wire['total_tao']),
    alphaReserve: rao(wire['alpha_in_pool']),
    alphaStaked: rao(wire['alpha_staked']),
    change: { hour: wire['price_change_1_hour'], day: wire['price_change_1_day'], week: wire['price_change_1_week'] },
    volumeDay: optionalRao(wire['tao_volume_24_hr']),
    buysDay: wire['buys_24_hr'] ?? null,
    sellsDay: wire['sells_24_hr'] ?? null,
    prices: (wire['seven_day_prices'] ?? []).map((one) => String(one['price'])),
  };
}
