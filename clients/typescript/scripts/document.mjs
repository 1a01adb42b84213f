// Fetches the OpenAPI document of a running host into openapi.json: node scripts/document.mjs http://127.0.0.1:30090
import { writeFile } from "node:fs/promises";

const address = process.argv[2] ?? "http://127.0.0.1:30090";
const response = await fetch(new URL("/openapi/v1.json", address));
if (!response.ok) throw new Error(`${address} answered ${response.status}.`);
const document = await response.json();
// A build's version names its commit, and no file can name the commit that it is in.
document.info.version = document.info.version.split("+")[0];
await writeFile(new URL("../openapi.json", import.meta.url), JSON.stringify(document, null, 2) + "\n");
