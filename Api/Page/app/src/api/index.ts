// Everything that the page asks the API for, and the only place that knows the API's names. Amounts become BigInts here, and stay that.
export type { Pagination } from './wire';
export * from './accounts';
export * from './blocks';
export * from './markets';
export * from './neurons';
export * from './validators';
export * from './writes';
