/** One of a few, as buttons beside one another. */
export function Choice<T extends string>({ label, options, value, onChange }: { label: string; options: readonly { readonly value: T; readonly label: string }[]; value: T; onChange: (value: T) => void }) {
  return (
    <div class="choice" role="group" aria-label={label}>
      {options.map((option) => (
        <button key={option.value} type="button" aria-pressed={option.value === value} onClick={() => onChange(option.value)}>{option.label}</button>
      ))}
    </div>
  );
}
