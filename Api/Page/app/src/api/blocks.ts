import { get } from '../http';
import { rao } from '../logic/amount';
import { optionalRao, type Pagination, type Row } from './wire';

export interface Block {
  readonly number: bigint;
  readonly timestamp: string;
  readonly hash: string;
  readonly parentHash: string;
  readonly stateRoot: string;
  readonly operations: number | null;
  readonly issuance: bigint | null;
  readonly emission: bigint | null;
  /** Microseconds: gather, plan, fan-out, header. */
  readonly phases: readonly number[];
}

export interface SubnetAtBlock {
  readonly netuid: number;
  readonly price: string;
  readonly taoIn: bigint;
  /** TAO that bought alpha, because the pool could take no more. */
  readonly excess: bigint;
  readonly alphaIn: bigint;
  readonly alphaOut: bigint;
  readonly isEpoch: boolean;
}

export interface Silo {
  readonly address: string;
  readonly status: string;
  readonly startedAt: string;
  readonly netuids: readonly number[];
}

export interface ClusterState {
  readonly network: string;
  readonly ruleSet: string;
  readonly requiresSignatures: boolean;
  readonly silos: readonly Silo[];
  readonly version: string;
  readonly audit: { readonly block: bigint; readonly outcome: string } | null;
}

export async function block(number: bigint | 'latest', signal?: AbortSignal): Promise<Block | undefined> {
  const page = await get('/api/block/v1', number === 'latest' ? { limit: 1 } : { block_number: number }, signal);
  return page.data[0] ? toBlock(page.data[0]) : undefined;
}

export async function blocks(page: number, signal?: AbortSignal): Promise<{ pagination: Pagination; data: Block[] }> {
  const answer = await get('/api/block/v1', { page, limit: 50 }, signal);
  return { pagination: answer.pagination, data: answer.data.map(toBlock) };
}

/** What a block, or the newest one, emitted to each subnet. */
export async function subnetsAt(number: bigint | 'latest', signal?: AbortSignal): Promise<SubnetAtBlock[]> {
  const answer = await get('/api/dtao/subnet_emission/v1', number === 'latest' ? { limit: 200 } : { block_number: number, limit: 200 }, signal);
  const newest = answer.data[0]?.['block_number'];
  return answer.data.filter((one) => one['block_number'] === newest).map((one) => ({
    netuid: one['netuid'],
    price: String(one['price']),
    taoIn: rao(one['tao_in_pool']),
    excess: rao(one['excess_tao']),
    alphaIn: rao(one['alpha_in_pool']),
    alphaOut: rao(one['alpha_rewards']),
    isEpoch: one['is_epoch'],
  }));
}

export async function cluster(signal?: AbortSignal): Promise<ClusterState> {
  const one = await get('/api/cluster/v1', {}, signal);
  return {
    network: one['network'] ?? '–',
    ruleSet: one['rule_set'] ?? '–',
    requiresSignatures: one['requires_signatures'],
    silos: one['silos'].map((silo) => ({ address: silo['address'], status: silo['status'], startedAt: silo['started_at'], netuids: silo['netuids'] as number[] })),
    version: one['version'],
    audit: one['audit'] ? { block: BigInt(one['audit']['block_number']), outcome: one['audit']['outcome'] } : null,
  };
}

function toBlock(wire: Row<'/api/block/v1'>): Block {
  return {
    number: BigInt(wire['block_number']),
    timestamp: wire['timestamp'],
    hash: wire['hash'] ?? '',
    parentHash: wire['parent_hash'] ?? '',
    stateRoot: wire['state_root'] ?? '',
    operations: wire['extrinsics_count'] ?? null,
    issuance: optionalRao(wire['total_issuance']),
    emission: optionalRao(wire['emission']),
    phases: wire['close_microseconds'] ?? [],
  };
}
