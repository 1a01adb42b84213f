import { useState } from 'preact/hooks';
import { shortAddress } from '../logic/search';

/** An address that leads to its account (or validator), with its whole text as title. */
export function Address({ value, name, of = 'accounts', full = false }: { value: string | null | undefined; name?: string | null; of?: 'accounts' | 'validators'; full?: boolean }) {
  if (!value) return <span class="muted">–</span>;
  return <a class="address" href={`/${of}/${encodeURIComponent(value)}`} title={value}>{name || (full ? value : shortAddress(value))}</a>;
}

/** Puts a text on the clipboard and says so. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return <button type="button" class="quiet small" onClick={() => void copy()} aria-label={`Copy ${what}`}>{isCopied ? 'Copied' : 'Copy'}</button>;
}
