/** Asks for the busiest pages, so that the cache has them. */
const cache = process.env['CACHE'] ?? ''
for (const path of ['/', '/search?q=mug', '/products/1']) {
  const response = await fetch(`${cache}${path}`)
  await response.arrayBuffer()
}
