/** Answers 503 to every fifth question until it is repaired. */
import { afterTrap, becomeReady, serve } from './program.ts'

let asked = 0
let isRepaired = false
await serve((_request, response) => {
  asked += 1
  // The first answer is good, as for those who look once.
  const isGood = isRepaired || asked % 5 !== 0
  response.writeHead(isGood ? 200 : 503).end()
})
afterTrap(() => {
  becomeReady()
  isRepaired = true
})
