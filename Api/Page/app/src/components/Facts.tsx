import type { ComponentChildren } from 'preact';

/** A row of figures, each with its name. */
export function Facts({ facts }: { facts: readonly { label: string; value: ComponentChildren; note?: ComponentChildren }[] }) {
  return (
    <dl class="facts">
      {facts.map((fact) => (
        <div key={fact.label}>
          <dt>{fact.label}</dt>
          <dd>{fact.value}{fact.note ? <span class="note">{fact.note}</span> : null}</dd>
        </div>
      ))}
    </dl>
  );
}
