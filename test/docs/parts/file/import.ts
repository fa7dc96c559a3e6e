/** Writes what it has imported, in two goes, and leaves the rest to maintenance. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'

mkdirSync('out', { recursive: true })
writeFileSync('out/maintenance', '')
appendFileSync('out/evidence.json', '{ "rows": ')
setTimeout(() => appendFileSync('out/evidence.json', '12 }\n'), 100)
