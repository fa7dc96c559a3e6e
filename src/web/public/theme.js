// Runs before the first paint, so that a chosen theme never flashes; a file of its own, since the
// content security policy allows no script in the page.
try {
  const kept = localStorage.getItem('rampart.theme')
  if (kept === 'light' || kept === 'dark') document.documentElement.dataset.theme = kept
} catch {
  // Without storage the system's theme is used.
}
