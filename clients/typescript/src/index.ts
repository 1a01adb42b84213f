export * from "./client.js";
export * from "./live.js";
export * from "./problem.js";
export * from "./rao.js";
export type { components, operations, paths } from "./schema.js";
