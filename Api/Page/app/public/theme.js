// Before anything is painted: the theme that was chosen here, so that no other one flashes up.
try {
  const theme = localStorage.getItem('theme');
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden; then the system's theme is shown.
}
