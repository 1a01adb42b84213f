/** Where what somebody searched for leads; null when only a search by name can tell. */
export function destination(text: string): string | null {
  const query = text.trim();
  if (query === '') return null;
  const block = /^(?:block\s+|#)(\d+)$/i.exec(query);
  if (block) return `/blocks/${block[1]}`;
  const subnet = /^(?:sn|subnet|netuid)\s*(\d+)$/i.exec(query);
  if (subnet) return `/subnets/${subnet[1]}`;
  // A netuid has 16 bits, but people write small ones; a larger number is a block.
  if (/^\d+$/.test(query)) return query.length <= 3 ? `/subnets/${query}` : `/blocks/${query}`;
  if (isAddress(query)) return `/accounts/${encodeURIComponent(query)}`;
  return null;
}

/** Whether a text has the form of an address: ss58, hex, or the derivation path of a development account. */
export function isAddress(text: string): boolean {
  return /^[1-9A-HJ-NP-Za-km-z]{46,50}$/.test(text) || /^0x[0-9a-fA-F]{64}$/.test(text) || /^\/\/\S+$/.test(text);
}

/** `5Grwva…utQY`. */
export function shortAddress(address: string): string {
  return address.length > 16 ? `${address.slice(0, 6)}…${address.slice(-4)}` : address;
}

/** What a link says, decoded; a link that somebody mistyped may be no text in any encoding, and is shown as it stands. */
export function safely(decode: (text: string) => string, text: string): string {
  try {
    return decode(text);
  } catch {
    return text;
  }
}
