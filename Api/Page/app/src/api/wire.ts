import { rao } from '../logic/amount';

/** An answer as it comes, before it is read. */
export type Wire = Record<string, any>;

/** Where an account stands in an answer: an object with both of its forms. */
export function ss58(value: Wire | string | null | undefined): string {
  return value === null || value === undefined ? '' : typeof value === 'string' ? value : String(value['ss58']);
}

export function optionalRao(value: string | null | undefined): bigint | null {
  return value === null || value === undefined ? null : rao(value);
}

export function optionalText(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}
