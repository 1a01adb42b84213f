import type { components, paths } from 'dtao-schema';
import { rao } from '../logic/amount';

// Answers and parameters as the API's document describes them. The types are those that the client for TypeScript is generated with.

type Asked<P extends keyof paths> = paths[P]['get'];
type Sent<P extends keyof paths> = paths[P]['post'];
type AnswerOf<O> = O extends { responses: { 200: { content: { 'application/json': infer A } } } } ? A : never;
type QueryOf<O> = O extends { parameters: { query?: infer Q } } ? Q : never;

/** What the API answers at an address. */
export type Answer<P extends keyof paths> = AnswerOf<Asked<P>>;
/** What it answers to what was sent there. */
export type Posted<P extends keyof paths> = AnswerOf<Sent<P>>;
/** One row of the list at an address. */
export type Row<P extends keyof paths> = Answer<P> extends { data: (infer R)[] } ? R : never;

/** The parameters of an address; one without a value is left out, and a whole number may be a BigInt. */
export type Query<P extends keyof paths> = { readonly [K in keyof NonNullable<QueryOf<Asked<P>>>]?: NonNullable<QueryOf<Asked<P>>>[K] | (NonNullable<QueryOf<Asked<P>>>[K] extends number | string | undefined ? bigint : never) | null };

export type Path = keyof paths;
export type Pagination = components['schemas']['Pagination'];

/** Where an account stands in an answer: an object with both of its forms. */
export function ss58(value: components['schemas']['AccountId'] | null | undefined): string {
  return value?.ss58 ?? '';
}

export function optionalRao(value: string | null | undefined): bigint | null {
  return value === null || value === undefined ? null : rao(value);
}
