import { get } from '../http';
import { rao } from '../logic/amount';
import type { List } from './accounts';
import { optionalRao, ss58, type Row } from './wire';

/** A hotkey that came to a uid. */
export interface Arrival {
  readonly block: bigint;
  readonly timestamp: string;
  readonly uid: number;
  readonly hotkey: string;
  /** Its owner now. */
  readonly coldkey: string;
  readonly cost: bigint | null;
  readonly cause: string;
  readonly former: string;
}

/** A hotkey that lost its uid. */
export interface Departure {
  readonly block: bigint;
  readonly timestamp: string;
  readonly uid: number;
  readonly hotkey: string;
  /** Its owner now. */
  readonly coldkey: string;
  readonly cause: string;
  readonly next: string;
  readonly incentive: string;
  readonly emission: bigint;
  readonly registeredAt: bigint;
}

/** What an epoch found for a uid. */
export interface NeuronEpoch {
  readonly block: bigint;
  readonly timestamp: string;
  readonly hotkey: string;
  readonly hasPermit: boolean;
  readonly isActive: boolean;
  readonly alphaStake: bigint;
  readonly rootStake: bigint;
  readonly stakeWeight: string;
  readonly trust: string;
  readonly consensus: string;
  readonly incentive: string;
  readonly dividends: string;
  readonly emission: bigint;
  /** Blocks since it last set weights. */
  readonly updated: number;
}

/** Of a subnet, or of one of its uids. */
export interface Seats {
  readonly netuid: number;
  readonly uid?: number;
}

export async function arrivals(of: Seats, page: number, limit: number, signal?: AbortSignal): Promise<List<Arrival>> {
  const answer = await get('/api/subnet/neuron/registration/v1', { ...of, page, limit }, signal);
  return { pagination: answer.pagination, data: answer.data.map(toArrival) };
}

export async function departures(of: Seats, page: number, limit: number, signal?: AbortSignal): Promise<List<Departure>> {
  const answer = await get('/api/subnet/neuron/deregistration/v1', { ...of, page, limit }, signal);
  return { pagination: answer.pagination, data: answer.data.map(toDeparture) };
}

/** What epochs found for a uid, the newest first. */
export async function epochs(of: Required<Seats>, page: number, limit: number, signal?: AbortSignal): Promise<List<NeuronEpoch>> {
  const answer = await get('/api/metagraph/history/v1', { ...of, page, limit }, signal);
  return { pagination: answer.pagination, data: answer.data.map(toEpoch) };
}

/** The API's causes, in words. */
const CAUSES: Record<string, string> = {
  registered: 'registered',
  genesis: 'there from genesis',
  swapped: 'keys swapped',
  replaced: 'replaced',
  trimmed: 'fewer seats',
  dissolved: 'subnet dissolved',
};

const causeOf = (cause: string) => CAUSES[cause] ?? cause;

function toArrival(wire: Row<'/api/subnet/neuron/registration/v1'>): Arrival {
  return {
    block: BigInt(wire['block_number']),
    timestamp: wire['timestamp'] ?? '',
    uid: wire['uid'],
    hotkey: ss58(wire['hotkey']),
    coldkey: ss58(wire['coldkey']),
    cost: optionalRao(wire['registration_cost']),
    cause: causeOf(wire['cause']),
    former: ss58(wire['former_hotkey']),
  };
}

function toDeparture(wire: Row<'/api/subnet/neuron/deregistration/v1'>): Departure {
  return {
    block: BigInt(wire['block_number']),
    timestamp: wire['timestamp'] ?? '',
    uid: wire['uid'],
    hotkey: ss58(wire['hotkey']),
    coldkey: ss58(wire['coldkey']),
    cause: causeOf(wire['cause']),
    next: ss58(wire['next_hotkey']),
    incentive: wire['incentive'],
    emission: rao(wire['emission']),
    registeredAt: BigInt(wire['registered_at_block']),
  };
}

function toEpoch(wire: Row<'/api/metagraph/history/v1'>): NeuronEpoch {
  return {
    block: BigInt(wire['block_number']),
    timestamp: wire['timestamp'] ?? '',
    hotkey: ss58(wire['hotkey']),
    hasPermit: wire['validator_permit'],
    isActive: wire['active'],
    alphaStake: rao(wire['alpha_stake']),
    rootStake: rao(wire['root_stake']),
    stakeWeight: wire['stake_weight'],
    trust: wire['validator_trust'],
    consensus: wire['consensus'],
    incentive: wire['incentive'],
    dividends: wire['dividends'],
    emission: rao(wire['emission']),
    updated: wire['updated'],
  };
}
