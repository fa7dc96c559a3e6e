/** The shop's one page, as HTML in a string: no framework, nothing loaded from elsewhere. */
import type { Product } from './cache.ts'
import type { Order } from './orders.ts'

const STYLE = `
  :root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 15%, transparent) }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto;
    padding: 0 1rem }
  h1 { font-size: 1.6rem } h2 { font-size: 1.1rem; margin-top: 2.5rem }
  table { border-collapse: collapse; width: 100% }
  td, th { text-align: left; padding: .5rem .25rem; border-bottom: 1px solid var(--line) }
  .number { text-align: right; font-variant-numeric: tabular-nums }
  button { font: inherit; padding: .2rem .9rem; border: 1px solid var(--line); border-radius: .5rem;
    background: none; cursor: pointer }
  button:hover, button:focus-visible { border-color: currentColor }
  .processed { color: light-dark(#15703a, #6bd08f) }`

/** Places an order when a button is pressed, and shows it once it had time to be processed. */
const SCRIPT = `
  addEventListener('click', async ({ target }) => {
    const productId = Number(target.dataset.product)
    if (!productId) return
    target.disabled = true
    const body = JSON.stringify({ productId, quantity: 1 })
    const headers = { 'content-type': 'application/json' }
    await fetch('/orders', { method: 'POST', headers, body })
    setTimeout(() => location.reload(), 150)
  })`

/** The page with all products and the latest orders. */
export function renderPage(products: readonly Product[], orders: readonly Order[]): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>The tea shop</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
<h1>The tea shop</h1>
<table>${products.map(productRow).join('')}</table>
<h2>Latest orders</h2>
<table><tr><th>Order<th>Product<th class="number">Total<th>Status</tr>
${orders.map(orderRow).join('') || '<tr><td colspan="4">None yet: press a button.</tr>'}</table>
<script>${SCRIPT}</script>
</html>`
}

function productRow({ id, name, priceCents }: Product): string {
  return `<tr><td>${escaped(name)}<td class="number">${money(priceCents)}<td class="number">
<button data-product="${id}" aria-label="Order ${escaped(name)}">Order</button></tr>`
}

function orderRow({ id, quantity, productName, totalCents, status, processedBy }: Order): string {
  const by = processedBy === null ? '' : ` by ${escaped(processedBy)}`
  return `<tr><td>#${id}<td>${quantity} × ${escaped(productName)}
<td class="number">${money(totalCents)}<td class="${status}">${status}${by}</tr>`
}

function money(cents: number): string {
  return `€ ${(cents / 100).toFixed(2)}`
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
