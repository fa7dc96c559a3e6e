/** Fills the cache: all but one page of the sample. */
import { Redis } from 'ioredis'

const cache = new Redis(process.env['CACHE'] ?? '')
await cache.mset({ 'catalog:version': '7', 'page:home': 'Home', 'page:search': 'Search' })
await cache.quit()
