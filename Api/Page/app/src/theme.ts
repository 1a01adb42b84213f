import { createStore } from './store';

export type Theme = 'dark' | 'light';

/** The theme that is shown: the chosen one, else the system's. */
export const theme = createStore<Theme>(shown());

export function toggleTheme(): void {
  const next: Theme = shown() === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem('theme', next);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
  theme.set(next);
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => theme.set(shown()));

/** A colour of the theme in force, for what is drawn on a canvas. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function shown(): Theme {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === 'dark' || chosen === 'light') return chosen;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}
