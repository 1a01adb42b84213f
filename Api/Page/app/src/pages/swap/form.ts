import type { CallBody, DevelopmentAccount } from '../../api';

export type OperationKind = 'add_stake' | 'remove_stake' | 'swap_stake' | 'move_stake' | 'transfer_stake' | 'transfer';

interface Spec {
  readonly label: string;
  readonly isInTao: boolean;
  readonly needsNetuid: boolean;
  readonly needsStake: boolean;
  readonly needsToNetuid?: boolean;
  readonly needsToHotkey?: boolean;
  readonly needsToColdkey?: boolean;
  /** The kind of the same call with a price that must not be passed. */
  readonly limited?: string;
}

/** What can be done here, and what each needs to know. */
export const OPERATIONS: Record<OperationKind, Spec> = {
  add_stake: { label: 'Stake: TAO to alpha', isInTao: true, needsNetuid: true, needsStake: false, limited: 'add_stake_limit' },
  remove_stake: { label: 'Unstake: alpha to TAO', isInTao: false, needsNetuid: true, needsStake: true, limited: 'remove_stake_limit' },
  swap_stake: { label: 'Swap to another subnet', isInTao: false, needsNetuid: true, needsStake: true, needsToNetuid: true, limited: 'swap_stake_limit' },
  move_stake: { label: 'Move to another hotkey', isInTao: false, needsNetuid: true, needsStake: true, needsToNetuid: true, needsToHotkey: true },
  transfer_stake: { label: 'Send stake to an account', isInTao: false, needsNetuid: true, needsStake: true, needsToNetuid: true, needsToColdkey: true },
  transfer: { label: 'Send free TAO', isInTao: true, needsNetuid: false, needsStake: false, needsToColdkey: true },
};

export interface Form {
  readonly operation: OperationKind;
  readonly from: string;
  readonly netuid: number;
  readonly hotkey: string;
  readonly toNetuid: number;
  readonly toHotkey: string;
  readonly toColdkey: string;
  readonly amount: string;
  /** The price that must not be passed, as it was typed; empty for none. */
  readonly limit: string;
  /** Whether what fits up to the limit is done, in place of nothing. */
  readonly takesPart: boolean;
}

/** The form as a link to it wants it. */
export function initialForm(query: URLSearchParams, accounts: readonly DevelopmentAccount[]): Form {
  const from = query.get('from');
  const operation = query.get('operation');
  const netuid = Number(query.get('netuid') ?? 1);
  return {
    operation: operation !== null && operation in OPERATIONS ? (operation as OperationKind) : 'add_stake',
    from: accounts.find((one) => one.address === from || one.name === from)?.address ?? accounts[0]!.address,
    netuid,
    hotkey: query.get('hotkey') ?? '',
    toNetuid: netuid,
    toHotkey: '',
    toColdkey: '',
    amount: '10',
    limit: '',
    takesPart: false,
  };
}

/** Whether a price is passed at all: root has no curve, and within a subnet nothing is traded. */
export function hasLimit(form: Form): boolean {
  return OPERATIONS[form.operation].limited !== undefined && (form.operation === 'swap_stake' ? form.netuid !== form.toNetuid : form.netuid !== 0);
}

/** The call that a form asks for, with its limit where there is one; null while something that it needs is missing. */
export function callOf(form: Form, amount: bigint, limit: bigint | null = null): CallBody | null {
  const spec = OPERATIONS[form.operation];
  const isLimited = limit !== null && hasLimit(form);
  if (spec.needsNetuid && form.hotkey === '') return null;
  if (spec.needsToColdkey && form.toColdkey === '') return null;
  return {
    kind: isLimited ? spec.limited! : form.operation,
    amount: amount.toString(),
    ...(isLimited ? { limit: limit.toString(), allow_partial: form.takesPart } : {}),
    ...(spec.needsNetuid ? { hotkey: form.hotkey, netuid: form.netuid } : {}),
    ...(spec.needsToNetuid ? { to_netuid: form.toNetuid } : {}),
    ...(spec.needsToHotkey ? { to_hotkey: form.toHotkey || form.hotkey } : {}),
    ...(spec.needsToColdkey ? { to_coldkey: form.toColdkey } : {}),
  };
}
