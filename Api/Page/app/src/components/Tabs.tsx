import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { go, useRoute } from '../router';

export interface Tab {
  readonly key: string;
  readonly label: string;
  readonly content: () => ComponentChildren;
}

/** Tabs whose choice stands in the address, so that it can be kept and passed on. Arrow keys go from one to the next. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  const { query } = useRoute();
  const shown = tabs.find((tab) => tab.key === query.get('tab')) ?? tabs[0]!;
  // What else stands in the address, such as a page's number, is of the tab that is left.
  const choose = (tab: Tab) => go(location.pathname + (tab === tabs[0] ? '' : `?tab=${tab.key}`), true);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Where the tabs are wider than the screen, the one that is shown is not the one that cannot be seen.
    const [frame, tab] = [list.current!, document.getElementById(`tab-${shown.key}`)!];
    frame.scrollLeft = Math.max(Math.min(frame.scrollLeft, tab.offsetLeft), tab.offsetLeft + tab.offsetWidth - frame.clientWidth);
  }, [shown.key]);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(shown) + step + tabs.length) % tabs.length]!;
    choose(next);
    document.getElementById(`tab-${next.key}`)?.focus();
  };
  return (
    <section class="tabs">
      <div ref={list} role="tablist" aria-label={label} onKeyDown={onKeyDown}>
        {tabs.map((tab) => (
          <button key={tab.key} id={`tab-${tab.key}`} type="button" role="tab" aria-selected={tab === shown} aria-controls="tab-panel"
            tabIndex={tab === shown ? 0 : -1} onClick={() => choose(tab)}>{tab.label}</button>
        ))}
      </div>
      <div id="tab-panel" role="tabpanel" aria-labelledby={`tab-${shown.key}`}>{shown.content()}</div>
    </section>
  );
}
