import { useEffect, useRef } from 'preact/hooks';
import { destination } from '../logic/search';
import { go } from '../router';

/** Searches by address, netuid, block, or name. The key `/` leads here. */
export function Search() {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const target = event.target;
      const isTyping = target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener('keydown', focus);
    return () => removeEventListener('keydown', focus);
  }, []);
  const submit = (event: Event) => {
    event.preventDefault();
    const text = input.current?.value.trim() ?? '';
    if (text === '') return;
    go(destination(text) ?? `/search?q=${encodeURIComponent(text)}`);
    if (input.current) input.current.value = '';
    input.current?.blur();
  };
  return (
    <form role="search" class="search" onSubmit={submit}>
      <input ref={input} type="search" name="q" aria-label="Search by address, netuid, block, or name" placeholder="Address, netuid, block, name" autocomplete="off" spellcheck={false} />
      <kbd aria-hidden="true">/</kbd>
    </form>
  );
}
