// Fetches the OpenAPI document of a running host into openapi.json: node scripts/document.mjs http://127.0.0.1:30090
import { writeFile } from "node:fs/promises";

const address = process.argv[2] ?? "http://127.0.0.1:30090";
const response = await fetch(new URL("/openapi/v1.json", address));
if (!response.ok) throw new Error(`${address} answered ${response.status}.`);
await writeFile(new URL("../openapi.json", import.meta.url), JSON.stringify(await response.json(), null, 2) + "\n");
